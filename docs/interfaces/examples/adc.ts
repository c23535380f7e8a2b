// How many millivolts are at the input that its grants call "light"; what is below 0 is an errno.

import { errno, wasi_adc } from "wasmdev";

export function millivolts(): i32 {
  const light = wasi_adc.open("light");
  if (errno) return -errno;
  const value = wasi_adc.read_millivolts(light);
  const failure = errno;
  wasi_adc.close(light);
  return failure ? -failure : <i32>value;
}
