/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests that load and unload the module themselves.
 */
#ifndef MODULE_H
#define MODULE_H

/* Finds deque.ko; the others need it to have been found. */
void module_find(void);

/* Loads it: 0 or -1 and errno, as the system call. */
int module_load(const char *parameters);

/* Does not wait until it is no longer in use. */
int module_unload(void);

/* The same, if it is loaded. */
void module_ensure_unloaded(void);

/* At the end of the tests: loads it, as it was loaded before them. */
int module_restore(void **state);

#endif /* MODULE_H */
