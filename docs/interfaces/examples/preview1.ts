// Adds a line to a file, says so, and returns how many bytes the file has; what is below 0 is an errno.

import { errno, wasi_file as file } from "wasmdev";

export function note(): i32 {
  const rights = file.RIGHTS_READ | file.RIGHTS_WRITE;
  const log = file.path_open(file.FIRST_FOLDER, "log.txt", file.CREATE, rights, file.APPEND);
  if (errno) return -errno;
  file.fd_write(log, String.UTF8.encode("here\n"));
  if (errno) return -errno;
  file.fd_close(log);
  file.fd_write(file.STDOUT, String.UTF8.encode("noted\n"));
  const again = file.path_open(file.FIRST_FOLDER, "log.txt", 0, file.RIGHTS_READ, 0);
  if (errno) return -errno;
  const size = file.fd_read(again, new ArrayBuffer(256));
  const failure = errno;
  file.fd_close(again);
  return failure ? -failure : <i32>size;
}
