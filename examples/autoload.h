/* SPDX-License-Identifier: GPL-2.0-only */
/* Between autoload and the module that does the work. */
#ifndef AUTOLOAD_H
#define AUTOLOAD_H

struct module;

struct autoload_service {
	struct module *owner;
	const char *answer;
};

int autoload_register(const struct autoload_service *service);
void autoload_unregister(const struct autoload_service *service);

#endif
