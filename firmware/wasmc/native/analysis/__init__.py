"""What is learned of a function from its image code, whatever it is written as: its flow, cells and numbers."""
