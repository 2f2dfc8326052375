// SPDX-License-Identifier: GPL-2.0-only
/* opens_spy again, so that there are two: see there. */
#include "opens_spy.c"
