/* How many millivolts are at the input that its grants call "light"; what is below 0 is an errno. */

#include "wasi_adc.h"

__attribute__((export_name("millivolts"))) int32_t millivolts(void)
{
    wasi_handle_t light;
    uint32_t value;
    wasi_errno_t errno = wasi_adc_open("light", 5, &light);

    if (errno)
        return -errno;
    errno = wasi_adc_read_millivolts(light, &value);
    wasi_adc_close(light);
    return errno ? -errno : (int32_t)value;
}
