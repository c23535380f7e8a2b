// Waits until "button" is pressed, then lights "lamp" for a moment.

import { errno, wasi_gpio, wasi_process, wasi_time } from "wasmdev";

function check(): void {
  if (errno) wasi_process.proc_exit(errno);
}

export function _start(): void {
  const lamp = wasi_gpio.get_digital_out("lamp");
  check();
  const button = wasi_gpio.get_digital_in("button");
  check();
  wasi_gpio.watch(button, 1);
  while (wasi_gpio.take_edges(button) == 0) wasi_time.sleep_ms(20);
  wasi_gpio.set_active(lamp);
  wasi_time.sleep_ms(250);
  wasi_gpio.close(lamp);
}
