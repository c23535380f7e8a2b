//! Adds a line to a file, says so, and returns how many bytes the file has; what is below 0 is an errno.
#![no_std]

use wasmdev::wasi_file::{self, APPEND, CREATE, FIRST_FOLDER, RIGHTS_READ, RIGHTS_WRITE, STDOUT};
use wasmdev::Result;

fn add() -> Result<()> {
    let rights = RIGHTS_READ | RIGHTS_WRITE;
    let log = wasi_file::path_open(FIRST_FOLDER, "log.txt", CREATE, rights, APPEND)?;
    let written = wasi_file::fd_write(log, b"here\n");
    wasi_file::fd_close(log)?;
    written.map(|_| ())
}

fn size() -> Result<usize> {
    let log = wasi_file::path_open(FIRST_FOLDER, "log.txt", 0, RIGHTS_READ, 0)?;
    let taken = wasi_file::fd_read(log, &mut [0; 256]);
    wasi_file::fd_close(log)?;
    taken
}

fn run() -> Result<usize> {
    add()?;
    wasi_file::fd_write(STDOUT, b"noted\n")?;
    size()
}

#[no_mangle]
pub extern "C" fn note() -> i32 {
    run().map_or_else(|errno| -errno.0, |bytes| bytes as i32)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
