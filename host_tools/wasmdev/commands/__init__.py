"""The subcommands: each module has one, a function of its name, and ``EXAMPLES`` for its help."""
