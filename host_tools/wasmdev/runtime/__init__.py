"""The board's half: built for a processor, installed on a board, exported for those who install it themselves."""
