// Maker and type of the memory chip that its grants call "flash", three bytes; what is below 0 is an errno.

import { errno, wasi_spi } from "wasmdev";

export function id(): i32 {
  const flash = wasi_spi.open("flash");
  if (errno) return -errno;
  const command = new Uint8Array(1);
  const answer = new Uint8Array(3);
  command[0] = 0x9f; // read identification
  const list = new wasi_spi.Operations().write(command.buffer).read(answer.buffer);
  const failure = wasi_spi.transaction(flash, list);
  wasi_spi.close(flash);
  return failure ? -failure : (<i32>answer[0] << 16) | (<i32>answer[1] << 8) | answer[2];
}
