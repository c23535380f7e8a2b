/* Lets "fan" run at so many percent: the duty in 65535ths; what is below 0 is an errno. It runs on between calls. */

#include "wasi_pwm.h"

static wasi_handle_t fan = -1;

__attribute__((export_name("run_at"))) int32_t run_at(uint32_t percent)
{
    wasi_errno_t errno;
    uint32_t duty;

    if (fan < 0 && (errno = wasi_pwm_open("fan", 3, &fan)))
        return -errno;
    if ((errno = wasi_pwm_set_duty(fan, percent * 65535 / 100)) || (errno = wasi_pwm_get_duty(fan, &duty)))
        return -errno;
    return (int32_t)duty;
}
