/* Sensors, opened by the labels that the grants give them. The interface is described in wit/sensor.wit. */
#ifndef WASI_SENSOR_H
#define WASI_SENSOR_H

#include "wasi_import.h"

/* WASI_NOTCAPABLE: no grant of this label; WASI_BUSY: this module has the sensor open. */
WASI_IMPORT("wasi_sensor", "open")
wasi_errno_t wasi_sensor_open(const char *label, size_t length, wasi_handle_t *out);

/* Channels are numbered from 0; WASI_INVAL where there is no such channel. */
WASI_IMPORT("wasi_sensor", "channel_count")
wasi_errno_t wasi_sensor_channel_count(wasi_handle_t sensor, uint32_t *out);

/* What a channel measures ("temperature"), and its unit as SenML writes it ("Cel"). As much as `size` takes is
 * stored in `buffer`, without a NUL, and the length of the whole text at `out`. */
WASI_IMPORT("wasi_sensor", "channel_name")
wasi_errno_t wasi_sensor_channel_name(wasi_handle_t sensor, uint32_t channel, char *buffer, size_t size, size_t *out);
WASI_IMPORT("wasi_sensor", "channel_unit")
wasi_errno_t wasi_sensor_channel_unit(wasi_handle_t sensor, uint32_t channel, char *buffer, size_t size, size_t *out);

/* A reading in the channel's unit, or in thousandths of it. */
WASI_IMPORT("wasi_sensor", "read")
wasi_errno_t wasi_sensor_read(wasi_handle_t sensor, uint32_t channel, float *out);
WASI_IMPORT("wasi_sensor", "read_milli")
wasi_errno_t wasi_sensor_read_milli(wasi_handle_t sensor, uint32_t channel, int32_t *out);

WASI_IMPORT("wasi_sensor", "close")
wasi_errno_t wasi_sensor_close(wasi_handle_t sensor);

#endif
