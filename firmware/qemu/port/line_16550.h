// The serial line of a 16550. Included by the code of a machine that has one, behind its LINE: the first register,
// as a pointer to volatile of the width in which the registers lie.

enum { DATA = 0, INTERRUPTS = 1, FIFO = 2, STATUS = 5 };
enum { RECEIVED = 0x01, SENT = 0x20 };

int line_get(void) {
    return LINE[STATUS] & RECEIVED ? (int)(LINE[DATA] & 0xff) : -1;
}

void line_put(uint8_t byte) {
    while (!(LINE[STATUS] & SENT)) {
    }
    LINE[DATA] = byte;
}
