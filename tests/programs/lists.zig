//! Containers of the standard library, which allocate as they grow.

const std = @import("std");

pub fn main(init: std.process.Init) !u8 {
    const gpa = init.gpa;
    var line: [100]u8 = undefined;

    var numbers: std.ArrayList(u32) = .empty;
    defer numbers.deinit(gpa);
    for (0..500) |i| try numbers.append(gpa, @intCast(i * 7919 % 1009));
    std.mem.sortUnstable(u32, numbers.items, {}, std.sort.asc(u32));
    var sum: u64 = 0;
    for (numbers.items) |number| sum += number;
    try say(init.io, try std.fmt.bufPrint(&line, "{d} numbers up to {d}, sum {d}\n", .{
        numbers.items.len, numbers.getLast(), sum,
    }));

    var squares: std.AutoHashMap(u32, u64) = .init(gpa);
    defer squares.deinit();
    for (numbers.items) |number| try squares.put(number, @as(u64, number) * number);
    _ = squares.remove(5);
    var total: u64 = 0;
    var values = squares.valueIterator();
    while (values.next()) |value| total += value.*;
    try say(init.io, try std.fmt.bufPrint(&line, "{d} squares, sum {d}, of 1006 {d}, of 5 {d}\n", .{
        squares.count(), total, squares.get(1006) orelse 0, squares.get(5) orelse 0,
    }));

    var text: std.ArrayList(u8) = .empty;
    defer text.deinit(gpa);
    for (0..300) |i| try text.appendSlice(gpa, try std.fmt.bufPrint(&line, "{d}", .{i}));
    try say(init.io, try std.fmt.bufPrint(&line, "{d} characters, {s}\n", .{ text.items.len, text.items[780..] }));
    return 9;
}

fn say(io: std.Io, text: []const u8) !void {
    try std.Io.File.stdout().writeStreamingAll(io, text);
}
