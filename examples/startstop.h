/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two parts of startstop share. */
#ifndef STARTSTOP_H
#define STARTSTOP_H

#include <linux/ktime.h>

extern ktime_t startstop_started;

#endif
