//! A text in, a text out, and a function of the board's Python: makes what is in `buffer` loud.

extern "env" fn note(letters: i32) void;

var text: [64]u8 = undefined;

export fn buffer() [*]u8 {
    return &text;
}

export fn shout(size: usize) usize {
    const length: usize = @min(size, text.len - 1);
    var letters: i32 = 0;
    for (text[0..length]) |*letter| {
        if (letter.* >= 'a' and letter.* <= 'z') {
            letter.* -= 'a' - 'A';
            letters += 1;
        }
    }
    note(letters);
    text[length] = '!';
    return length + 1;
}
