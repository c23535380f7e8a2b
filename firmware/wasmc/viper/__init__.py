"""What image instructions mean in viper, and what is woven from it for a board. Runs on the host only."""
