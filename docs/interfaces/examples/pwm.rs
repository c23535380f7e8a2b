//! Lets "fan" run at so many percent: the duty in 65535ths; what is below 0 is an errno. It runs on between calls.
#![no_std]

use core::sync::atomic::{AtomicI32, Ordering::Relaxed};
use wasmdev::{wasi_pwm, Handle, Result};

static FAN: AtomicI32 = AtomicI32::new(-1);

fn fan() -> Result<Handle> {
    if FAN.load(Relaxed) < 0 {
        FAN.store(wasi_pwm::open("fan")?, Relaxed);
    }
    Ok(FAN.load(Relaxed))
}

fn set(percent: u32) -> Result<u32> {
    let fan = fan()?;
    wasi_pwm::set_duty(fan, percent * 65535 / 100)?;
    wasi_pwm::get_duty(fan)
}

#[no_mangle]
pub extern "C" fn run_at(percent: u32) -> i32 {
    set(percent).map_or_else(|errno| -errno.0, |duty| duty as i32)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
