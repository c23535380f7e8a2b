//! Maker and type of the memory chip that its grants call "flash", three bytes; what is below 0 is an errno.

const wasmdev = @import("wasmdev");
const wasi_spi = wasmdev.wasi_spi;

fn identify() wasmdev.Error![3]u8 {
    const flash = try wasi_spi.open("flash");
    defer wasi_spi.close(flash) catch {};
    var answer: [3]u8 = undefined;
    const command = [_]u8{0x9f}; // read identification
    try wasi_spi.transaction(flash, &.{ .write(&command), .read(&answer) });
    return answer;
}

export fn id() i32 {
    const answer = identify() catch |failure| return -@as(i32, @intCast(wasmdev.errno(failure)));
    return @as(i32, answer[0]) << 16 | @as(i32, answer[1]) << 8 | answer[2];
}
