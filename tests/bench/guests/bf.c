/* An interpreter of Brainfuck that runs a greeting; n times, the hash of all that is printed. */
#include "common.h"

static const char program[] =
    "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++."
    ">>.<-.<.+++.------.--------.>>+.>++.";

static u8 tape[512];
static u16 jump[256], open[64];

RUN(i32 n) {
    u32 hash = 0;
    while (n-- > 0) {
        for (int i = 0; i < 512; i++) tape[i] = 0;
        int depth = 0, length = (int)sizeof(program) - 1;
        for (int i = 0; i < length; i++) {
            if (program[i] == '[') {
                open[depth++] = (u16)i;
            } else if (program[i] == ']') {
                u16 start = open[--depth];
                jump[i] = start;
                jump[start] = (u16)i;
            }
        }
        int p = 0;
        for (int i = 0; i < length; i++) {
            switch (program[i]) {
            case '>': p++; break;
            case '<': p--; break;
            case '+': tape[p]++; break;
            case '-': tape[p]--; break;
            case '.': hash = hash * 31 + tape[p]; break;
            case '[': if (!tape[p]) i = jump[i]; break;
            case ']': if (tape[p]) i = jump[i]; break;
            }
        }
    }
    return (i32)hash;
}
