// What MicroPython has on the machines that qemu emulates: what it has on the boards that they stand for.

#include <alloca.h>
#include <stdint.h>

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

#if defined(__thumb2__)
#define MICROPY_EMIT_THUMB (1)
#define MICROPY_EMIT_INLINE_THUMB (1)
#define MICROPY_MAKE_POINTER_CALLABLE(p) ((void *)((mp_uint_t)(p) | 1))
#elif defined(__riscv)
#define MICROPY_EMIT_RV32 (1)
#elif defined(__xtensa__)
#define MICROPY_EMIT_XTENSAWIN (1)
#define MICROPY_NLR_SETJMP (1)
#endif

#define MICROPY_PERSISTENT_CODE_LOAD (1)
#define MICROPY_MEM_STATS (0)
#define MICROPY_READER_VFS (1)
#define MICROPY_ENABLE_GC (1)
#define MICROPY_ENABLE_EMERGENCY_EXCEPTION_BUF (1)
#define MICROPY_LONGINT_IMPL (MICROPY_LONGINT_IMPL_MPZ)
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_FLOAT)
#define MICROPY_USE_INTERNAL_ERRNO (1)
#define MICROPY_SCHEDULER_DEPTH (8)
#define MICROPY_STACK_CHECK_MARGIN (1024)
#define MICROPY_PY_SYS_PLATFORM "qemu"
#define MICROPY_HW_BOARD_NAME "qemu " MACHINE_NAME
#define MICROPY_HW_MCU_NAME MACHINE_CORE

#define MICROPY_PY_MACHINE (1)
#define MICROPY_PY_MACHINE_INCLUDEFILE "ports/wasmdev/modmachine.c"
#define MICROPY_PY_MACHINE_PIN_BASE (1)
#define MICROPY_PY_MACHINE_SIGNAL (1)
#define MICROPY_PY_MACHINE_PULSE (1)
#define MICROPY_PY_TIME_TIME_TIME_NS (1)
#define MICROPY_PY_TIME_GMTIME_LOCALTIME_MKTIME (1)
#define MICROPY_PY_TIME_INCLUDEFILE "ports/wasmdev/modtime.c"
#define MICROPY_PY_RANDOM_SEED_INIT_FUNC (host_seed())

#define MICROPY_VFS (1)
#define MICROPY_FATFS_ENABLE_LFN (1)
#define MICROPY_FATFS_LFN_CODE_PAGE 437
#define MICROPY_FATFS_RPATH (2)
#define MICROPY_PY_OS_INCLUDEFILE "ports/wasmdev/modos.c"
#define MICROPY_PY_OS_UNAME (1)
#define MICROPY_PY_OS_URANDOM (1)
#define MICROPY_PY_OS_SYNC (1)

// Nothing interrupts what runs here: the line and the host are looked at between bytecodes.
#define MICROPY_VM_HOOK_COUNT (64)
#define MICROPY_VM_HOOK_INIT static unsigned until_look = MICROPY_VM_HOOK_COUNT;
#define MICROPY_VM_HOOK_LOOK if (--until_look == 0) { until_look = MICROPY_VM_HOOK_COUNT; console_look(); }
#define MICROPY_VM_HOOK_LOOP MICROPY_VM_HOOK_LOOK
#define MICROPY_VM_HOOK_RETURN MICROPY_VM_HOOK_LOOK
#define MICROPY_INTERNAL_EVENT_HOOK console_look()
#define MICROPY_INTERNAL_WFE(TIMEOUT_MS) console_wait(TIMEOUT_MS)

void console_look(void);
void console_wait(int timeout_ms);
uint32_t host_seed(void);

#define UINT_FMT "%lu"
#define INT_FMT "%ld"

typedef int32_t mp_int_t;
typedef uint32_t mp_uint_t;
typedef long mp_off_t;

#define MP_SSIZE_MAX (0x7fffffff)
#define MP_NEED_LOG2 (1)
#define MP_STATE_PORT MP_STATE_VM

#if defined(__xtensa__)
#include "executable.h"
#endif
