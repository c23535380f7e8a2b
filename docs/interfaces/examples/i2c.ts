// Reads a register of the chip at 0x50 on the bus that its grants call "i2c0"; what is below 0 is an errno.

import { errno, Errno, wasi_i2c } from "wasmdev";

const CHIP: u32 = 0x50;

export function byte_at(number: u32): i32 {
  const bus = wasi_i2c.open("i2c0");
  if (errno) return -errno;
  const select = new Uint8Array(1);
  const value = new Uint8Array(1);
  select[0] = <u8>number;
  const failure: Errno = wasi_i2c.write_read(bus, CHIP, select.buffer, value.buffer);
  wasi_i2c.close(bus);
  return failure ? -failure : value[0];
}
