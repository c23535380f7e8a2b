//! A channel of the sensor that its grants call "air", in thousandths of its unit. It traps where there is none.
#![no_std]

use wasmdev::{wasi_sensor, Result};

fn measure(channel: u32) -> Result<i32> {
    let air = wasi_sensor::open("air")?;
    let value = wasi_sensor::read_milli(air, channel);
    wasi_sensor::close(air)?;
    value
}

#[no_mangle]
pub extern "C" fn milli(channel: u32) -> i32 {
    measure(channel).unwrap_or_else(|_| core::arch::wasm32::unreachable())
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
