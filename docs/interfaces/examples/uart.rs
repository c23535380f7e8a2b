//! Sends "AT" on the line that its grants call "modem", waits, and returns how many bytes came; below 0 is an errno.
#![no_std]

use wasmdev::{wasi_time, wasi_uart, Handle, Result};

fn exchange(modem: Handle) -> Result<usize> {
    wasi_uart::write(modem, b"AT\r\n")?;
    wasi_time::sleep_ms(50)?;
    wasi_uart::read(modem, &mut [0; 32])
}

fn run() -> Result<usize> {
    let modem = wasi_uart::open("modem")?;
    let taken = exchange(modem);
    wasi_uart::close(modem)?;
    taken
}

#[no_mangle]
pub extern "C" fn ask() -> i32 {
    run().map_or_else(|errno| -errno.0, |taken| taken as i32)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
