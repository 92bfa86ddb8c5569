/* SPDX-License-Identifier: MIT */
#ifndef WHITHER_HOST_FACTS_H
#define WHITHER_HOST_FACTS_H

#include <stdio.h>

#include "hooks.h"
#include "map-samples.h"
#include "taps.h"

/* The body of the host block: kernel, hostname and the names of the drop reasons of this kernel. */
void host_json(FILE *out, const struct place *where, const struct map_samples *maps);
/* The array of the catalogue block and of --doctor: each hook, whether attached, how, why not. */
void hooks_json(FILE *out, const struct hooks *h, const struct taps *taps);

#endif
