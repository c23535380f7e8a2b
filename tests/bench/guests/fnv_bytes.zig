// FNV-1a over bytes that are made first, n times.
var data: [512]u8 = undefined;

export fn run(n: i32) i32 {
    var hash: u32 = 2166136261;
    var k: i32 = 0;
    while (k < n) : (k += 1) {
        for (&data, 0..) |*byte, i| byte.* = @truncate(i *% 13 +% @as(u32, @intCast(k)));
        for (data) |byte| {
            hash ^= byte;
            hash *%= 16777619;
        }
    }
    return @bitCast(hash);
}
