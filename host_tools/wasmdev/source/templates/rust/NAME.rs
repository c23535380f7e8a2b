//! Blinks the pin that its grants call "led", five times.
#![no_std]

use wasmdev::{wasi_gpio, wasi_process, wasi_time, Result};

fn blink() -> Result<()> {
    let led = wasi_gpio::get_digital_out("led")?;
    for _ in 0..10 {
        wasi_gpio::toggle(led)?;
        wasi_time::sleep_ms(200)?;
    }
    wasi_gpio::close(led)
}

#[no_mangle]
pub extern "C" fn _start() {
    if let Err(errno) = blink() {
        wasi_process::proc_exit(errno.0 as u32);
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
