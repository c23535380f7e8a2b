"""A board that answers, real or emulated: what is attached, the link to it, its files, and what it is."""
