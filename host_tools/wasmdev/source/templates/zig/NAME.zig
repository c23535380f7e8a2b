//! Blinks the pin that its grants call "led", five times.

const wasmdev = @import("wasmdev");
const wasi_gpio = wasmdev.wasi_gpio;
const wasi_process = wasmdev.wasi_process;
const wasi_time = wasmdev.wasi_time;

fn blink() wasmdev.Error!void {
    const led = try wasi_gpio.get_digital_out("led");
    for (0..10) |_| {
        try wasi_gpio.toggle(led);
        try wasi_time.sleep_ms(200);
    }
    try wasi_gpio.close(led);
}

export fn _start() void {
    blink() catch |failure| wasi_process.proc_exit(wasmdev.errno(failure));
}
