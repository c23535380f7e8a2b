// Blinks the pin that its grants call "led", five times.

import { errno, wasi_gpio, wasi_process, wasi_time } from "wasmdev";

export function _start(): void {
  const led = wasi_gpio.get_digital_out("led");
  if (errno) wasi_process.proc_exit(errno);
  for (let change = 0; change < 10; change++) {
    wasi_gpio.toggle(led);
    wasi_time.sleep_ms(200);
  }
  wasi_gpio.close(led);
}
