//! Sends a word in Morse code with the lamp that its grants call "lamp".

const wasmdev = @import("wasmdev");
const wasi_gpio = wasmdev.wasi_gpio;
const wasi_process = wasmdev.wasi_process;
const wasi_time = wasmdev.wasi_time;

const word = "SOS";
const unit_ms = 100; // a dot; a dash is three, as is the pause after a letter

/// Dots and dashes of the letters from A on.
const letters = [_][]const u8{
    ".-",   "-...", "-.-.", "-..",  ".",   "..-.", "--.",  "....", "..",   ".---", "-.-", ".-..", "--",
    "-.",   "---",  ".--.", "--.-", ".-.", "...",  "-",    "..-",  "...-", ".--",  "-..-", "-.--", "--..",
};

fn send(lamp: wasmdev.Handle) wasmdev.Error!void {
    for (word) |letter| {
        for (letters[letter - 'A']) |sign| {
            try wasi_gpio.set_active(lamp);
            try wasi_time.sleep_ms(if (sign == '-') 3 * unit_ms else unit_ms);
            try wasi_gpio.set_inactive(lamp);
            try wasi_time.sleep_ms(unit_ms);
        }
        try wasi_time.sleep_ms(2 * unit_ms);
    }
}

fn run() wasmdev.Error!void {
    const lamp = try wasi_gpio.get_digital_out("lamp");
    try send(lamp);
    try wasi_gpio.close(lamp);
}

export fn _start() void {
    run() catch |failure| wasi_process.proc_exit(wasmdev.errno(failure));
}
