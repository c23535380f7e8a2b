// RAM that holds native code alone, apart from the heap, as on an ESP32: to be included at the end of mpconfigport.h,
// before anything asks for what it defines. main() calls executable_free_all at a soft reset.

#ifndef EXECUTABLE_H
#define EXECUTABLE_H

#include <stddef.h>

void *executable_commit(void *code, size_t size, void *relocations);
void executable_free_all(void);

#undef MP_PLAT_COMMIT_EXEC
#define MP_PLAT_COMMIT_EXEC(code, size, relocations) executable_commit(code, size, relocations)

// The loader asks sys.platform whether code that was loaded stays until a soft reset.
#undef MICROPY_PY_SYS_PLATFORM
#define MICROPY_PY_SYS_PLATFORM "esp32"

#endif
