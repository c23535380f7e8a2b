//! Reads a register of the chip at 0x50 on the bus that its grants call "i2c0"; what is below 0 is an errno.

const wasmdev = @import("wasmdev");
const wasi_i2c = wasmdev.wasi_i2c;

const chip = 0x50;

fn register(number: u8) wasmdev.Error!u8 {
    const bus = try wasi_i2c.open("i2c0");
    defer wasi_i2c.close(bus) catch {};
    var value: [1]u8 = undefined;
    try wasi_i2c.write_read(bus, chip, &.{number}, &value);
    return value[0];
}

export fn byte_at(number: u32) i32 {
    return register(@truncate(number)) catch |failure| -@as(i32, @intCast(wasmdev.errno(failure)));
}
