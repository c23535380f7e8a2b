//! How many millivolts are at the input that its grants call "light"; what is below 0 is an errno.

const wasmdev = @import("wasmdev");
const wasi_adc = wasmdev.wasi_adc;

fn measure() wasmdev.Error!u32 {
    const light = try wasi_adc.open("light");
    defer wasi_adc.close(light) catch {};
    return wasi_adc.read_millivolts(light);
}

export fn millivolts() i32 {
    const value = measure() catch |failure| return -@as(i32, @intCast(wasmdev.errno(failure)));
    return @intCast(value);
}
