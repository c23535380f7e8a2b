//! Waits until "button" is pressed, then lights "lamp" for a moment.

const wasmdev = @import("wasmdev");
const wasi_gpio = wasmdev.wasi_gpio;
const wasi_time = wasmdev.wasi_time;

fn run() wasmdev.Error!void {
    const lamp = try wasi_gpio.get_digital_out("lamp");
    const button = try wasi_gpio.get_digital_in("button");
    try wasi_gpio.watch(button, 1);
    while (try wasi_gpio.take_edges(button) == 0) {
        try wasi_time.sleep_ms(20);
    }
    try wasi_gpio.set_active(lamp);
    try wasi_time.sleep_ms(250);
    try wasi_gpio.close(lamp);
}

export fn _start() void {
    run() catch |failure| wasmdev.wasi_process.proc_exit(wasmdev.errno(failure));
}
