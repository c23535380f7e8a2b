"""From the bytes of a module to what is known of it (spec section 5): nothing of it is trusted yet."""
