/* Blinks the pin that its grants call "led", five times. */

#include "wasi_gpio.h"
#include "wasi_process.h"
#include "wasi_time.h"

__attribute__((export_name("_start"))) void start(void)
{
    wasi_handle_t led;
    wasi_errno_t errno = wasi_gpio_get_digital_out("led", 3, &led);

    if (errno)
        wasi_proc_exit((uint32_t)errno);
    for (int change = 0; change < 10; change++) {
        wasi_gpio_toggle(led);
        wasi_sleep_ms(200);
    }
    wasi_gpio_close(led);
}
