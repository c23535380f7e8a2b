/* Prints five temperatures, one every 200 ms, from the sensor that its grants call "temperature". */

#include <unistd.h>

#include "wasi_sensor.h"
#include "wasi_time.h"

/* Writes a reading in thousandths as "-23.4 C" and a line end. */
static void print(int32_t milli)
{
    char line[16];
    char *at = line + sizeof line;
    uint32_t tenths = ((milli < 0 ? 0u - (uint32_t)milli : (uint32_t)milli) + 50) / 100;
    int below_zero = milli < 0 && tenths;

    *--at = '\n';
    *--at = 'C';
    *--at = ' ';
    *--at = (char)('0' + tenths % 10);
    *--at = '.';
    do {
        tenths /= 10;
        *--at = (char)('0' + tenths % 10);
    } while (tenths >= 10);
    if (below_zero)
        *--at = '-';
    write(STDOUT_FILENO, at, (size_t)(line + sizeof line - at));
}

int main(void)
{
    static const char label[] = "temperature";
    wasi_handle_t sensor;
    wasi_errno_t errno = wasi_sensor_open(label, sizeof label - 1, &sensor);

    for (int reading = 0; !errno && reading < 5; reading++) {
        int32_t milli;

        if (reading)
            wasi_sleep_ms(200);
        errno = wasi_sensor_read_milli(sensor, 0, &milli);
        if (!errno)
            print(milli);
    }
    return errno;
}
