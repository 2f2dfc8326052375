/* SPDX-License-Identifier: GPL-2.0-only */
/* What export_a has for other modules. */
#ifndef EXPORT_A_H
#define EXPORT_A_H

unsigned int export_a_ticket(void);

#endif
