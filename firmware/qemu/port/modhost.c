// The module _host: the flash of the board, and what stands for its pins and buses (boards/qemu/device/_pipes.py).

#include <string.h>

#include "extmod/vfs.h"
#include "py/mperrno.h"
#include "py/runtime.h"
#include "py/stream.h"
#include "core.h"
#include "host.h"

#define BLOCK_SIZE (4096)

// The registers, of 4 bytes each: sizes of the heap and of the RAM for native code; how many events there were, and
// bytes typed; how many of those were taken; why the processor was reset. The typed bytes lie behind the registers,
// each at its number's rest.
enum { HEAP, EXECUTABLE, NEWS, TYPED, TAKEN, CAUSE };
enum { TYPED_AT = 4096, TYPED_SIZE = 4096 };

MP_REGISTER_ROOT_POINTER(mp_obj_t on_event);

static int opened(int *file, const char *name, bool writable) {
    if (*file <= 0) {
        *file = host_open(name, writable);
        if (*file < 0) {
            host_end(1, "the host's files are not in the folder in which qemu runs\n");
        }
    }
    return *file;
}

static int registers(size_t at) {
    static int file;
    host_seek(opened(&file, "registers", true), at);
    return file;
}

static uint32_t word(size_t index) {
    uint32_t value = 0;
    host_read(registers(index * sizeof value), &value, sizeof value);
    return value;
}

static void set_word(size_t index, uint32_t value) {
    host_write(registers(index * sizeof value), &value, sizeof value);
}

// Of which the host hears at once; no other record can come between.
static void record(uint8_t kind, uint8_t number, uint16_t flags, uint64_t argument) {
    static int file;
    static uint64_t booted;
    if (kind == 0) {
        booted = core_us();
    }
    struct { uint8_t kind, number; uint16_t flags; uint32_t unused; uint64_t argument, time_us; } data = {
        kind, number, flags, 0, argument, core_us() - booted,
    };
    host_write(opened(&file, "to_host", true), &data, sizeof data);
}

void host_booted(void) {
    MP_STATE_PORT(on_event) = MP_OBJ_NULL;
    record(0, 0, 0, 0);
}

size_t host_heap(void) {
    return word(HEAP);
}

size_t host_executable(void) {
    return word(EXECUTABLE);
}

bool host_has_events(void) {
    return MP_STATE_PORT(on_event) != MP_OBJ_NULL;
}

void host_look(void) {
    static uint32_t seen;
    if (!host_has_events()) {
        return;
    }
    uint32_t news = word(NEWS);
    if (news != seen && mp_sched_schedule(MP_STATE_PORT(on_event), MP_OBJ_NEW_SMALL_INT(news & 0xffff))) {
        seen = news;
    }
}

size_t host_typed(void *data, size_t most) {
    uint32_t taken = word(TAKEN);
    size_t there = word(TYPED) - taken, unbroken = TYPED_SIZE - taken % TYPED_SIZE;
    size_t size = MIN(MIN(there, most), unbroken);
    if (size > 0) {
        host_read(registers(TYPED_AT + taken % TYPED_SIZE), data, size);
        set_word(TAKEN, taken + size);
    }
    return size;
}

void host_random(void *data, size_t size) {
    static int file;
    host_read(opened(&file, "random", false), data, size);
}

uint32_t host_seed(void) {
    uint32_t seed;
    host_random(&seed, sizeof seed);
    return seed;
}

static mp_obj_t mod_word(mp_obj_t index) {
    return mp_obj_new_int_from_uint(word(mp_obj_get_int(index)));
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_word_obj, mod_word);

static mp_obj_t mod_send(size_t n_args, const mp_obj_t *args) {
    record(mp_obj_get_int(args[0]), mp_obj_get_int(args[1]), mp_obj_get_int(args[3]), mp_obj_get_int(args[2]));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(mod_send_obj, 4, 4, mod_send);

static mp_obj_t mod_on_event(mp_obj_t handler) {
    MP_STATE_PORT(on_event) = handler;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_on_event_obj, mod_on_event);

static mp_obj_t mod_reset(mp_obj_t cause) {
    set_word(CAUSE, mp_obj_get_int(cause));
    core_reset();
}
static MP_DEFINE_CONST_FUN_OBJ_1(mod_reset_obj, mod_reset);

// File(name): one of the host's files, which is there already, to be read and written.
typedef struct {
    mp_obj_base_t base;
    int file;
} file_obj_t;

static mp_obj_t file_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 1, 1, false);
    file_obj_t *self = mp_obj_malloc(file_obj_t, type);
    self->file = host_open(mp_obj_str_get_str(args[0]), true);
    if (self->file < 0) {
        mp_raise_OSError(MP_ENOENT);
    }
    return MP_OBJ_FROM_PTR(self);
}

static mp_uint_t checked(int done, int *errcode) {
    if (done < 0) {
        *errcode = MP_EIO;
        return MP_STREAM_ERROR;
    }
    return done;
}

static mp_uint_t file_read(mp_obj_t self, void *data, mp_uint_t size, int *errcode) {
    return checked(host_read(((file_obj_t *)MP_OBJ_TO_PTR(self))->file, data, size), errcode);
}

static mp_uint_t file_write(mp_obj_t self, const void *data, mp_uint_t size, int *errcode) {
    return checked(host_write(((file_obj_t *)MP_OBJ_TO_PTR(self))->file, data, size), errcode);
}

static const mp_stream_p_t file_stream = { .read = file_read, .write = file_write };

static const mp_rom_map_elem_t file_table[] = {
    { MP_ROM_QSTR(MP_QSTR_read), MP_ROM_PTR(&mp_stream_read_obj) },
    { MP_ROM_QSTR(MP_QSTR_readinto), MP_ROM_PTR(&mp_stream_readinto_obj) },
    { MP_ROM_QSTR(MP_QSTR_write), MP_ROM_PTR(&mp_stream_write_obj) },
};
static MP_DEFINE_CONST_DICT(file_dict, file_table);
static MP_DEFINE_CONST_OBJ_TYPE(file_type, MP_QSTR_File, MP_TYPE_FLAG_NONE,
    make_new, file_make_new, protocol, &file_stream, locals_dict, &file_dict);

// Flash(): a block device. What it has written is the host's at once, and outlives a qemu that is killed.
static mp_obj_t flash_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    return MP_OBJ_FROM_PTR(mp_obj_malloc(mp_obj_base_t, type));
}

static int flash(void) {
    static int file;
    return opened(&file, "flash", true);
}

static mp_obj_t flash_transfer(size_t n_args, const mp_obj_t *args, int flags) {
    size_t at = mp_obj_get_int(args[1]) * BLOCK_SIZE + (n_args == 4 ? mp_obj_get_int(args[3]) : 0);
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(args[2], &buffer, flags);
    host_seek(flash(), at);
    int done = flags == MP_BUFFER_WRITE ? host_read(flash(), buffer.buf, buffer.len)
        : host_write(flash(), buffer.buf, buffer.len);
    return MP_OBJ_NEW_SMALL_INT(done == (int)buffer.len ? 0 : -MP_EIO);
}

static mp_obj_t flash_readblocks(size_t n_args, const mp_obj_t *args) {
    return flash_transfer(n_args, args, MP_BUFFER_WRITE);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(flash_readblocks_obj, 3, 4, flash_readblocks);

static mp_obj_t flash_writeblocks(size_t n_args, const mp_obj_t *args) {
    return flash_transfer(n_args, args, MP_BUFFER_READ);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(flash_writeblocks_obj, 3, 4, flash_writeblocks);

static mp_obj_t flash_ioctl(mp_obj_t self, mp_obj_t request, mp_obj_t argument) {
    switch (mp_obj_get_int(request)) {
        case MP_BLOCKDEV_IOCTL_INIT:
        case MP_BLOCKDEV_IOCTL_DEINIT:
        case MP_BLOCKDEV_IOCTL_SYNC:
            return MP_OBJ_NEW_SMALL_INT(0);
        case MP_BLOCKDEV_IOCTL_BLOCK_COUNT:
            return MP_OBJ_NEW_SMALL_INT(host_size(flash()) / BLOCK_SIZE);
        case MP_BLOCKDEV_IOCTL_BLOCK_SIZE:
            return MP_OBJ_NEW_SMALL_INT(BLOCK_SIZE);
        case MP_BLOCKDEV_IOCTL_BLOCK_ERASE: {
            uint8_t erased[256];
            memset(erased, 0xff, sizeof erased);
            host_seek(flash(), mp_obj_get_int(argument) * BLOCK_SIZE);
            for (int i = 0; i < BLOCK_SIZE / (int)sizeof erased; ++i) {
                host_write(flash(), erased, sizeof erased);
            }
            return MP_OBJ_NEW_SMALL_INT(0);
        }
        default:
            return mp_const_none;
    }
}
static MP_DEFINE_CONST_FUN_OBJ_3(flash_ioctl_obj, flash_ioctl);

static const mp_rom_map_elem_t flash_table[] = {
    { MP_ROM_QSTR(MP_QSTR_readblocks), MP_ROM_PTR(&flash_readblocks_obj) },
    { MP_ROM_QSTR(MP_QSTR_writeblocks), MP_ROM_PTR(&flash_writeblocks_obj) },
    { MP_ROM_QSTR(MP_QSTR_ioctl), MP_ROM_PTR(&flash_ioctl_obj) },
};
static MP_DEFINE_CONST_DICT(flash_dict, flash_table);
static MP_DEFINE_CONST_OBJ_TYPE(flash_type, MP_QSTR_Flash, MP_TYPE_FLAG_NONE,
    make_new, flash_make_new, locals_dict, &flash_dict);

static const mp_rom_map_elem_t host_table[] = {
    { MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR__host) },
    { MP_ROM_QSTR(MP_QSTR_Flash), MP_ROM_PTR(&flash_type) },
    { MP_ROM_QSTR(MP_QSTR_File), MP_ROM_PTR(&file_type) },
    { MP_ROM_QSTR(MP_QSTR_word), MP_ROM_PTR(&mod_word_obj) },
    { MP_ROM_QSTR(MP_QSTR_send), MP_ROM_PTR(&mod_send_obj) },
    { MP_ROM_QSTR(MP_QSTR_on_event), MP_ROM_PTR(&mod_on_event_obj) },
    { MP_ROM_QSTR(MP_QSTR_reset), MP_ROM_PTR(&mod_reset_obj) },
};
static MP_DEFINE_CONST_DICT(host_globals, host_table);

const mp_obj_module_t host_module = {
    .base = { &mp_type_module },
    .globals = (mp_obj_dict_t *)&host_globals,
};
MP_REGISTER_MODULE(MP_QSTR__host, host_module);
