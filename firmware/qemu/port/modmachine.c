// Included by extmod/modmachine.c. What else machine has is Python, in frozen/machine.py.

static void mp_machine_idle(void) {
    mp_event_wait_ms(1);
}
