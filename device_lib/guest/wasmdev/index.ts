// What a board lets a module reach: pins, buses, sensors, time, files.
//
// Each interface is a namespace with the name of its C header, and its functions are those of the header: where that
// stores a result at a pointer, these return it, and `errno` tells whether it is one; the others return the errno.
// What they mean is told there, and in `wit`. Resources are opened by the labels that the grants give them.

/** An open resource. Negative is none. */
export type Handle = i32;

/** 0, or why a function failed: the numbers are those of WASI preview 1. */
export type Errno = i32;

export const SUCCESS: Errno = 0;
/** No such handle, or one of another interface. */
export const BADF: Errno = 8;
/** Held already, by this module or another one. */
export const BUSY: Errno = 10;
/** A pointer that leads out of memory. */
export const FAULT: Errno = 21;
/** An argument that has no meaning. */
export const INVAL: Errno = 28;
/** The hardware failed. */
export const IO: Errno = 29;
/** No handle is left. */
export const MFILE: Errno = 33;
/** Granted, but the board has no such pin or channel. */
export const NODEV: Errno = 43;
/** A function that a board can't have. */
export const NOSYS: Errno = 52;
/** Nobody answers at that address. */
export const NXIO: Errno = 60;
/** Not granted. */
export const NOTCAPABLE: Errno = 76;

/** How the last function ended that returns something else than that. */
export let errno: Errno = SUCCESS;

const TEXT_SIZE: i32 = 96;
const TEXT = memory.data(96);
const OUT = memory.data(8, 8);
const VECTOR = memory.data(8, 4);

/** The address where a label lies in UTF-8, until the next one. */
function utf8(label: string): usize {
  if (utf8Length(label)) String.UTF8.encodeUnsafe(changetype<usize>(label), label.length, TEXT);
  return TEXT;
}

/** How many bytes that takes. A label that has no room is none that is granted, as the empty one. */
function utf8Length(label: string): usize {
  const length = String.UTF8.byteLength(label);
  return length > TEXT_SIZE ? 0 : length;
}

/** The handle that a function stored. */
function opened(result: Errno): Handle {
  errno = result;
  return result ? -1 : load<i32>(OUT);
}

/** What else a function stored. */
function stored<T>(result: Errno): T {
  errno = result;
  return result ? <T>0 : load<T>(OUT);
}

@inline function address(bytes: ArrayBuffer): usize {
  return changetype<usize>(bytes);
}

@inline function size(bytes: ArrayBuffer): usize {
  return bytes.byteLength;
}

/** Analog inputs. */
export namespace wasi_adc {
  @external("wasi_adc", "open")
  declare function _open(label: usize, length: usize, out: usize): Errno;
  @external("wasi_adc", "read_raw")
  declare function _read_raw(input: Handle, out: usize): Errno;
  @external("wasi_adc", "read_millivolts")
  declare function _read_millivolts(input: Handle, out: usize): Errno;
  @external("wasi_adc", "close")
  declare function _close(input: Handle): Errno;

  export function open(label: string): Handle {
    return opened(_open(utf8(label), utf8Length(label), OUT));
  }

  /** 0 to 65535 over the converter's range. */
  export function read_raw(input: Handle): u32 {
    return stored<u32>(_read_raw(input, OUT));
  }

  /** The voltage in thousandths of a volt. */
  export function read_millivolts(input: Handle): u32 {
    return stored<u32>(_read_millivolts(input, OUT));
  }

  export function close(input: Handle): Errno {
    return _close(input);
  }
}

/** Digital pins. Whether a high or a low voltage means active is the grant's business. */
export namespace wasi_gpio {
  @external("wasi_gpio", "get_digital_out")
  declare function _get_digital_out(label: usize, length: usize, out: usize): Errno;
  @external("wasi_gpio", "get_digital_in")
  declare function _get_digital_in(label: usize, length: usize, out: usize): Errno;
  @external("wasi_gpio", "get_config")
  declare function _get_config(pin: Handle, out: usize): Errno;
  @external("wasi_gpio", "set_state")
  declare function _set_state(pin: Handle, state: i32): Errno;
  @external("wasi_gpio", "set_active")
  declare function _set_active(pin: Handle): Errno;
  @external("wasi_gpio", "set_inactive")
  declare function _set_inactive(pin: Handle): Errno;
  @external("wasi_gpio", "toggle")
  declare function _toggle(pin: Handle): Errno;
  @external("wasi_gpio", "read")
  declare function _read(pin: Handle, out: usize): Errno;
  @external("wasi_gpio", "is_active")
  declare function _is_active(pin: Handle, out: usize): Errno;
  @external("wasi_gpio", "is_inactive")
  declare function _is_inactive(pin: Handle, out: usize): Errno;
  @external("wasi_gpio", "watch")
  declare function _watch(pin: Handle, edges: u32): Errno;
  @external("wasi_gpio", "take_edges")
  declare function _take_edges(pin: Handle, out: usize): Errno;
  @external("wasi_gpio", "delay_us")
  declare function _delay_us(time: u32): Errno;
  @external("wasi_gpio", "close")
  declare function _close(pin: Handle): Errno;

  export enum State {
    ACTIVE = 0,
    INACTIVE = 1,
  }

  /** Open an output, which is inactive at first. */
  export function get_digital_out(label: string): Handle {
    return opened(_get_digital_out(utf8(label), utf8Length(label), OUT));
  }

  /** Open an input. */
  export function get_digital_in(label: string): Handle {
    return opened(_get_digital_in(utf8(label), utf8Length(label), OUT));
  }

  /** How the grant wires a pin: mode (0 in, 1 out), then from bit 8 on the level that is active (0 high, 1 low), and
   * from bit 16 on what pulls it (0 none, 1 up, 2 down). */
  export function get_config(pin: Handle): u32 {
    return stored<u32>(_get_config(pin, OUT));
  }

  export function set_state(pin: Handle, state: State): Errno {
    return _set_state(pin, state);
  }

  export function set_active(pin: Handle): Errno {
    return _set_active(pin);
  }

  export function set_inactive(pin: Handle): Errno {
    return _set_inactive(pin);
  }

  /** Change an output to the other state than the one set last. */
  export function toggle(pin: Handle): Errno {
    return _toggle(pin);
  }

  export function read(pin: Handle): State {
    return stored<i32>(_read(pin, OUT));
  }

  export function is_active(pin: Handle): bool {
    return stored<u32>(_is_active(pin, OUT)) != 0;
  }

  export function is_inactive(pin: Handle): bool {
    return stored<u32>(_is_inactive(pin, OUT)) != 0;
  }

  /** Count an input's edges: 1 those to active, 2 those to inactive, 3 both, 0 none. */
  export function watch(pin: Handle, edges: u32): Errno {
    return _watch(pin, edges);
  }

  /** How many edges came since they were last taken. */
  export function take_edges(pin: Handle): u32 {
    return stored<u32>(_take_edges(pin, OUT));
  }

  /** Do nothing for so many microseconds, fewer than 2^31. */
  export function delay_us(time: u32): Errno {
    return _delay_us(time);
  }

  /** Give the pin back: it drives nothing afterwards. */
  export function close(pin: Handle): Errno {
    return _close(pin);
  }
}

/** Chips on an I2C bus. */
export namespace wasi_i2c {
  @external("wasi_i2c", "open")
  declare function _open(label: usize, length: usize, out: usize): Errno;
  @external("wasi_i2c", "read")
  declare function _read(bus: Handle, address: u32, buffer: usize, size: usize): Errno;
  @external("wasi_i2c", "write")
  declare function _write(bus: Handle, address: u32, data: usize, size: usize): Errno;
  @external("wasi_i2c", "write_read")
  declare function _write_read(bus: Handle, address: u32, data: usize, size: usize, buffer: usize, room: usize): Errno;
  @external("wasi_i2c", "transaction")
  declare function _transaction(bus: Handle, address: u32, list: usize, count: usize): Errno;
  @external("wasi_i2c", "close")
  declare function _close(bus: Handle): Errno;

  /** Up to 16 parts of a transaction. Their buffers have to be held on to until it is done. */
  export class Operations {
    list: StaticArray<usize> = new StaticArray<usize>(16 * 3);
    count: usize = 0;

    read(buffer: ArrayBuffer): this {
      return this.add(0, buffer);
    }

    write(data: ArrayBuffer): this {
      return this.add(1, data);
    }

    private add(kind: usize, bytes: ArrayBuffer): this {
      const at = <i32>this.count * 3;
      this.count++;
      this.list[at] = kind;
      this.list[at + 1] = changetype<usize>(bytes);
      this.list[at + 2] = bytes.byteLength;
      return this;
    }
  }

  export function open(label: string): Handle {
    return opened(_open(utf8(label), utf8Length(label), OUT));
  }

  export function read(bus: Handle, at: u32, buffer: ArrayBuffer): Errno {
    return _read(bus, at, address(buffer), size(buffer));
  }

  export function write(bus: Handle, at: u32, data: ArrayBuffer): Errno {
    return _write(bus, at, address(data), size(data));
  }

  /** Write, then read after a repeated start: how registers are read. */
  export function write_read(bus: Handle, at: u32, data: ArrayBuffer, buffer: ArrayBuffer): Errno {
    return _write_read(bus, at, address(data), size(data), address(buffer), size(buffer));
  }

  /** Operations with repeated starts in between and one stop at the end. */
  export function transaction(bus: Handle, at: u32, list: Operations): Errno {
    return _transaction(bus, at, changetype<usize>(list.list), list.count);
  }

  export function close(bus: Handle): Errno {
    return _close(bus);
  }
}

/** Pins that are active for a part of the time. */
export namespace wasi_pwm {
  @external("wasi_pwm", "open")
  declare function _open(label: usize, length: usize, out: usize): Errno;
  @external("wasi_pwm", "set_duty")
  declare function _set_duty(output: Handle, duty: u32): Errno;
  @external("wasi_pwm", "get_duty")
  declare function _get_duty(output: Handle, out: usize): Errno;
  @external("wasi_pwm", "set_frequency")
  declare function _set_frequency(output: Handle, hertz: u32): Errno;
  @external("wasi_pwm", "get_frequency")
  declare function _get_frequency(output: Handle, out: usize): Errno;
  @external("wasi_pwm", "close")
  declare function _close(output: Handle): Errno;

  export function open(label: string): Handle {
    return opened(_open(utf8(label), utf8Length(label), OUT));
  }

  /** How much of the time it is active: 0 never, 65535 always. */
  export function set_duty(output: Handle, duty: u32): Errno {
    return _set_duty(output, duty);
  }

  export function get_duty(output: Handle): u32 {
    return stored<u32>(_get_duty(output, OUT));
  }

  /** Periods a second. */
  export function set_frequency(output: Handle, hertz: u32): Errno {
    return _set_frequency(output, hertz);
  }

  export function get_frequency(output: Handle): u32 {
    return stored<u32>(_get_frequency(output, OUT));
  }

  export function close(output: Handle): Errno {
    return _close(output);
  }
}

/** Sensors. Channels are numbered from 0. */
export namespace wasi_sensor {
  @external("wasi_sensor", "open")
  declare function _open(label: usize, length: usize, out: usize): Errno;
  @external("wasi_sensor", "channel_count")
  declare function _channel_count(sensor: Handle, out: usize): Errno;
  @external("wasi_sensor", "channel_name")
  declare function _channel_name(sensor: Handle, channel: u32, buffer: usize, size: usize, out: usize): Errno;
  @external("wasi_sensor", "channel_unit")
  declare function _channel_unit(sensor: Handle, channel: u32, buffer: usize, size: usize, out: usize): Errno;
  @external("wasi_sensor", "read")
  declare function _read(sensor: Handle, channel: u32, out: usize): Errno;
  @external("wasi_sensor", "read_milli")
  declare function _read_milli(sensor: Handle, channel: u32, out: usize): Errno;
  @external("wasi_sensor", "close")
  declare function _close(sensor: Handle): Errno;

  export function open(label: string): Handle {
    return opened(_open(utf8(label), utf8Length(label), OUT));
  }

  export function channel_count(sensor: Handle): u32 {
    return stored<u32>(_channel_count(sensor, OUT));
  }

  /** What a channel measures, up to the length of a label. */
  export function channel_name(sensor: Handle, channel: u32): string {
    return text(_channel_name(sensor, channel, TEXT, TEXT_SIZE, OUT));
  }

  /** Its unit as SenML writes it. */
  export function channel_unit(sensor: Handle, channel: u32): string {
    return text(_channel_unit(sensor, channel, TEXT, TEXT_SIZE, OUT));
  }

  function text(result: Errno): string {
    const length = min(stored<u32>(result), TEXT_SIZE);
    return String.UTF8.decodeUnsafe(TEXT, length);
  }

  /** A reading in the channel's unit. */
  export function read(sensor: Handle, channel: u32): f32 {
    return stored<f32>(_read(sensor, channel, OUT));
  }

  /** A reading in thousandths of it. */
  export function read_milli(sensor: Handle, channel: u32): i32 {
    return stored<i32>(_read_milli(sensor, channel, OUT));
  }

  export function close(sensor: Handle): Errno {
    return _close(sensor);
  }
}

/** A chip on an SPI bus, selected during each call. */
export namespace wasi_spi {
  @external("wasi_spi", "open")
  declare function _open(label: usize, length: usize, out: usize): Errno;
  @external("wasi_spi", "read")
  declare function _read(chip: Handle, buffer: usize, size: usize): Errno;
  @external("wasi_spi", "write")
  declare function _write(chip: Handle, data: usize, size: usize): Errno;
  @external("wasi_spi", "transfer")
  declare function _transfer(chip: Handle, data: usize, buffer: usize, size: usize): Errno;
  @external("wasi_spi", "transaction")
  declare function _transaction(chip: Handle, list: usize, count: usize): Errno;
  @external("wasi_spi", "close")
  declare function _close(chip: Handle): Errno;

  /** Up to 16 parts of a transaction. Their buffers have to be held on to until it is done. */
  export class Operations {
    list: StaticArray<usize> = new StaticArray<usize>(16 * 4);
    count: usize = 0;

    read(buffer: ArrayBuffer): this {
      return this.add(0, 0, changetype<usize>(buffer), buffer.byteLength);
    }

    write(data: ArrayBuffer): this {
      return this.add(1, changetype<usize>(data), 0, data.byteLength);
    }

    /** Both at once; as many bytes as the shorter one has. */
    transfer(data: ArrayBuffer, buffer: ArrayBuffer): this {
      const bytes = min(data.byteLength, buffer.byteLength);
      return this.add(2, changetype<usize>(data), changetype<usize>(buffer), bytes);
    }

    private add(kind: usize, data: usize, buffer: usize, bytes: i32): this {
      const at = <i32>this.count * 4;
      this.count++;
      this.list[at] = kind;
      this.list[at + 1] = data;
      this.list[at + 2] = buffer;
      this.list[at + 3] = bytes;
      return this;
    }
  }

  export function open(label: string): Handle {
    return opened(_open(utf8(label), utf8Length(label), OUT));
  }

  export function read(chip: Handle, buffer: ArrayBuffer): Errno {
    return _read(chip, address(buffer), size(buffer));
  }

  export function write(chip: Handle, data: ArrayBuffer): Errno {
    return _write(chip, address(data), size(data));
  }

  /** Send and receive at once; as many bytes as the shorter one has. */
  export function transfer(chip: Handle, data: ArrayBuffer, buffer: ArrayBuffer): Errno {
    return _transfer(chip, address(data), address(buffer), min(size(data), size(buffer)));
  }

  /** Operations while the chip is selected once. */
  export function transaction(chip: Handle, list: Operations): Errno {
    return _transaction(chip, changetype<usize>(list.list), list.count);
  }

  export function close(chip: Handle): Errno {
    return _close(chip);
  }
}

/** Serial lines. */
export namespace wasi_uart {
  @external("wasi_uart", "open")
  declare function _open(label: usize, length: usize, out: usize): Errno;
  @external("wasi_uart", "read")
  declare function _read(line: Handle, buffer: usize, size: usize, out: usize): Errno;
  @external("wasi_uart", "write")
  declare function _write(line: Handle, data: usize, size: usize, out: usize): Errno;
  @external("wasi_uart", "available")
  declare function _available(line: Handle, out: usize): Errno;
  @external("wasi_uart", "close")
  declare function _close(line: Handle): Errno;

  export function open(label: string): Handle {
    return opened(_open(utf8(label), utf8Length(label), OUT));
  }

  /** Take what has arrived, and return how many bytes; never waits. */
  export function read(line: Handle, buffer: ArrayBuffer): usize {
    return stored<usize>(_read(line, address(buffer), size(buffer), OUT));
  }

  /** Send, and return how many bytes were taken. */
  export function write(line: Handle, data: ArrayBuffer): usize {
    return stored<usize>(_write(line, address(data), size(data), OUT));
  }

  export function available(line: Handle): usize {
    return stored<usize>(_available(line, OUT));
  }

  export function close(line: Handle): Errno {
    return _close(line);
  }
}

/** Sleep and waiting, for modules without WASI's shim. */
export namespace wasi_time {
  @external("wasi_snapshot_preview1", "poll_oneoff")
  declare function _poll_oneoff(_in: usize, out: usize, count: usize, stored: usize): Errno;

  const WAKE = memory.data(48, 8);
  const EVENT = memory.data(32, 8);

  /** Wait for one of some subscriptions of 48 bytes; how many events of 32 bytes were stored. */
  export function poll_oneoff(subscriptions: ArrayBuffer, events: ArrayBuffer): usize {
    const count = min(size(subscriptions) / 48, size(events) / 32);
    return stored<usize>(_poll_oneoff(address(subscriptions), address(events), count, OUT));
  }

  /** Sleep for up to 4294 ms. */
  export function sleep_ms(ms: u32): Errno {
    store<u32>(WAKE, 1, 16); // the monotonic clock
    store<u32>(WAKE, ms * 1000000, 24);
    return _poll_oneoff(WAKE, EVENT, 1, OUT);
  }
}

/** Files and the console, for modules without WASI's shim. */
export namespace wasi_file {
  @external("wasi_snapshot_preview1", "path_open")
  declare function _path_open(folder: Handle, lookup: u32, path: usize, length: usize, how: u32, rights: u64, inheriting: u64, flags: u32, out: usize): Errno;
  @external("wasi_snapshot_preview1", "fd_write")
  declare function _fd_write(file: Handle, vectors: usize, count: usize, written: usize): Errno;
  @external("wasi_snapshot_preview1", "fd_read")
  declare function _fd_read(file: Handle, vectors: usize, count: usize, taken: usize): Errno;
  @external("wasi_snapshot_preview1", "fd_close")
  declare function _fd_close(file: Handle): Errno;

  export const STDIN: Handle = 0;
  export const STDOUT: Handle = 1;
  export const STDERR: Handle = 2;
  /** Folders that are granted have the handles from here on, in the order of their labels. */
  export const FIRST_FOLDER: Handle = 3;

  export const CREATE: u32 = 1;
  export const EXCLUSIVE: u32 = 4;
  export const TRUNCATE: u32 = 8;
  export const APPEND: u32 = 1;

  export const RIGHTS_READ: u64 = 0x082000bf;
  export const RIGHTS_WRITE: u64 = 0x00400140;

  /** Open a file by its path below a folder: `how` is CREATE and so on, `flags` may be APPEND. */
  export function path_open(folder: Handle, path: string, how: u32, rights: u64, flags: u32): Handle {
    const text = String.UTF8.encode(path);
    return opened(_path_open(folder, 0, address(text), size(text), how, rights, 0, flags, OUT));
  }

  /** Write to a file or the console; how many bytes were taken. `String.UTF8.encode` makes bytes of a text. */
  export function fd_write(file: Handle, data: ArrayBuffer): usize {
    return stored<usize>(_fd_write(file, vector(data), 1, OUT));
  }

  /** Read from a file or the console; how many bytes came, 0 at the end. */
  export function fd_read(file: Handle, buffer: ArrayBuffer): usize {
    return stored<usize>(_fd_read(file, vector(buffer), 1, OUT));
  }

  /** Close a file. */
  export function fd_close(file: Handle): Errno {
    return _fd_close(file);
  }

  function vector(bytes: ArrayBuffer): usize {
    store<usize>(VECTOR, address(bytes));
    store<usize>(VECTOR, size(bytes), 4);
    return VECTOR;
  }
}

/** The end of a program, for modules without WASI's shim. */
export namespace wasi_process {
  @external("wasi_snapshot_preview1", "proc_exit")
  declare function _proc_exit(code: u32): void;

  /** End with an exit code, 0 for success. */
  export function proc_exit(code: u32): void {
    _proc_exit(code);
  }
}
