#!/bin/sh
# The examples on a board: sh examples/demo.sh [PORT]. On the simulated one the board is a new one each time.
set -eu
cd "$(dirname "$0")/.."
WASMDEV_PORT=${1:-sim}
WASMDEV_SIM=$(mktemp -d)
export WASMDEV_PORT WASMDEV_SIM
trap 'rm -rf "$WASMDEV_SIM"' EXIT

show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

show wasmdev flash examples/blink/blink.wasm --port "$WASMDEV_PORT"
show wasmdev run blink --port "$WASMDEV_PORT"
show wasmdev call blink add 2 3 --port "$WASMDEV_PORT"
show wasmdev flash examples/thermometer/thermometer.wasm --port "$WASMDEV_PORT"
show wasmdev run thermometer --port "$WASMDEV_PORT"
show wasmdev flash examples/weather/weather.wasm --port "$WASMDEV_PORT"
if [ "$WASMDEV_PORT" = sim ]; then
    show wasmdev run weather --port sim --press button@0.6
else
    show wasmdev run weather --port "$WASMDEV_PORT"
fi
