//! Sends "AT" on the line that its grants call "modem", waits, and returns how many bytes came; below 0 is an errno.

const wasmdev = @import("wasmdev");
const wasi_uart = wasmdev.wasi_uart;

fn exchange() wasmdev.Error!usize {
    const modem = try wasi_uart.open("modem");
    defer wasi_uart.close(modem) catch {};
    _ = try wasi_uart.write(modem, "AT\r\n");
    try wasmdev.wasi_time.sleep_ms(50);
    var answer: [32]u8 = undefined;
    return wasi_uart.read(modem, &answer);
}

export fn ask() i32 {
    const taken = exchange() catch |failure| return -@as(i32, @intCast(wasmdev.errno(failure)));
    return @intCast(taken);
}
