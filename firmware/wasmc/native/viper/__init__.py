"""Native functions written as viper, which mpy-cross makes machine code of."""
