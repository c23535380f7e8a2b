//! Maker and type of the memory chip that its grants call "flash", three bytes; what is below 0 is an errno.
#![no_std]

use wasmdev::wasi_spi::{self, Operation};
use wasmdev::Result;

fn identify() -> Result<[u8; 3]> {
    let flash = wasi_spi::open("flash")?;
    let command = [0x9f]; // read identification
    let mut answer = [0; 3];
    let list = &mut [Operation::write(&command), Operation::read(&mut answer)];
    let done = wasi_spi::transaction(flash, list);
    wasi_spi::close(flash)?;
    done.map(|()| answer)
}

#[no_mangle]
pub extern "C" fn id() -> i32 {
    identify().map_or_else(|errno| -errno.0, |[a, b, c]| i32::from_be_bytes([0, a, b, c]))
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
