//! Prints what the sensor measures that its grants call "air": every channel, whatever the sensor is.
#![no_std]

use wasmdev::wasi_file::{self, STDOUT};
use wasmdev::{wasi_process, wasi_sensor, Handle, Result};

/// A line that is put together before it is printed; what has no room is left out.
struct Line {
    bytes: [u8; 64],
    used: usize,
}

impl Line {
    fn text(&mut self, text: &[u8]) {
        for (free, byte) in self.bytes.iter_mut().skip(self.used).zip(text) {
            *free = *byte;
            self.used += 1;
        }
    }

    /// Thousandths, with one digit behind the point.
    fn milli(&mut self, milli: i32) {
        if milli < 0 {
            self.text(b"-");
        }
        let tenths = (milli.unsigned_abs() + 50) / 100;
        self.number(tenths / 10);
        self.text(&[b'.', b'0' + (tenths % 10) as u8]);
    }

    fn number(&mut self, number: u32) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.text(&[b'0' + (number % 10) as u8]);
    }
}

fn print(air: Handle, channel: u32) -> Result<()> {
    let mut line = Line { bytes: [0; 64], used: 0 };
    let mut word = [0; 24];

    let length = wasi_sensor::channel_name(air, channel, &mut word)?;
    line.text(word.get(..length).unwrap_or(&word));
    line.text(b" ");
    line.milli(wasi_sensor::read_milli(air, channel)?);
    line.text(b" ");
    let length = wasi_sensor::channel_unit(air, channel, &mut word)?;
    line.text(word.get(..length).unwrap_or(&word));
    line.text(b"\n");
    wasi_file::fd_write(STDOUT, line.bytes.get(..line.used).unwrap_or(&line.bytes)).map(|_| ())
}

fn run() -> Result<()> {
    let air = wasi_sensor::open("air")?;
    for channel in 0..wasi_sensor::channel_count(air)? {
        print(air, channel)?;
    }
    wasi_sensor::close(air)
}

#[no_mangle]
pub extern "C" fn _start() {
    if let Err(errno) = run() {
        wasi_process::proc_exit(errno.0 as u32);
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
