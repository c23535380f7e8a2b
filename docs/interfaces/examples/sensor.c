/* A channel of the sensor that its grants call "air", in thousandths of its unit. It traps where there is none. */

#include "wasi_sensor.h"

__attribute__((export_name("milli"))) int32_t milli(uint32_t channel)
{
    wasi_handle_t air;
    int32_t value;

    if (wasi_sensor_open("air", 3, &air) || wasi_sensor_read_milli(air, channel, &value))
        __builtin_trap();
    wasi_sensor_close(air);
    return value;
}
