// Switches a lamp with a button, for three seconds, and says so. Presses are counted while it sleeps, and none is lost.

import { errno, wasi_file, wasi_gpio, wasi_process, wasi_time } from "wasmdev";

function print(text: string): void {
  wasi_file.fd_write(wasi_file.STDOUT, String.UTF8.encode(text));
}

function check(): void {
  if (errno) wasi_process.proc_exit(errno);
}

export function _start(): void {
  const lamp = wasi_gpio.get_digital_out("lamp");
  check();
  const button = wasi_gpio.get_digital_in("button");
  check();
  wasi_gpio.watch(button, 1); // edges to active: presses
  let presses: u32 = 0;
  for (let turn = 0; turn < 60; turn++) {
    wasi_time.sleep_ms(50);
    const fresh = wasi_gpio.take_edges(button);
    check();
    if (fresh == 0) continue;
    presses += fresh;
    if (fresh & 1) wasi_gpio.toggle(lamp);
    print("press " + presses.toString() + "\n");
  }
  wasi_gpio.close(lamp);
}
