//! Reads a register of the chip at 0x50 on the bus that its grants call "i2c0"; what is below 0 is an errno.
#![no_std]

use wasmdev::{wasi_i2c, Result};

const CHIP: u32 = 0x50;

fn register(number: u8) -> Result<u8> {
    let bus = wasi_i2c::open("i2c0")?;
    let mut value = [0];
    let read = wasi_i2c::write_read(bus, CHIP, &[number], &mut value);
    wasi_i2c::close(bus)?;
    read.map(|()| value[0])
}

#[no_mangle]
pub extern "C" fn byte_at(number: u32) -> i32 {
    register(number as u8).map_or_else(|errno| -errno.0, i32::from)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
