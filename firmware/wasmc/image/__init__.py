"""The image: its instructions, its file, and what it says as text."""
