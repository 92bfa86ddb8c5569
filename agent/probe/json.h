/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_JSON_H
#define WHITHER_JSON_H

#include <stdio.h>

/* Writes a JSON string, quotes and escapes included. Bytes that are not ASCII are written as they
 * are: what comes here is UTF-8 (names of devices, of the host, of BTF). */
void json_string(FILE *out, const char *text);

#endif
