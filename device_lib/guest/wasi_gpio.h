/* Digital pins, opened by the labels that the grants give them. The interface is described in wit/gpio.wit. */
#ifndef WASI_GPIO_H
#define WASI_GPIO_H

#include "wasi_import.h"

/* Whether a high or a low voltage means active is the grant's business. */
typedef enum { WASI_GPIO_ACTIVE = 0, WASI_GPIO_INACTIVE = 1 } wasi_gpio_state_t;

typedef struct {
    uint8_t mode;         /* 0 in, 1 out */
    uint8_t active_level; /* 0 active when high, 1 active when low */
    uint8_t pull;         /* 0 none, 1 up, 2 down */
    uint8_t reserved;
} wasi_gpio_config_t;

/* Open an output (inactive at first) or an input. WASI_NOTCAPABLE: no grant of this label and mode;
 * WASI_BUSY: this module has the pin open. */
WASI_IMPORT("wasi_gpio", "get_digital_out")
wasi_errno_t wasi_gpio_get_digital_out(const char *label, size_t length, wasi_handle_t *out);
WASI_IMPORT("wasi_gpio", "get_digital_in")
wasi_errno_t wasi_gpio_get_digital_in(const char *label, size_t length, wasi_handle_t *out);

/* How the grant wires the pin. */
WASI_IMPORT("wasi_gpio", "get_config")
wasi_errno_t wasi_gpio_get_config(wasi_handle_t pin, wasi_gpio_config_t *out);

/* Drive an output. `toggle` changes to the other state than the one set last. */
WASI_IMPORT("wasi_gpio", "set_state")
wasi_errno_t wasi_gpio_set_state(wasi_handle_t pin, int32_t state);
WASI_IMPORT("wasi_gpio", "set_active")
wasi_errno_t wasi_gpio_set_active(wasi_handle_t pin);
WASI_IMPORT("wasi_gpio", "set_inactive")
wasi_errno_t wasi_gpio_set_inactive(wasi_handle_t pin);
WASI_IMPORT("wasi_gpio", "toggle")
wasi_errno_t wasi_gpio_toggle(wasi_handle_t pin);

/* Read an input: `read` stores a wasi_gpio_state_t, the others 1 or 0. */
WASI_IMPORT("wasi_gpio", "read")
wasi_errno_t wasi_gpio_read(wasi_handle_t pin, uint32_t *out);
WASI_IMPORT("wasi_gpio", "is_active")
wasi_errno_t wasi_gpio_is_active(wasi_handle_t pin, uint32_t *out);
WASI_IMPORT("wasi_gpio", "is_inactive")
wasi_errno_t wasi_gpio_is_inactive(wasi_handle_t pin, uint32_t *out);

/* Count an input's edges: 1 those to active, 2 those to inactive, 3 both, 0 none. `take_edges` stores how many came
 * since it was last called; poll_oneoff waits for one, with the handle as for fd_read. A module that exports
 * wasi_gpio_edge(pin, state) is called with them when none of its functions is running. */
WASI_IMPORT("wasi_gpio", "watch")
wasi_errno_t wasi_gpio_watch(wasi_handle_t pin, uint32_t edges);
WASI_IMPORT("wasi_gpio", "take_edges")
wasi_errno_t wasi_gpio_take_edges(wasi_handle_t pin, uint32_t *out);

/* Do nothing for so many microseconds, fewer than 2^31. */
WASI_IMPORT("wasi_gpio", "delay_us")
wasi_errno_t wasi_gpio_delay_us(uint32_t time);

/* Give the pin back: it drives nothing afterwards. */
WASI_IMPORT("wasi_gpio", "close")
wasi_errno_t wasi_gpio_close(wasi_handle_t pin);

#endif
