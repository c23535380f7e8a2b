/* Pins that are active for a part of the time, opened by label. The interface is described in wit/pwm.wit. */
#ifndef WASI_PWM_H
#define WASI_PWM_H

#include "wasi_import.h"

/* Never active when opened. */
WASI_IMPORT("wasi_pwm", "open")
wasi_errno_t wasi_pwm_open(const char *label, size_t length, wasi_handle_t *out);

/* How much of the time it is active: 0 never, 65535 always. */
WASI_IMPORT("wasi_pwm", "set_duty")
wasi_errno_t wasi_pwm_set_duty(wasi_handle_t output, uint32_t duty);
WASI_IMPORT("wasi_pwm", "get_duty")
wasi_errno_t wasi_pwm_get_duty(wasi_handle_t output, uint32_t *out);

/* Periods a second; WASI_INVAL for what the board can't make. */
WASI_IMPORT("wasi_pwm", "set_frequency")
wasi_errno_t wasi_pwm_set_frequency(wasi_handle_t output, uint32_t hertz);
WASI_IMPORT("wasi_pwm", "get_frequency")
wasi_errno_t wasi_pwm_get_frequency(wasi_handle_t output, uint32_t *out);

/* Give the pin back: it drives nothing afterwards. */
WASI_IMPORT("wasi_pwm", "close")
wasi_errno_t wasi_pwm_close(wasi_handle_t output);

#endif
