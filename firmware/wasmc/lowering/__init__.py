"""From a valid module to the code of an image: a stack machine becomes three-address code."""
