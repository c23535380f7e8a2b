/* A weather station: reads a BME280, sets a fan by the temperature, notes each reading in a file.
 *
 * The fan runs from 20 degrees on, and fully from 25. Its button stops it, or lets it run again. */

#include "wasi_file.h"
#include "wasi_gpio.h"
#include "wasi_pwm.h"
#include "wasi_sensor.h"
#include "wasi_time.h"

#define READINGS 5
#define PAUSE_MS 400

static char line[80];
static char *end = line;

static void text(const char *words)
{
    while (*words)
        *end++ = *words++;
}

/* Thousandths over a divisor; with `decimal` the last digit is behind a point. */
static void number(int32_t milli, uint32_t divisor, int decimal)
{
    char digits[12];
    char *at = digits + sizeof digits;
    uint32_t value = (milli < 0 ? 0u - (uint32_t)milli : (uint32_t)milli) / divisor;

    *--at = 0;
    if (decimal) {
        *--at = (char)('0' + value % 10);
        *--at = '.';
        value /= 10;
    }
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    if (milli < 0)
        *--at = '-';
    text(at);
}

static void print(wasi_handle_t file)
{
    static wasi_vector_t vector;
    static size_t written;

    vector.data = line;
    vector.size = (size_t)(end - line);
    wasi_fd_write(file, &vector, 1, &written);
    end = line;
}

/* Wait for a press of the button, or until the next reading is due: 1 when it was pressed. */
static int pressed(wasi_handle_t button)
{
    static wasi_subscription_t wait[2];
    static uint32_t events[2][8];
    static size_t count;
    static uint32_t edges;

    wait[0].clock = 1;
    wait[0].timeout[0] = PAUSE_MS * 1000000u;
    wait[1].type = 1; /* fd_read: for a pin that is watched, an edge */
    wait[1].clock = (uint32_t)button;
    wasi_poll_oneoff(wait, events, 2, &count);
    wasi_gpio_take_edges(button, &edges);
    return edges > 0;
}

static wasi_errno_t run(void)
{
    static wasi_handle_t air, fan, button, log;
    static int32_t milli[3];
    int running = 1;
    wasi_errno_t errno;

    if ((errno = wasi_sensor_open("air", 3, &air)) || (errno = wasi_pwm_open("fan", 3, &fan))
        || (errno = wasi_gpio_get_digital_in("button", 6, &button)) || (errno = wasi_gpio_watch(button, 1))
        || (errno = wasi_path_open(WASI_FIRST_FOLDER, 0, "weather.csv", 11, WASI_CREATE,
                                   WASI_RIGHTS_READ | WASI_RIGHTS_WRITE, 0, WASI_APPEND, &log)))
        return errno;
    for (int reading = 0; reading < READINGS;) {
        for (uint32_t channel = 0; channel < 3; channel++)
            if ((errno = wasi_sensor_read_milli(air, channel, &milli[channel])))
                return errno;
        int32_t percent = (milli[0] - 20000) / 50;
        percent = !running || percent < 0 ? 0 : percent > 100 ? 100 : percent;
        wasi_pwm_set_duty(fan, (uint32_t)percent * 65535u / 100u);

        number(milli[0], 100, 1);
        text(" C  ");
        number(milli[1], 100000, 0);
        text(" hPa  ");
        number(milli[2], 1000, 0);
        text(" %RH  fan ");
        number(percent, 1, 0);
        text(" %\n");
        print(WASI_STDOUT);
        number(milli[0], 1, 0);
        text(",");
        number(milli[1], 1, 0);
        text(",");
        number(milli[2], 1, 0);
        text("\n");
        print(log);
        if (++reading < READINGS && pressed(button)) {
            running = !running;
            text(running ? "button: fan on\n" : "button: fan off\n");
            print(WASI_STDOUT);
        }
    }
    return 0;
}

WASI_IMPORT("wasi_snapshot_preview1", "proc_exit")
_Noreturn void wasi_proc_exit(uint32_t code);

__attribute__((export_name("_start"))) void start(void)
{
    wasi_proc_exit((uint32_t)run());
}
