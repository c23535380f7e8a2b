//! Lets "fan" run at so many percent: the duty in 65535ths; what is below 0 is an errno. It runs on between calls.

const wasmdev = @import("wasmdev");
const wasi_pwm = wasmdev.wasi_pwm;

var fan: ?wasmdev.Handle = null;

fn set(percent: u32) wasmdev.Error!u32 {
    if (fan == null) fan = try wasi_pwm.open("fan");
    try wasi_pwm.set_duty(fan.?, percent * 65535 / 100);
    return wasi_pwm.get_duty(fan.?);
}

export fn run_at(percent: u32) i32 {
    const duty = set(percent) catch |failure| return -@as(i32, @intCast(wasmdev.errno(failure)));
    return @intCast(duty);
}
