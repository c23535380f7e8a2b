// Time since power-on, and the date.

#include "lib/oofatfs/ff.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/timeutils/timeutils.h"
#include "core.h"

mp_uint_t mp_hal_ticks_us(void) {
    return (mp_uint_t)core_us();
}

mp_uint_t mp_hal_ticks_ms(void) {
    return (mp_uint_t)(core_us() / 1000);
}

mp_uint_t mp_hal_ticks_cpu(void) {
    return (mp_uint_t)core_us();
}

// Boards without a battery begin at that moment.
#define YEAR_2021 (662774400ULL)  // seconds from 2000 on

uint64_t mp_hal_time_ns(void) {
    return (YEAR_2021 + 946684800ULL) * 1000000000ULL + core_us() * 1000;
}

void mp_hal_delay_us(mp_uint_t us) {
    uint64_t end = core_us() + us;
    if (us > 1000) {
        mp_hal_delay_ms(us / 1000);
    }
    while (core_us() < end) {
    }
}

void mp_hal_delay_ms(mp_uint_t ms) {
    mp_uint_t start = mp_hal_ticks_ms(), elapsed = 0;
    do {
        mp_event_wait_ms(ms - elapsed);
        elapsed = mp_hal_ticks_ms() - start;
    } while (elapsed < ms);
}

// The date of files on FAT, as it packs it.
DWORD get_fattime(void) {
    timeutils_struct_time_t now;
    timeutils_seconds_since_epoch_to_struct_time(
        timeutils_seconds_since_epoch_from_nanoseconds_since_1970(mp_hal_time_ns()), &now);
    return (now.tm_year - 1980) << 25 | now.tm_mon << 21 | now.tm_mday << 16
        | now.tm_hour << 11 | now.tm_min << 5 | now.tm_sec / 2;
}
