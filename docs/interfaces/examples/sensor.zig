//! A channel of the sensor that its grants call "air", in thousandths of its unit. It traps where there is none.

const wasmdev = @import("wasmdev");
const wasi_sensor = wasmdev.wasi_sensor;

fn measure(channel: u32) wasmdev.Error!i32 {
    const air = try wasi_sensor.open("air");
    defer wasi_sensor.close(air) catch {};
    return wasi_sensor.read_milli(air, channel);
}

export fn milli(channel: u32) i32 {
    return measure(channel) catch @trap();
}
