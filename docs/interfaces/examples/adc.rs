//! How many millivolts are at the input that its grants call "light"; what is below 0 is an errno.
#![no_std]

use wasmdev::{wasi_adc, Result};

fn measure() -> Result<u32> {
    let light = wasi_adc::open("light")?;
    let value = wasi_adc::read_millivolts(light);
    wasi_adc::close(light)?;
    value
}

#[no_mangle]
pub extern "C" fn millivolts() -> i32 {
    measure().map_or_else(|errno| -errno.0, |value| value as i32)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
