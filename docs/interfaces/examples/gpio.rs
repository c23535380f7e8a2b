//! Waits until "button" is pressed, then lights "lamp" for a moment.
#![no_std]

use wasmdev::{wasi_gpio, wasi_process, wasi_time, Result};

fn run() -> Result<()> {
    let lamp = wasi_gpio::get_digital_out("lamp")?;
    let button = wasi_gpio::get_digital_in("button")?;
    wasi_gpio::watch(button, 1)?;
    while wasi_gpio::take_edges(button)? == 0 {
        wasi_time::sleep_ms(20)?;
    }
    wasi_gpio::set_active(lamp)?;
    wasi_time::sleep_ms(250)?;
    wasi_gpio::close(lamp)
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
