// A channel of the sensor that its grants call "air", in thousandths of its unit. It traps where there is none.

import { errno, wasi_sensor } from "wasmdev";

export function milli(channel: u32): i32 {
  const air = wasi_sensor.open("air");
  if (errno) unreachable();
  const value = wasi_sensor.read_milli(air, channel);
  if (errno) unreachable();
  wasi_sensor.close(air);
  return value;
}
