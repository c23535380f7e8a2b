"""What an app may reach, checked against what the board has."""
