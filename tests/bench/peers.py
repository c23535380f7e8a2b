"""What others take, measured once: constants, for what can't be had where the benchmarks run."""

# Cycles on an emulated Pico with MicroPython 1.25, for the small arguments: micropython-wasm3, wasm3 0.9.0 as a
# MicroPython native module. They were taken as the others are here, by the board's clock of microseconds.
WASM3_CYCLES = {
    "bf": 1_100_375,
    "crc32": 2_196_250,
    "fib": 999_875,
    "indirect": 939_500,
    "matmul_i32": 3_932_125,
    "nbody": 2_129_500,
    "sha256": 644_500,
    "sieve": 10_716_500,
    "xorshift64": 1_071_375,
}
