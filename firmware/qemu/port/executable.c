// The RAM that an ESP32 has for native code, and what its module esp32 tells of it.
//
// Nothing of it is given back but all at once, so pieces lie one behind the other. Each takes what it takes there:
// its bytes in whole words, a word that joins it to the others, and one of the allocator's.

#include <string.h>

#include "py/obj.h"
#include "py/persistentcode.h"
#include "py/runtime.h"

#include "executable.h"
#include "host.h"

#define AROUND (2 * sizeof(uint32_t))
#define HEAP_DATA (1 << 2)
#define HEAP_EXEC (1 << 0)

#define MOST (512 * 1024)  // bytes that a board can have

static uint32_t memory[MOST / sizeof(uint32_t)];
static size_t used;     // bytes of memory, a multiple of a word
static size_t most;     // that were ever used

// Copies code to where it runs, to which it is relocated. Raises MemoryError where it has no room.
void *executable_commit(void *code, size_t size, void *relocations) {
    size_t whole = (size + 3) & ~(size_t)3;
    if (AROUND + whole > host_executable() - used) {
        m_malloc_fail(sizeof(uint32_t) + whole);
    }
    void *place = (uint8_t *)memory + used + AROUND;
    used += AROUND + whole;
    if (used > most) {
        most = used;
    }
    if (relocations != NULL) {
        mp_native_relocate(relocations, code, (uintptr_t)place);
    }
    memcpy(place, code, size);
    return place;
}

// Nothing of what was committed may run any more.
void executable_free_all(void) {
    used = 0;
}

// A list of one region: (bytes, free, largest free piece, least ever free). All data is MicroPython's heap's.
static mp_obj_t idf_heap_info(mp_obj_t capabilities) {
    mp_int_t wanted = mp_obj_get_int(capabilities);
    size_t total = wanted == HEAP_EXEC ? host_executable() : host_heap();
    size_t left = wanted == HEAP_EXEC ? host_executable() - used : 0;
    size_t least = wanted == HEAP_EXEC ? host_executable() - most : 0;
    mp_obj_t region[] = {
        MP_OBJ_NEW_SMALL_INT(total),
        MP_OBJ_NEW_SMALL_INT(left),
        MP_OBJ_NEW_SMALL_INT(left > AROUND ? left - AROUND : 0),
        MP_OBJ_NEW_SMALL_INT(least),
    };
    mp_obj_t regions[] = { mp_obj_new_tuple(MP_ARRAY_SIZE(region), region) };
    return mp_obj_new_list(MP_ARRAY_SIZE(regions), regions);
}
static MP_DEFINE_CONST_FUN_OBJ_1(idf_heap_info_obj, idf_heap_info);

static const mp_rom_map_elem_t esp32_globals_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_esp32) },
    { MP_ROM_QSTR(MP_QSTR_idf_heap_info), MP_ROM_PTR(&idf_heap_info_obj) },
    { MP_ROM_QSTR(MP_QSTR_HEAP_DATA), MP_ROM_INT(HEAP_DATA) },
    { MP_ROM_QSTR(MP_QSTR_HEAP_EXEC), MP_ROM_INT(HEAP_EXEC) },
};
static MP_DEFINE_CONST_DICT(esp32_globals, esp32_globals_table);

const mp_obj_module_t esp32_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&esp32_globals,
};
MP_REGISTER_MODULE(MP_QSTR_esp32, esp32_module);
