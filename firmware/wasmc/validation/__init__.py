"""Whether a module is valid (spec section 3): the rules for its parts, and for the code of its functions."""
