// Lets "fan" run at so many percent: the duty in 65535ths; what is below 0 is an errno. It runs on between calls.

import { errno, wasi_pwm } from "wasmdev";

let fan = -1;

export function run_at(percent: u32): i32 {
  if (fan < 0) {
    fan = wasi_pwm.open("fan");
    if (errno) return -errno;
  }
  const failure = wasi_pwm.set_duty(fan, (percent * 65535) / 100);
  if (failure) return -failure;
  const duty = wasi_pwm.get_duty(fan);
  return errno ? -errno : <i32>duty;
}
