/* The start, the handler of exceptions and the call of the host, for qemu's machine virt. */

        .section .start, "ax"
        .global _start
_start:
        .option push
        .option norelax
        la      gp, __global_pointer$
        .option pop
        la      sp, _estack
        la      t0, exception
        csrw    mtvec, t0
        la      t1, _sbss
        la      t2, _ebss
1:      bgeu    t1, t2, 2f
        sw      zero, (t1)
        addi    t1, t1, 4
        j       1b
2:      call    start

        .text
        .balign 4
exception:
        csrr    a0, mcause
        csrr    a1, mepc
        csrr    a2, mtval
        mv      a3, ra
        la      sp, _estack
        j       fatal

        /* semihost(operation, arguments): these three instructions, in one page, are the call. */
        .global semihost
        .option norvc
        .balign 16
semihost:
        slli    zero, zero, 0x1f
        ebreak
        srai    zero, zero, 7
        ret
