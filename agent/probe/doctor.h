/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_DOCTOR_H
#define WHITHER_DOCTOR_H

#include "args.h"

/* Tries every hook on the named devices, or on loopback, and prints as JSON what works. Returns the
 * exit code: 0 whatever was found. */
int doctor(const struct options *o);

#endif
