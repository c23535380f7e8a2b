// Sends "AT" on the line that its grants call "modem", waits, and returns how many bytes came; below 0 is an errno.

import { errno, wasi_time, wasi_uart } from "wasmdev";

export function ask(): i32 {
  const modem = wasi_uart.open("modem");
  if (errno) return -errno;
  wasi_uart.write(modem, String.UTF8.encode("AT\r\n"));
  if (errno) return -errno;
  wasi_time.sleep_ms(50);
  const taken = wasi_uart.read(modem, new ArrayBuffer(32));
  const failure = errno;
  wasi_uart.close(modem);
  return failure ? -failure : <i32>taken;
}
