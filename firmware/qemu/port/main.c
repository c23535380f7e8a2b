// From power-on to the prompt, and again after each soft reset, as on a board.

#include <string.h>

#include "py/builtin.h"
#include "py/compile.h"
#include "py/cstack.h"
#include "py/gc.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/readline/readline.h"
#include "shared/runtime/gchelper.h"
#include "shared/runtime/pyexec.h"
#include "core.h"
#include "host.h"

extern uint8_t _sstack, _estack, _heap;  // the first two by the linker's script, the third where RAM is free

// Programs of the owner, then the prompt; returns when a soft reset is asked for.
static void serve(void) {
    int ended = pyexec_file_if_exists("boot.py");
    if (ended & PYEXEC_FORCED_EXIT) {
        return;
    }
    if (pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL && ended) {
        if (pyexec_file_if_exists("main.py") & PYEXEC_FORCED_EXIT) {
            return;
        }
    }
    while (!(pyexec_mode_kind == PYEXEC_MODE_RAW_REPL ? pyexec_raw_repl() : pyexec_friendly_repl())) {
    }
}

int main(void) {
    line_begin();
    mp_cstack_init_with_top(&_estack, &_estack - &_sstack);
    for (;;) {
        gc_init(&_heap, &_heap + host_heap());
        mp_init();
        mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_lib));
        readline_init0();
        host_booted();
        pyexec_frozen_module("_boot.py", false);
        serve();
        mp_printf(MP_PYTHON_PRINTER, "MPY: soft reboot\n");
        gc_sweep_all();
        mp_deinit();
        #ifdef MP_PLAT_COMMIT_EXEC
        executable_free_all();
        #endif
    }
}

void gc_collect(void) {
    gc_collect_start();
    gc_helper_collect_regs_and_stack();
    gc_collect_end();
}

void nlr_jump_fail(void *value) {
    host_end(1, "an exception that nobody catches\n");
}

void abort(void) {
    host_end(1, "abort\n");
}

#ifndef NDEBUG
void __assert_func(const char *file, int line, const char *function, const char *expression) {
    host_end(1, expression);
}
#endif

// Tells of an exception of the processor, and ends the machine.
void fatal(uintptr_t cause, uintptr_t pc, uintptr_t address, uintptr_t back) {
    static char text[] = "exception 00000000 at 00000000 for 00000000, back to 00000000\n";
    uintptr_t values[] = {cause, pc, address, back};
    char *c = text;
    for (int i = 0; i < 4; ++i) {
        c = strchr(c, '0');
        for (int shift = 28; shift >= 0; shift -= 4) {
            *c++ = "0123456789abcdef"[values[i] >> shift & 15];
        }
    }
    host_end(1, text);
}
