"""A module on the host: read, validated, its imports, names and values, and why it is refused."""
