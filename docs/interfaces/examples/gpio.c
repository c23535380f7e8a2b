/* Waits until "button" is pressed, then lights "lamp" for a moment. */

#include "wasi_gpio.h"
#include "wasi_process.h"
#include "wasi_time.h"

__attribute__((export_name("_start"))) void start(void)
{
    wasi_handle_t lamp, button;
    wasi_errno_t errno;
    uint32_t presses;

    if ((errno = wasi_gpio_get_digital_out("lamp", 4, &lamp))
        || (errno = wasi_gpio_get_digital_in("button", 6, &button))
        || (errno = wasi_gpio_watch(button, 1)))
        wasi_proc_exit((uint32_t)errno);
    do {
        wasi_sleep_ms(20);
        wasi_gpio_take_edges(button, &presses);
    } while (presses == 0);
    wasi_gpio_set_active(lamp);
    wasi_sleep_ms(250);
    wasi_gpio_close(lamp);
}
