//! A text in, a text out, and a function of the board's Python: makes what is in `buffer` loud.
#![no_std]

#[link(wasm_import_module = "env")]
extern "C" {
    fn note(letters: i32);
}

static mut TEXT: [u8; 64] = [0; 64];

#[no_mangle]
pub extern "C" fn buffer() -> *mut u8 {
    unsafe { core::ptr::addr_of_mut!(TEXT) as *mut u8 }
}

#[no_mangle]
pub extern "C" fn shout(size: usize) -> usize {
    let length = size.min(63);
    let text = unsafe { core::slice::from_raw_parts_mut(buffer(), length + 1) };
    let mut letters = 0;
    for letter in &mut text[..length] {
        if letter.is_ascii_lowercase() {
            letter.make_ascii_uppercase();
            letters += 1;
        }
    }
    unsafe { note(letters) };
    text[length] = b'!';
    length + 1
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
