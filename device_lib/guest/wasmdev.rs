//! What a board lets a module reach: pins, buses, sensors, time, files.
//!
//! Each interface is a module with the name of its C header, and its functions are those of the header: where that
//! stores a result at a pointer, these return it, and an errno is an `Err`. What they mean is told there, and in
//! `wit`. Resources are opened by the labels that the grants give them.
#![no_std]

/// An open resource.
pub type Handle = i32;

/// Why a function failed; the numbers are those of WASI preview 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

impl Errno {
    /// No such handle, or one of another interface.
    pub const BADF: Errno = Errno(8);
    /// Held already, by this module or another one.
    pub const BUSY: Errno = Errno(10);
    /// A pointer that leads out of memory.
    pub const FAULT: Errno = Errno(21);
    /// An argument that has no meaning.
    pub const INVAL: Errno = Errno(28);
    /// The hardware failed.
    pub const IO: Errno = Errno(29);
    /// No handle is left.
    pub const MFILE: Errno = Errno(33);
    /// Granted, but the board has no such pin or channel.
    pub const NODEV: Errno = Errno(43);
    /// A function that a board can't have.
    pub const NOSYS: Errno = Errno(52);
    /// Nobody answers at that address.
    pub const NXIO: Errno = Errno(60);
    /// Not granted.
    pub const NOTCAPABLE: Errno = Errno(76);
}

pub type Result<T> = core::result::Result<T, Errno>;

fn done(errno: i32) -> Result<()> {
    if errno == 0 {
        Ok(())
    } else {
        Err(Errno(errno))
    }
}

/// What a function stores at its out-pointer.
fn stored<T: Default>(call: impl FnOnce(*mut T) -> i32) -> Result<T> {
    let mut value = T::default();
    done(call(&mut value)).map(|()| value)
}

/// Analog inputs.
pub mod wasi_adc {
    use super::*;

    mod raw {
        use super::Handle;

        #[link(wasm_import_module = "wasi_adc")]
        extern "C" {
            pub fn open(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn read_raw(input: Handle, out: *mut u32) -> i32;
            pub fn read_millivolts(input: Handle, out: *mut u32) -> i32;
            pub fn close(input: Handle) -> i32;
        }
    }

    pub fn open(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::open(label.as_ptr(), label.len(), out) })
    }

    /// 0 to 65535 over the converter's range.
    pub fn read_raw(input: Handle) -> Result<u32> {
        stored(|out| unsafe { raw::read_raw(input, out) })
    }

    /// The voltage in thousandths of a volt.
    pub fn read_millivolts(input: Handle) -> Result<u32> {
        stored(|out| unsafe { raw::read_millivolts(input, out) })
    }

    pub fn close(input: Handle) -> Result<()> {
        done(unsafe { raw::close(input) })
    }
}

/// Digital pins. Whether a high or a low voltage means active is the grant's business.
pub mod wasi_gpio {
    use super::*;

    mod raw {
        use super::{Config, Handle};

        #[link(wasm_import_module = "wasi_gpio")]
        extern "C" {
            pub fn get_digital_out(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn get_digital_in(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn get_config(pin: Handle, out: *mut Config) -> i32;
            pub fn set_state(pin: Handle, state: i32) -> i32;
            pub fn set_active(pin: Handle) -> i32;
            pub fn set_inactive(pin: Handle) -> i32;
            pub fn toggle(pin: Handle) -> i32;
            pub fn read(pin: Handle, out: *mut u32) -> i32;
            pub fn is_active(pin: Handle, out: *mut u32) -> i32;
            pub fn is_inactive(pin: Handle, out: *mut u32) -> i32;
            pub fn watch(pin: Handle, edges: u32) -> i32;
            pub fn take_edges(pin: Handle, out: *mut u32) -> i32;
            pub fn delay_us(time: u32) -> i32;
            pub fn close(pin: Handle) -> i32;
        }
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[repr(i32)]
    pub enum State {
        Active = 0,
        Inactive = 1,
    }

    /// How the grant wires a pin.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[repr(C)]
    pub struct Config {
        /// 0 in, 1 out.
        pub mode: u8,
        /// 0 active when high, 1 active when low.
        pub active_level: u8,
        /// 0 none, 1 up, 2 down.
        pub pull: u8,
        pub reserved: u8,
    }

    /// Open an output, which is inactive at first.
    pub fn get_digital_out(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::get_digital_out(label.as_ptr(), label.len(), out) })
    }

    /// Open an input.
    pub fn get_digital_in(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::get_digital_in(label.as_ptr(), label.len(), out) })
    }

    pub fn get_config(pin: Handle) -> Result<Config> {
        stored(|out| unsafe { raw::get_config(pin, out) })
    }

    pub fn set_state(pin: Handle, state: State) -> Result<()> {
        done(unsafe { raw::set_state(pin, state as i32) })
    }

    pub fn set_active(pin: Handle) -> Result<()> {
        done(unsafe { raw::set_active(pin) })
    }

    pub fn set_inactive(pin: Handle) -> Result<()> {
        done(unsafe { raw::set_inactive(pin) })
    }

    /// Change an output to the other state than the one set last.
    pub fn toggle(pin: Handle) -> Result<()> {
        done(unsafe { raw::toggle(pin) })
    }

    pub fn read(pin: Handle) -> Result<State> {
        let state = stored(|out| unsafe { raw::read(pin, out) })?;
        Ok(if state == 0 { State::Active } else { State::Inactive })
    }

    pub fn is_active(pin: Handle) -> Result<bool> {
        stored(|out| unsafe { raw::is_active(pin, out) }).map(|value| value != 0)
    }

    pub fn is_inactive(pin: Handle) -> Result<bool> {
        stored(|out| unsafe { raw::is_inactive(pin, out) }).map(|value| value != 0)
    }

    /// Count an input's edges: 1 those to active, 2 those to inactive, 3 both, 0 none.
    pub fn watch(pin: Handle, edges: u32) -> Result<()> {
        done(unsafe { raw::watch(pin, edges) })
    }

    /// How many edges came since they were last taken.
    pub fn take_edges(pin: Handle) -> Result<u32> {
        stored(|out| unsafe { raw::take_edges(pin, out) })
    }

    /// Do nothing for so many microseconds, fewer than 2^31.
    pub fn delay_us(time: u32) -> Result<()> {
        done(unsafe { raw::delay_us(time) })
    }

    /// Give the pin back: it drives nothing afterwards.
    pub fn close(pin: Handle) -> Result<()> {
        done(unsafe { raw::close(pin) })
    }
}

/// Chips on an I2C bus.
pub mod wasi_i2c {
    use super::*;
    use core::marker::PhantomData;

    mod raw {
        use super::{Handle, Operation};

        #[link(wasm_import_module = "wasi_i2c")]
        #[allow(improper_ctypes)]
        extern "C" {
            pub fn open(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn read(bus: Handle, address: u32, buffer: *mut u8, size: usize) -> i32;
            pub fn write(bus: Handle, address: u32, data: *const u8, size: usize) -> i32;
            pub fn write_read(
                bus: Handle, address: u32, data: *const u8, size: usize, buffer: *mut u8, room: usize,
            ) -> i32;
            pub fn transaction(bus: Handle, address: u32, list: *const Operation, count: usize) -> i32;
            pub fn close(bus: Handle) -> i32;
        }
    }

    /// A part of a transaction.
    #[repr(C)]
    pub struct Operation<'a> {
        kind: u32,
        data: *const u8,
        size: usize,
        bytes: PhantomData<&'a mut [u8]>,
    }

    impl<'a> Operation<'a> {
        pub fn read(buffer: &'a mut [u8]) -> Self {
            Operation { kind: 0, data: buffer.as_mut_ptr(), size: buffer.len(), bytes: PhantomData }
        }

        pub fn write(data: &'a [u8]) -> Self {
            Operation { kind: 1, data: data.as_ptr(), size: data.len(), bytes: PhantomData }
        }
    }

    pub fn open(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::open(label.as_ptr(), label.len(), out) })
    }

    pub fn read(bus: Handle, address: u32, buffer: &mut [u8]) -> Result<()> {
        done(unsafe { raw::read(bus, address, buffer.as_mut_ptr(), buffer.len()) })
    }

    pub fn write(bus: Handle, address: u32, data: &[u8]) -> Result<()> {
        done(unsafe { raw::write(bus, address, data.as_ptr(), data.len()) })
    }

    /// Write, then read after a repeated start: how registers are read.
    pub fn write_read(bus: Handle, address: u32, data: &[u8], buffer: &mut [u8]) -> Result<()> {
        done(unsafe {
            raw::write_read(bus, address, data.as_ptr(), data.len(), buffer.as_mut_ptr(), buffer.len())
        })
    }

    /// Up to 16 operations with repeated starts in between and one stop at the end.
    pub fn transaction(bus: Handle, address: u32, list: &mut [Operation]) -> Result<()> {
        done(unsafe { raw::transaction(bus, address, list.as_ptr(), list.len()) })
    }

    pub fn close(bus: Handle) -> Result<()> {
        done(unsafe { raw::close(bus) })
    }
}

/// Pins that are active for a part of the time.
pub mod wasi_pwm {
    use super::*;

    mod raw {
        use super::Handle;

        #[link(wasm_import_module = "wasi_pwm")]
        extern "C" {
            pub fn open(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn set_duty(output: Handle, duty: u32) -> i32;
            pub fn get_duty(output: Handle, out: *mut u32) -> i32;
            pub fn set_frequency(output: Handle, hertz: u32) -> i32;
            pub fn get_frequency(output: Handle, out: *mut u32) -> i32;
            pub fn close(output: Handle) -> i32;
        }
    }

    pub fn open(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::open(label.as_ptr(), label.len(), out) })
    }

    /// How much of the time it is active: 0 never, 65535 always.
    pub fn set_duty(output: Handle, duty: u32) -> Result<()> {
        done(unsafe { raw::set_duty(output, duty) })
    }

    pub fn get_duty(output: Handle) -> Result<u32> {
        stored(|out| unsafe { raw::get_duty(output, out) })
    }

    /// Periods a second.
    pub fn set_frequency(output: Handle, hertz: u32) -> Result<()> {
        done(unsafe { raw::set_frequency(output, hertz) })
    }

    pub fn get_frequency(output: Handle) -> Result<u32> {
        stored(|out| unsafe { raw::get_frequency(output, out) })
    }

    pub fn close(output: Handle) -> Result<()> {
        done(unsafe { raw::close(output) })
    }
}

/// Sensors. Channels are numbered from 0.
pub mod wasi_sensor {
    use super::*;

    mod raw {
        use super::Handle;

        #[link(wasm_import_module = "wasi_sensor")]
        extern "C" {
            pub fn open(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn channel_count(sensor: Handle, out: *mut u32) -> i32;
            pub fn channel_name(sensor: Handle, channel: u32, buffer: *mut u8, size: usize, out: *mut usize) -> i32;
            pub fn channel_unit(sensor: Handle, channel: u32, buffer: *mut u8, size: usize, out: *mut usize) -> i32;
            pub fn read(sensor: Handle, channel: u32, out: *mut f32) -> i32;
            pub fn read_milli(sensor: Handle, channel: u32, out: *mut i32) -> i32;
            pub fn close(sensor: Handle) -> i32;
        }
    }

    pub fn open(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::open(label.as_ptr(), label.len(), out) })
    }

    pub fn channel_count(sensor: Handle) -> Result<u32> {
        stored(|out| unsafe { raw::channel_count(sensor, out) })
    }

    /// What a channel measures, as much of it as the buffer takes; the length of the whole text.
    pub fn channel_name(sensor: Handle, channel: u32, buffer: &mut [u8]) -> Result<usize> {
        stored(|out| unsafe { raw::channel_name(sensor, channel, buffer.as_mut_ptr(), buffer.len(), out) })
    }

    /// Its unit as SenML writes it, in the same way.
    pub fn channel_unit(sensor: Handle, channel: u32, buffer: &mut [u8]) -> Result<usize> {
        stored(|out| unsafe { raw::channel_unit(sensor, channel, buffer.as_mut_ptr(), buffer.len(), out) })
    }

    /// A reading in the channel's unit.
    pub fn read(sensor: Handle, channel: u32) -> Result<f32> {
        stored(|out| unsafe { raw::read(sensor, channel, out) })
    }

    /// A reading in thousandths of it.
    pub fn read_milli(sensor: Handle, channel: u32) -> Result<i32> {
        stored(|out| unsafe { raw::read_milli(sensor, channel, out) })
    }

    pub fn close(sensor: Handle) -> Result<()> {
        done(unsafe { raw::close(sensor) })
    }
}

/// A chip on an SPI bus, selected during each call.
pub mod wasi_spi {
    use super::*;
    use core::marker::PhantomData;

    mod raw {
        use super::{Handle, Operation};

        #[link(wasm_import_module = "wasi_spi")]
        #[allow(improper_ctypes)]
        extern "C" {
            pub fn open(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn read(chip: Handle, buffer: *mut u8, size: usize) -> i32;
            pub fn write(chip: Handle, data: *const u8, size: usize) -> i32;
            pub fn transfer(chip: Handle, data: *const u8, buffer: *mut u8, size: usize) -> i32;
            pub fn transaction(chip: Handle, list: *const Operation, count: usize) -> i32;
            pub fn close(chip: Handle) -> i32;
        }
    }

    /// A part of a transaction.
    #[repr(C)]
    pub struct Operation<'a> {
        kind: u32,
        data: *const u8,
        buffer: *mut u8,
        size: usize,
        bytes: PhantomData<&'a mut [u8]>,
    }

    impl<'a> Operation<'a> {
        pub fn read(buffer: &'a mut [u8]) -> Self {
            let size = buffer.len();
            Operation { kind: 0, data: core::ptr::null(), buffer: buffer.as_mut_ptr(), size, bytes: PhantomData }
        }

        pub fn write(data: &'a [u8]) -> Self {
            let size = data.len();
            Operation { kind: 1, data: data.as_ptr(), buffer: core::ptr::null_mut(), size, bytes: PhantomData }
        }

        /// Both at once; as many bytes as the shorter one has.
        pub fn transfer(data: &'a [u8], buffer: &'a mut [u8]) -> Self {
            let size = data.len().min(buffer.len());
            Operation { kind: 2, data: data.as_ptr(), buffer: buffer.as_mut_ptr(), size, bytes: PhantomData }
        }
    }

    pub fn open(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::open(label.as_ptr(), label.len(), out) })
    }

    pub fn read(chip: Handle, buffer: &mut [u8]) -> Result<()> {
        done(unsafe { raw::read(chip, buffer.as_mut_ptr(), buffer.len()) })
    }

    pub fn write(chip: Handle, data: &[u8]) -> Result<()> {
        done(unsafe { raw::write(chip, data.as_ptr(), data.len()) })
    }

    /// Send and receive at once; as many bytes as the shorter one has.
    pub fn transfer(chip: Handle, data: &[u8], buffer: &mut [u8]) -> Result<()> {
        let size = data.len().min(buffer.len());
        done(unsafe { raw::transfer(chip, data.as_ptr(), buffer.as_mut_ptr(), size) })
    }

    /// Up to 16 operations while the chip is selected once.
    pub fn transaction(chip: Handle, list: &mut [Operation]) -> Result<()> {
        done(unsafe { raw::transaction(chip, list.as_ptr(), list.len()) })
    }

    pub fn close(chip: Handle) -> Result<()> {
        done(unsafe { raw::close(chip) })
    }
}

/// Serial lines.
pub mod wasi_uart {
    use super::*;

    mod raw {
        use super::Handle;

        #[link(wasm_import_module = "wasi_uart")]
        extern "C" {
            pub fn open(label: *const u8, length: usize, out: *mut Handle) -> i32;
            pub fn read(line: Handle, buffer: *mut u8, size: usize, out: *mut usize) -> i32;
            pub fn write(line: Handle, data: *const u8, size: usize, out: *mut usize) -> i32;
            pub fn available(line: Handle, out: *mut usize) -> i32;
            pub fn close(line: Handle) -> i32;
        }
    }

    pub fn open(label: &str) -> Result<Handle> {
        stored(|out| unsafe { raw::open(label.as_ptr(), label.len(), out) })
    }

    /// Take what has arrived, and return how many bytes; never waits.
    pub fn read(line: Handle, buffer: &mut [u8]) -> Result<usize> {
        stored(|out| unsafe { raw::read(line, buffer.as_mut_ptr(), buffer.len(), out) })
    }

    /// Send, and return how many bytes were taken.
    pub fn write(line: Handle, data: &[u8]) -> Result<usize> {
        stored(|out| unsafe { raw::write(line, data.as_ptr(), data.len(), out) })
    }

    pub fn available(line: Handle) -> Result<usize> {
        stored(|out| unsafe { raw::available(line, out) })
    }

    pub fn close(line: Handle) -> Result<()> {
        done(unsafe { raw::close(line) })
    }
}

/// Sleep and waiting, for modules without a standard library.
pub mod wasi_time {
    use super::*;

    mod raw {
        use super::{Event, Subscription};

        #[link(wasm_import_module = "wasi_snapshot_preview1")]
        extern "C" {
            pub fn poll_oneoff(r#in: *const Subscription, out: *mut Event, count: usize, stored: *mut usize) -> i32;
        }
    }

    /// To a clock, or to a descriptor: then `clock` is its handle.
    #[derive(Clone, Copy, Debug, Default)]
    #[repr(C, align(8))]
    pub struct Subscription {
        pub userdata: [u32; 2],
        /// 0 a clock, 1 a descriptor to read (for a pin that is watched, an edge), 2 one to write.
        pub kind: u32,
        pub reserved: u32,
        /// 1: monotonic.
        pub clock: u32,
        pub reserved_too: u32,
        /// Nanoseconds, the lower half first.
        pub timeout: [u32; 2],
        pub precision: [u32; 2],
        /// 0: the timeout counts from now.
        pub flags: u32,
        pub padding: u32,
    }

    pub type Event = [u32; 8];

    /// Wait for one of some subscriptions; how many events were stored. There is room for one for each.
    pub fn poll_oneoff(subscriptions: &[Subscription], events: &mut [Event]) -> Result<usize> {
        let count = subscriptions.len().min(events.len());
        stored(|out| unsafe { raw::poll_oneoff(subscriptions.as_ptr(), events.as_mut_ptr(), count, out) })
    }

    /// Sleep for up to 4294 ms.
    pub fn sleep_ms(ms: u32) -> Result<()> {
        let timeout = [ms.wrapping_mul(1_000_000), 0];
        let wake = Subscription { clock: 1, timeout, ..Subscription::default() };
        poll_oneoff(&[wake], &mut [Event::default()]).map(|_| ())
    }
}

/// Files and the console, for modules without a standard library.
pub mod wasi_file {
    use super::*;

    mod raw {
        use super::Handle;

        #[repr(C)]
        pub struct Vector {
            pub data: *const u8,
            pub size: usize,
        }

        #[link(wasm_import_module = "wasi_snapshot_preview1")]
        extern "C" {
            pub fn path_open(
                folder: Handle, lookup: u32, path: *const u8, length: usize, how: u32, rights: u64,
                inheriting: u64, flags: u32, out: *mut Handle,
            ) -> i32;
            pub fn fd_write(file: Handle, vectors: *const Vector, count: usize, written: *mut usize) -> i32;
            pub fn fd_read(file: Handle, vectors: *const Vector, count: usize, taken: *mut usize) -> i32;
            pub fn fd_close(file: Handle) -> i32;
        }
    }

    pub const STDIN: Handle = 0;
    pub const STDOUT: Handle = 1;
    pub const STDERR: Handle = 2;
    /// Folders that are granted have the handles from here on, in the order of their labels.
    pub const FIRST_FOLDER: Handle = 3;

    pub const CREATE: u32 = 1;
    pub const EXCLUSIVE: u32 = 4;
    pub const TRUNCATE: u32 = 8;
    pub const APPEND: u32 = 1;

    pub const RIGHTS_READ: u64 = 0x082000bf;
    pub const RIGHTS_WRITE: u64 = 0x00400140;

    /// Open a file by its path below a folder: `how` is CREATE and so on, `flags` may be APPEND.
    pub fn path_open(folder: Handle, path: &str, how: u32, rights: u64, flags: u32) -> Result<Handle> {
        stored(|out| unsafe { raw::path_open(folder, 0, path.as_ptr(), path.len(), how, rights, 0, flags, out) })
    }

    /// Write to a file or the console; how many bytes were taken.
    pub fn fd_write(file: Handle, data: &[u8]) -> Result<usize> {
        let vector = raw::Vector { data: data.as_ptr(), size: data.len() };
        stored(|out| unsafe { raw::fd_write(file, &vector, 1, out) })
    }

    /// Read from a file or the console; how many bytes came, 0 at the end.
    pub fn fd_read(file: Handle, buffer: &mut [u8]) -> Result<usize> {
        let vector = raw::Vector { data: buffer.as_mut_ptr(), size: buffer.len() };
        stored(|out| unsafe { raw::fd_read(file, &vector, 1, out) })
    }

    /// Close a file.
    pub fn fd_close(file: Handle) -> Result<()> {
        done(unsafe { raw::fd_close(file) })
    }
}

/// The end of a program, for modules without a standard library.
pub mod wasi_process {
    mod raw {
        #[link(wasm_import_module = "wasi_snapshot_preview1")]
        extern "C" {
            pub fn proc_exit(code: u32) -> !;
        }
    }

    /// End with an exit code, 0 for success.
    pub fn proc_exit(code: u32) -> ! {
        unsafe { raw::proc_exit(code) }
    }
}
