/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel module, as it is installed for the running kernel.
 */
#ifndef DEQUE_CLI_MODULE_H
#define DEQUE_CLI_MODULE_H

#define MODULE_VERSION_SIZE 64
/**
 * struct module_identity - which module it is
 * @version: MODULE_VERSION(); empty if there is none
 * @sources: a checksum of the sources
 */
struct module_identity {
	char version[MODULE_VERSION_SIZE];
	char sources[MODULE_VERSION_SIZE];
};
enum module_state {
	MODULE_INSTALLED,
	MODULE_UNBUILT, /* DKMS has its sources */
	MODULE_FOREIGN, /* another kernel has it */
	MODULE_ABSENT,
	MODULE_HIDDEN, /* the modules of this kernel cannot be seen */
};
/* The release of the running kernel. */
const char *module_kernel(void);
enum module_state module_look(struct module_identity *identity);
/* Why it is not loaded, and what to do; valid until the next call. */
const char *module_missing(void);

#endif /* DEQUE_CLI_MODULE_H */
