"""From a source to a module, by the compiler of its language; new projects."""
