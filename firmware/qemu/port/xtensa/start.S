/* What a windowed Xtensa core needs before and below C: the vectors, the start, windows written to the stack, and
 * setjmp and longjmp. */

#define DEPTH 8         /* calls of call8 that are enough to push every older window out of up to 64 registers */
#define PS_C 0x4002f    /* windows on, vectors for users, all interrupts off */

/* The handlers of windows. What a frame holds in a0 to a3 lies in the 16 bytes below the stack pointer of what it has
 * called; a4 and up lie below the 16 bytes below the stack pointer of its own caller, which is at -12 there. */

        .section .vectors, "ax"
        .global vectors
        .align  1024
vectors:
        .org    0x00
        s32e    a0, a5, -16
        s32e    a1, a5, -12
        s32e    a2, a5, -8
        s32e    a3, a5, -4
        rfwo
        .org    0x40
underflow4:
        l32e    a0, a5, -16
        l32e    a1, a5, -12
        l32e    a2, a5, -8
        l32e    a3, a5, -4
        rfwu
        .org    0x80
        s32e    a0, a9, -16
        l32e    a0, a1, -12
        s32e    a1, a9, -12
        s32e    a2, a9, -8
        s32e    a3, a9, -4
        s32e    a4, a0, -32
        s32e    a5, a0, -28
        s32e    a6, a0, -24
        s32e    a7, a0, -20
        rfwo
        .org    0xc0
underflow8:
        l32e    a0, a9, -16
        l32e    a1, a9, -12
        l32e    a2, a9, -8
        l32e    a7, a1, -12
        l32e    a3, a9, -4
        l32e    a4, a7, -32
        l32e    a5, a7, -28
        l32e    a6, a7, -24
        l32e    a7, a7, -20
        rfwu
        .org    0x100
        s32e    a0, a13, -16
        l32e    a0, a1, -12
        s32e    a1, a13, -12
        s32e    a2, a13, -8
        s32e    a3, a13, -4
        s32e    a4, a0, -48
        s32e    a5, a0, -44
        s32e    a6, a0, -40
        s32e    a7, a0, -36
        s32e    a8, a0, -32
        s32e    a9, a0, -28
        s32e    a10, a0, -24
        s32e    a11, a0, -20
        rfwo
        .org    0x140
underflow12:
        l32e    a0, a13, -16
        l32e    a1, a13, -12
        l32e    a2, a13, -8
        l32e    a11, a1, -12
        l32e    a3, a13, -4
        l32e    a4, a11, -48
        l32e    a5, a11, -44
        l32e    a6, a11, -40
        l32e    a7, a11, -36
        l32e    a8, a11, -32
        l32e    a9, a11, -28
        l32e    a10, a11, -24
        l32e    a11, a11, -20
        rfwu
        .org    0x300
        j       exception
        .org    0x340
        j       exception
        .org    0x3c0
        j       exception
        .org    0x400

        .text
        .literal_position
        .align  4
exception:
        wsr     a0, excsave1
        rsr     a0, exccause
        beqi    a0, 5, caller
        beqi    a0, 4, interrupt

        /* Nothing else is expected: say what it was, on a stack of its own, and end. */
        rsr     a2, exccause
        rsr     a3, epc1
        rsr     a4, excvaddr
        rsr     a5, excsave1
        movi    a1, _estack
        j       fresh_fatal

        /* movsp wants the caller's window, which is on the stack: get it as a return would, then do movsp again.
         * The three windows below hold nothing, or there would have been no exception. */
caller:
        rsr     a0, windowbase
        rotw    -1
        rsr     a2, ps
        extui   a3, a2, 8, 4
        xor     a3, a3, a4
        slli    a3, a3, 8
        xor     a2, a2, a3
        wsr     a2, ps                  /* the window to come back to */
        rsr     a4, excsave1
        rsync
        bbci    a4, 31, is4
        rotw    -1
        bbci    a8, 30, is8
        rotw    -1
        j       underflow12
is4:    j       underflow4
is8:    j       underflow8

        /* An interrupt only ends the wait for it. */
interrupt:
        movi    a0, 0
        wsr     a0, intenable
        rsr     a0, excsave1
        rfe

        /* sleep(cycles): until the line's interrupt, which is the first one, or the timer's, which is number 6. */
        .global sleep
        .type   sleep, @function
        .align  4
sleep:
        entry   a1, 32
        rsil    a3, 15
        rsr     a3, ccount
        add     a3, a3, a2
        wsr     a3, ccompare0
        movi    a3, 0x41
        wsr     a3, intenable
        rsync
        waiti   0
        retw

        .global cycles
        .type   cycles, @function
        .align  4
cycles:
        entry   a1, 32
        rsr     a2, ccount
        retw

        .align  4
fresh_fatal:
        mov     a6, a2
        mov     a7, a3
        mov     a8, a4
        mov     a9, a5
        movi    a0, 0
        wsr     a0, windowbase
        rsync
        movi    a0, 1
        wsr     a0, windowstart
        rsync
        movi    a0, PS_C
        wsr     a0, ps
        rsync
        movi    a1, _estack - 64
        rsr     a10, exccause
        rsr     a11, epc1
        rsr     a12, excvaddr
        rsr     a13, excsave1
        call8   fatal

        .global _start
        .align  4
_start:
        movi    a0, 0
        wsr     a0, intenable
        wsr     a0, windowbase
        rsync
        movi    a0, 1
        wsr     a0, windowstart
        rsync
        movi    a0, vectors
        wsr     a0, vecbase
        movi    a0, PS_C
        wsr     a0, ps
        rsync
        movi    a2, _sbss
        movi    a3, _ebss
        movi    a4, 0
clear:  s32i    a4, a2, 0
        addi    a2, a2, 4
        bltu    a2, a3, clear
        movi    a3, _estack
        addi    a1, a3, -80
        s32i    a3, a1, 4               /* where the first frame's caller would have its stack */
        addi    a1, a1, 16
        movi    a0, 0
        call8   start
halt:   j       halt

        /* Write every window of the callers to the stack. */
        .global write_windows
        .type   write_windows, @function
        .align  4
write_windows:
        entry   a1, 32
        movi    a10, DEPTH
        call8   deeper
        retw
        .align  4
deeper:
        entry   a1, 32
        addi    a10, a2, -1
        beqz    a10, 1f
        call8   deeper
1:      retw

        /* The buffer has 17 words: a0 to a7 of the caller (MicroPython's native code knows that a4 is the fifth),
         * and in the last two its stack pointer in setjmp and where setjmp returns to. It must be called by call8. */
        .global setjmp
        .type   setjmp, @function
        .align  4
setjmp:
        entry   a1, 32
        call8   write_windows
        s32i    a0, a2, 64
        s32i    a1, a2, 60
        addi    a3, a1, -16
        l32i    a4, a3, 0
        l32i    a5, a3, 4
        l32i    a6, a3, 8
        l32i    a7, a3, 12
        s32i    a4, a2, 0
        s32i    a5, a2, 4
        s32i    a6, a2, 8
        s32i    a7, a2, 12
        addi    a5, a5, -16
        l32i    a3, a5, 4
        addi    a3, a3, -32
        l32i    a4, a3, 0
        l32i    a5, a3, 4
        l32i    a6, a3, 8
        l32i    a7, a3, 12
        s32i    a4, a2, 16
        s32i    a5, a2, 20
        s32i    a6, a2, 24
        s32i    a7, a2, 28
        movi    a2, 0
        retw

        .global longjmp
        .type   longjmp, @function
        .align  4
longjmp:
        entry   a1, 32
        movi    a4, 1                   /* what other windows hold is not wanted any more */
        rsr     a5, windowbase
        ssl     a5
        sll     a4, a4
        wsr     a4, windowstart
        rsync
        l32i    a0, a2, 64
        l32i    a1, a2, 60
        addi    a8, a1, -16
        l32i    a4, a2, 0
        l32i    a5, a2, 4
        l32i    a6, a2, 8
        l32i    a7, a2, 12
        s32i    a4, a8, 0
        s32i    a5, a8, 4
        s32i    a6, a8, 8
        s32i    a7, a8, 12
        addi    a5, a5, -16
        l32i    a8, a5, 4
        addi    a8, a8, -32
        l32i    a4, a2, 16
        l32i    a5, a2, 20
        l32i    a6, a2, 24
        l32i    a7, a2, 28
        s32i    a4, a8, 0
        s32i    a5, a8, 4
        s32i    a6, a8, 8
        s32i    a7, a8, 12
        movi    a2, 1
        movnez  a2, a3, a3
        retw

        /* simcall(what, a, b, c): see target/xtensa/xtensa-semi.c in qemu. */
        .global simcall
        .type   simcall, @function
        .align  4
simcall:
        entry   a1, 32
        simcall
        retw
