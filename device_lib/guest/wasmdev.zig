//! What a board lets a module reach: pins, buses, sensors, time, files.
//!
//! Each interface is a namespace with the name of its C header, and its functions are those of the header: where that
//! stores a result at a pointer, these return it, and an errno is an error. What they mean is told there, and in `wit`.
//! Resources are opened by the labels that the grants give them.

/// An open resource.
pub const Handle = i32;

/// Why a function failed.
pub const Error = error{
    /// No such handle, or one of another interface.
    Badf,
    /// Held already, by this module or another one.
    Busy,
    /// A pointer that leads out of memory.
    Fault,
    /// An argument that has no meaning.
    Inval,
    /// The hardware failed.
    Io,
    /// No handle is left.
    Mfile,
    /// Granted, but the board has no such pin or channel.
    Nodev,
    /// A function that a board can't have.
    Nosys,
    /// Nobody answers at that address.
    Nxio,
    /// Not granted.
    Notcapable,
    /// Another errno of WASI preview 1.
    Unexpected,
};

const errnos = .{
    .{ 8, error.Badf },
    .{ 10, error.Busy },
    .{ 21, error.Fault },
    .{ 28, error.Inval },
    .{ 29, error.Io },
    .{ 33, error.Mfile },
    .{ 43, error.Nodev },
    .{ 52, error.Nosys },
    .{ 60, error.Nxio },
    .{ 76, error.Notcapable },
};

/// The number of an error in WASI preview 1, which suits as an exit code.
pub fn errno(failure: Error) u32 {
    inline for (errnos) |pair| if (failure == pair[1]) return pair[0];
    return 1;
}

fn done(number: i32) Error!void {
    if (number == 0) return;
    inline for (errnos) |pair| if (number == pair[0]) return pair[1];
    return error.Unexpected;
}

/// What a function stored at its out-pointer.
fn stored(number: i32, value: anytype) Error!@TypeOf(value.*) {
    try done(number);
    return value.*;
}

/// Analog inputs.
pub const wasi_adc = struct {
    const raw = struct {
        extern "wasi_adc" fn open(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_adc" fn read_raw(input: Handle, out: *u32) i32;
        extern "wasi_adc" fn read_millivolts(input: Handle, out: *u32) i32;
        extern "wasi_adc" fn close(input: Handle) i32;
    };

    pub fn open(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.open(label.ptr, label.len, &out), &out);
    }

    /// 0 to 65535 over the converter's range.
    pub fn read_raw(input: Handle) Error!u32 {
        var out: u32 = 0;
        return stored(raw.read_raw(input, &out), &out);
    }

    /// The voltage in thousandths of a volt.
    pub fn read_millivolts(input: Handle) Error!u32 {
        var out: u32 = 0;
        return stored(raw.read_millivolts(input, &out), &out);
    }

    pub fn close(input: Handle) Error!void {
        return done(raw.close(input));
    }
};

/// Digital pins. Whether a high or a low voltage means active is the grant's business.
pub const wasi_gpio = struct {
    const raw = struct {
        extern "wasi_gpio" fn get_digital_out(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_gpio" fn get_digital_in(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_gpio" fn get_config(pin: Handle, out: *Config) i32;
        extern "wasi_gpio" fn set_state(pin: Handle, state: i32) i32;
        extern "wasi_gpio" fn set_active(pin: Handle) i32;
        extern "wasi_gpio" fn set_inactive(pin: Handle) i32;
        extern "wasi_gpio" fn toggle(pin: Handle) i32;
        extern "wasi_gpio" fn read(pin: Handle, out: *u32) i32;
        extern "wasi_gpio" fn is_active(pin: Handle, out: *u32) i32;
        extern "wasi_gpio" fn is_inactive(pin: Handle, out: *u32) i32;
        extern "wasi_gpio" fn watch(pin: Handle, edges: u32) i32;
        extern "wasi_gpio" fn take_edges(pin: Handle, out: *u32) i32;
        extern "wasi_gpio" fn delay_us(time: u32) i32;
        extern "wasi_gpio" fn close(pin: Handle) i32;
    };

    pub const State = enum(u1) { active = 0, inactive = 1 };

    /// How the grant wires a pin.
    pub const Config = extern struct {
        /// 0 in, 1 out.
        mode: u8 = 0,
        /// 0 active when high, 1 active when low.
        active_level: u8 = 0,
        /// 0 none, 1 up, 2 down.
        pull: u8 = 0,
        reserved: u8 = 0,
    };

    /// Open an output, which is inactive at first.
    pub fn get_digital_out(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.get_digital_out(label.ptr, label.len, &out), &out);
    }

    /// Open an input.
    pub fn get_digital_in(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.get_digital_in(label.ptr, label.len, &out), &out);
    }

    pub fn get_config(pin: Handle) Error!Config {
        var out: Config align(4) = .{};
        return stored(raw.get_config(pin, &out), &out);
    }

    pub fn set_state(pin: Handle, state: State) Error!void {
        return done(raw.set_state(pin, @intFromEnum(state)));
    }

    pub fn set_active(pin: Handle) Error!void {
        return done(raw.set_active(pin));
    }

    pub fn set_inactive(pin: Handle) Error!void {
        return done(raw.set_inactive(pin));
    }

    /// Change an output to the other state than the one set last.
    pub fn toggle(pin: Handle) Error!void {
        return done(raw.toggle(pin));
    }

    pub fn read(pin: Handle) Error!State {
        var out: u32 = 0;
        return if (try stored(raw.read(pin, &out), &out) == 0) .active else .inactive;
    }

    pub fn is_active(pin: Handle) Error!bool {
        var out: u32 = 0;
        return try stored(raw.is_active(pin, &out), &out) != 0;
    }

    pub fn is_inactive(pin: Handle) Error!bool {
        var out: u32 = 0;
        return try stored(raw.is_inactive(pin, &out), &out) != 0;
    }

    /// Count an input's edges: 1 those to active, 2 those to inactive, 3 both, 0 none.
    pub fn watch(pin: Handle, edges: u32) Error!void {
        return done(raw.watch(pin, edges));
    }

    /// How many edges came since they were last taken.
    pub fn take_edges(pin: Handle) Error!u32 {
        var out: u32 = 0;
        return stored(raw.take_edges(pin, &out), &out);
    }

    /// Do nothing for so many microseconds, fewer than 2^31.
    pub fn delay_us(time: u32) Error!void {
        return done(raw.delay_us(time));
    }

    /// Give the pin back: it drives nothing afterwards.
    pub fn close(pin: Handle) Error!void {
        return done(raw.close(pin));
    }
};

/// Chips on an I2C bus.
pub const wasi_i2c = struct {
    const raw = struct {
        extern "wasi_i2c" fn open(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_i2c" fn read(bus: Handle, address: u32, buffer: [*]u8, size: usize) i32;
        extern "wasi_i2c" fn write(bus: Handle, address: u32, data: [*]const u8, size: usize) i32;
        extern "wasi_i2c" fn write_read(bus: Handle, address: u32, data: [*]const u8, size: usize, buffer: [*]u8, room: usize) i32;
        extern "wasi_i2c" fn transaction(bus: Handle, address: u32, list: [*]const Operation, count: usize) i32;
        extern "wasi_i2c" fn close(bus: Handle) i32;
    };

    /// A part of a transaction.
    pub const Operation = extern struct {
        kind: u32,
        data: [*]const u8,
        size: usize,

        pub fn read(buffer: []u8) Operation {
            return .{ .kind = 0, .data = buffer.ptr, .size = buffer.len };
        }

        pub fn write(data: []const u8) Operation {
            return .{ .kind = 1, .data = data.ptr, .size = data.len };
        }
    };

    pub fn open(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.open(label.ptr, label.len, &out), &out);
    }

    pub fn read(bus: Handle, address: u32, buffer: []u8) Error!void {
        return done(raw.read(bus, address, buffer.ptr, buffer.len));
    }

    pub fn write(bus: Handle, address: u32, data: []const u8) Error!void {
        return done(raw.write(bus, address, data.ptr, data.len));
    }

    /// Write, then read after a repeated start: how registers are read.
    pub fn write_read(bus: Handle, address: u32, data: []const u8, buffer: []u8) Error!void {
        return done(raw.write_read(bus, address, data.ptr, data.len, buffer.ptr, buffer.len));
    }

    /// Up to 16 operations with repeated starts in between and one stop at the end.
    pub fn transaction(bus: Handle, address: u32, list: []const Operation) Error!void {
        return done(raw.transaction(bus, address, list.ptr, list.len));
    }

    pub fn close(bus: Handle) Error!void {
        return done(raw.close(bus));
    }
};

/// Pins that are active for a part of the time.
pub const wasi_pwm = struct {
    const raw = struct {
        extern "wasi_pwm" fn open(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_pwm" fn set_duty(output: Handle, duty: u32) i32;
        extern "wasi_pwm" fn get_duty(output: Handle, out: *u32) i32;
        extern "wasi_pwm" fn set_frequency(output: Handle, hertz: u32) i32;
        extern "wasi_pwm" fn get_frequency(output: Handle, out: *u32) i32;
        extern "wasi_pwm" fn close(output: Handle) i32;
    };

    pub fn open(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.open(label.ptr, label.len, &out), &out);
    }

    /// How much of the time it is active: 0 never, 65535 always.
    pub fn set_duty(output: Handle, duty: u32) Error!void {
        return done(raw.set_duty(output, duty));
    }

    pub fn get_duty(output: Handle) Error!u32 {
        var out: u32 = 0;
        return stored(raw.get_duty(output, &out), &out);
    }

    /// Periods a second.
    pub fn set_frequency(output: Handle, hertz: u32) Error!void {
        return done(raw.set_frequency(output, hertz));
    }

    pub fn get_frequency(output: Handle) Error!u32 {
        var out: u32 = 0;
        return stored(raw.get_frequency(output, &out), &out);
    }

    pub fn close(output: Handle) Error!void {
        return done(raw.close(output));
    }
};

/// Sensors. Channels are numbered from 0.
pub const wasi_sensor = struct {
    const raw = struct {
        extern "wasi_sensor" fn open(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_sensor" fn channel_count(sensor: Handle, out: *u32) i32;
        extern "wasi_sensor" fn channel_name(sensor: Handle, channel: u32, buffer: [*]u8, size: usize, out: *usize) i32;
        extern "wasi_sensor" fn channel_unit(sensor: Handle, channel: u32, buffer: [*]u8, size: usize, out: *usize) i32;
        extern "wasi_sensor" fn read(sensor: Handle, channel: u32, out: *f32) i32;
        extern "wasi_sensor" fn read_milli(sensor: Handle, channel: u32, out: *i32) i32;
        extern "wasi_sensor" fn close(sensor: Handle) i32;
    };

    pub fn open(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.open(label.ptr, label.len, &out), &out);
    }

    pub fn channel_count(sensor: Handle) Error!u32 {
        var out: u32 = 0;
        return stored(raw.channel_count(sensor, &out), &out);
    }

    /// What a channel measures, as much of it as the buffer takes; the length of the whole text.
    pub fn channel_name(sensor: Handle, channel: u32, buffer: []u8) Error!usize {
        var out: usize = 0;
        return stored(raw.channel_name(sensor, channel, buffer.ptr, buffer.len, &out), &out);
    }

    /// Its unit as SenML writes it, in the same way.
    pub fn channel_unit(sensor: Handle, channel: u32, buffer: []u8) Error!usize {
        var out: usize = 0;
        return stored(raw.channel_unit(sensor, channel, buffer.ptr, buffer.len, &out), &out);
    }

    /// A reading in the channel's unit.
    pub fn read(sensor: Handle, channel: u32) Error!f32 {
        var out: f32 = 0;
        return stored(raw.read(sensor, channel, &out), &out);
    }

    /// A reading in thousandths of it.
    pub fn read_milli(sensor: Handle, channel: u32) Error!i32 {
        var out: i32 = 0;
        return stored(raw.read_milli(sensor, channel, &out), &out);
    }

    pub fn close(sensor: Handle) Error!void {
        return done(raw.close(sensor));
    }
};

/// A chip on an SPI bus, selected during each call.
pub const wasi_spi = struct {
    const raw = struct {
        extern "wasi_spi" fn open(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_spi" fn read(chip: Handle, buffer: [*]u8, size: usize) i32;
        extern "wasi_spi" fn write(chip: Handle, data: [*]const u8, size: usize) i32;
        extern "wasi_spi" fn transfer(chip: Handle, data: [*]const u8, buffer: [*]u8, size: usize) i32;
        extern "wasi_spi" fn transaction(chip: Handle, list: [*]const Operation, count: usize) i32;
        extern "wasi_spi" fn close(chip: Handle) i32;
    };

    /// A part of a transaction.
    pub const Operation = extern struct {
        kind: u32,
        data: ?[*]const u8 = null,
        buffer: ?[*]u8 = null,
        size: usize,

        pub fn read(buffer: []u8) Operation {
            return .{ .kind = 0, .buffer = buffer.ptr, .size = buffer.len };
        }

        pub fn write(data: []const u8) Operation {
            return .{ .kind = 1, .data = data.ptr, .size = data.len };
        }

        /// Both at once; as many bytes as the shorter one has.
        pub fn transfer(data: []const u8, buffer: []u8) Operation {
            return .{ .kind = 2, .data = data.ptr, .buffer = buffer.ptr, .size = @min(data.len, buffer.len) };
        }
    };

    pub fn open(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.open(label.ptr, label.len, &out), &out);
    }

    pub fn read(chip: Handle, buffer: []u8) Error!void {
        return done(raw.read(chip, buffer.ptr, buffer.len));
    }

    pub fn write(chip: Handle, data: []const u8) Error!void {
        return done(raw.write(chip, data.ptr, data.len));
    }

    /// Send and receive at once; as many bytes as the shorter one has.
    pub fn transfer(chip: Handle, data: []const u8, buffer: []u8) Error!void {
        return done(raw.transfer(chip, data.ptr, buffer.ptr, @min(data.len, buffer.len)));
    }

    /// Up to 16 operations while the chip is selected once.
    pub fn transaction(chip: Handle, list: []const Operation) Error!void {
        return done(raw.transaction(chip, list.ptr, list.len));
    }

    pub fn close(chip: Handle) Error!void {
        return done(raw.close(chip));
    }
};

/// Serial lines.
pub const wasi_uart = struct {
    const raw = struct {
        extern "wasi_uart" fn open(label: [*]const u8, length: usize, out: *Handle) i32;
        extern "wasi_uart" fn read(line: Handle, buffer: [*]u8, size: usize, out: *usize) i32;
        extern "wasi_uart" fn write(line: Handle, data: [*]const u8, size: usize, out: *usize) i32;
        extern "wasi_uart" fn available(line: Handle, out: *usize) i32;
        extern "wasi_uart" fn close(line: Handle) i32;
    };

    pub fn open(label: []const u8) Error!Handle {
        var out: Handle = -1;
        return stored(raw.open(label.ptr, label.len, &out), &out);
    }

    /// Take what has arrived, and return how many bytes; never waits.
    pub fn read(line: Handle, buffer: []u8) Error!usize {
        var out: usize = 0;
        return stored(raw.read(line, buffer.ptr, buffer.len, &out), &out);
    }

    /// Send, and return how many bytes were taken.
    pub fn write(line: Handle, data: []const u8) Error!usize {
        var out: usize = 0;
        return stored(raw.write(line, data.ptr, data.len, &out), &out);
    }

    pub fn available(line: Handle) Error!usize {
        var out: usize = 0;
        return stored(raw.available(line, &out), &out);
    }

    pub fn close(line: Handle) Error!void {
        return done(raw.close(line));
    }
};

/// Sleep and waiting, for modules without a standard library.
pub const wasi_time = struct {
    const raw = struct {
        extern "wasi_snapshot_preview1" fn poll_oneoff(in: [*]const Subscription, out: [*]Event, count: usize, stored: *usize) i32;
    };

    /// To a clock, or to a descriptor: then `clock` is its handle.
    pub const Subscription = extern struct {
        userdata: [2]u32 align(8) = .{ 0, 0 },
        /// 0 a clock, 1 a descriptor to read (for a pin that is watched, an edge), 2 one to write.
        type: u32 = 0,
        reserved: u32 = 0,
        /// 1: monotonic.
        clock: u32 = 1,
        reserved_too: u32 = 0,
        /// Nanoseconds, the lower half first.
        timeout: [2]u32 = .{ 0, 0 },
        precision: [2]u32 = .{ 0, 0 },
        /// 0: the timeout counts from now.
        flags: u32 = 0,
        padding: u32 = 0,
    };

    pub const Event = [8]u32;

    /// Wait for one of some subscriptions; how many events were stored. There is room for one for each.
    pub fn poll_oneoff(subscriptions: []const Subscription, events: []Event) Error!usize {
        const count = @min(subscriptions.len, events.len);
        var out: usize = 0;
        return stored(raw.poll_oneoff(subscriptions.ptr, events.ptr, count, &out), &out);
    }

    /// Sleep for up to 4294 ms.
    pub fn sleep_ms(ms: u32) Error!void {
        const wake = [_]Subscription{.{ .timeout = .{ ms *% 1_000_000, 0 } }};
        var events: [1]Event = undefined;
        _ = try poll_oneoff(&wake, &events);
    }
};

/// Files and the console, for modules without a standard library.
pub const wasi_file = struct {
    const raw = struct {
        extern "wasi_snapshot_preview1" fn path_open(folder: Handle, lookup: u32, path: [*]const u8, length: usize, how: u32, rights: u64, inheriting: u64, flags: u32, out: *Handle) i32;
        extern "wasi_snapshot_preview1" fn fd_write(file: Handle, vectors: *const Vector, count: usize, written: *usize) i32;
        extern "wasi_snapshot_preview1" fn fd_read(file: Handle, vectors: *const Vector, count: usize, taken: *usize) i32;
        extern "wasi_snapshot_preview1" fn fd_close(file: Handle) i32;
    };

    const Vector = extern struct { data: [*]const u8, size: usize };

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
    pub fn path_open(folder: Handle, path: []const u8, how: u32, rights: u64, flags: u32) Error!Handle {
        var out: Handle = -1;
        return stored(raw.path_open(folder, 0, path.ptr, path.len, how, rights, 0, flags, &out), &out);
    }

    /// Write to a file or the console; how many bytes were taken.
    pub fn fd_write(file: Handle, data: []const u8) Error!usize {
        var out: usize = 0;
        return stored(raw.fd_write(file, &.{ .data = data.ptr, .size = data.len }, 1, &out), &out);
    }

    /// Read from a file or the console; how many bytes came, 0 at the end.
    pub fn fd_read(file: Handle, buffer: []u8) Error!usize {
        var out: usize = 0;
        return stored(raw.fd_read(file, &.{ .data = buffer.ptr, .size = buffer.len }, 1, &out), &out);
    }

    /// Close a file.
    pub fn fd_close(file: Handle) Error!void {
        return done(raw.fd_close(file));
    }
};

/// The end of a program, for modules without a standard library.
pub const wasi_process = struct {
    const raw = struct {
        extern "wasi_snapshot_preview1" fn proc_exit(code: u32) noreturn;
    };

    /// End with an exit code, 0 for success.
    pub fn proc_exit(code: u32) noreturn {
        raw.proc_exit(code);
    }
};
