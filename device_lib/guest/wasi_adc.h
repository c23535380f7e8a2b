/* Analog inputs, opened by the labels that the grants give them. The interface is described in wit/adc.wit. */
#ifndef WASI_ADC_H
#define WASI_ADC_H

#include "wasi_import.h"

/* WASI_NOTCAPABLE: no grant of this label; WASI_BUSY: this module has the input open. */
WASI_IMPORT("wasi_adc", "open")
wasi_errno_t wasi_adc_open(const char *label, size_t length, wasi_handle_t *out);

/* 0 to 65535 over the converter's range. */
WASI_IMPORT("wasi_adc", "read_raw")
wasi_errno_t wasi_adc_read_raw(wasi_handle_t input, uint32_t *out);

/* The voltage in thousandths of a volt. */
WASI_IMPORT("wasi_adc", "read_millivolts")
wasi_errno_t wasi_adc_read_millivolts(wasi_handle_t input, uint32_t *out);

WASI_IMPORT("wasi_adc", "close")
wasi_errno_t wasi_adc_close(wasi_handle_t input);

#endif
