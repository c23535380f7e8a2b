//! Adds a line to a file, says so, and returns how many bytes the file has; what is below 0 is an errno.

const wasmdev = @import("wasmdev");
const file = wasmdev.wasi_file;

fn add() wasmdev.Error!void {
    const rights = file.RIGHTS_READ | file.RIGHTS_WRITE;
    const log = try file.path_open(file.FIRST_FOLDER, "log.txt", file.CREATE, rights, file.APPEND);
    defer file.fd_close(log) catch {};
    _ = try file.fd_write(log, "here\n");
}

fn size() wasmdev.Error!usize {
    const log = try file.path_open(file.FIRST_FOLDER, "log.txt", 0, file.RIGHTS_READ, 0);
    defer file.fd_close(log) catch {};
    var bytes: [256]u8 = undefined;
    return file.fd_read(log, &bytes);
}

fn run() wasmdev.Error!usize {
    try add();
    _ = try file.fd_write(file.STDOUT, "noted\n");
    return size();
}

export fn note() i32 {
    const bytes = run() catch |failure| return -@as(i32, @intCast(wasmdev.errno(failure)));
    return @intCast(bytes);
}
