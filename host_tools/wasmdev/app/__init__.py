"""A module made ready for a board, pushed there, started and run."""
