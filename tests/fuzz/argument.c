// SPDX-License-Identifier: GPL-2.0-only
/*
 * See argument.h.
 */
#include "argument.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

/* The longest struct that the kernel looks at. */
#define SIZE_LIMIT 4096

void errors_add(struct errors *errors, int error)
{
	if (!errors_have(errors, error))
		errors->list[errors->count++] = error;
}

bool errors_have(const struct errors *errors, int error)
{
	for (unsigned int n = 0; n < errors->count; n++) {
		if (errors->list[n] == error)
			return true;
	}
	return false;
}

/* The head of every struct, and as much as may follow. */
union image {
	struct {
		uint32_t size;
		uint32_t flags;
	};
	unsigned char bytes[SIZE_LIMIT];
};

/* Returns how large the struct is in memory. */
static size_t argument_resize(struct prng *prng, union image *image,
			      size_t size, struct errors *errors)
{
	const uint32_t small[] = { 0, 4, 8, size - 1, prng_below(prng, size) };
	const uint32_t large[] = { SIZE_LIMIT + 1, 1 << 16, INT32_MAX,
				   UINT32_MAX };
	uint32_t longer = size + 1 + prng_below(prng, 64);

	switch (prng_below(prng, 5)) {
	case 0:
		image->size = PRNG_PICK(prng, small);
		errors_add(errors, EINVAL);
		return size;
	case 1:
		image->size = PRNG_PICK(prng, large);
		errors_add(errors, E2BIG);
		return size;
	case 2:
		image->bytes[size + prng_below(prng, longer - size)] = 1;
		errors_add(errors, E2BIG);
		break;
	case 3:
		longer = SIZE_LIMIT;
		break;
	}
	image->size = longer;
	return longer;
}

static uint32_t unknown_flag(struct prng *prng, uint32_t known)
{
	uint32_t flag;

	do {
		flag = 1U << prng_below(prng, 32);
	} while (flag & known);
	return flag;
}

struct place argument_make(struct memory *memory, struct prng *prng,
			   const void *valid, size_t size, uint32_t known_flags,
			   bool written, uint32_t odds, struct errors *errors)
{
	struct place place = memory_good(memory, prng, SIZE_LIMIT);
	union image image = { .size = 0 };
	bool wrong = prng_one_in(prng, odds);

	memcpy(&image, valid, size);
	switch (wrong ? prng_below(prng, 4) : 4) {
	case 0:
		image.flags |= unknown_flag(prng, known_flags);
		break;
	case 1:
		place = memory_bad(memory, prng, size);
		break;
	case 2:
	case 3:
		size = argument_resize(prng, &image, size, errors);
		break;
	}
	if (image.flags & ~known_flags)
		errors_add(errors, EOPNOTSUPP);
	if (place.readable < size || (written && place.writable < size))
		errors_add(errors, EFAULT);
	place_store(&place, &image, size);
	return place;
}

void argument_name(struct prng *prng, char name[DEQUE_NAME_MAX + 1],
		   const char *good, uint32_t odds, struct errors *errors)
{
	static const char *const bad[] = {
		"",	 "control", ".",    "..",      ".a",   "-a",
		"_a",	 "a/b",	    "a b",  "../fz0",  "a\n",  "\xff",
		"a\xe4", "a\x7f",   "a%sn", "fz0/fz1", "a\tb", "\x01",
	};

	/* Bytes behind the end do not matter. */
	prng_fill(prng, name, DEQUE_NAME_MAX + 1);
	if (!prng_one_in(prng, odds)) {
		strcpy(name, good);
		return;
	}
	errors_add(errors, EINVAL);
	if (prng_one_in(prng, 4))
		memset(name, 'a', DEQUE_NAME_MAX + 1);
	else
		strcpy(name, PRNG_PICK(prng, bad));
}

void argument_limits(struct prng *prng, struct deque_limits *limits,
		     const struct deque_limits *most, uint32_t odds,
		     struct errors *errors)
{
	memset(limits, 0, sizeof(*limits));
	if (prng_below(prng, 4))
		limits->max_messages =
			1 + prng_size(prng, most->max_messages - 1);
	if (prng_below(prng, 4))
		limits->max_message_size =
			1 + prng_size(prng, most->max_message_size - 1);
	if (prng_below(prng, 4))
		limits->max_bytes = 1 + prng_size(prng, most->max_bytes - 1);
	if (!prng_one_in(prng, odds))
		return;
	errors_add(errors, EINVAL);
	switch (prng_below(prng, 6)) {
	case 0:
		limits->max_messages = prng_below(prng, 2)
					       ? DEQUE_MESSAGES_LIMIT + 1
					       : UINT32_MAX;
		break;
	case 1:
		limits->max_message_size =
			prng_below(prng, 2) ? DEQUE_MESSAGE_SIZE_LIMIT + 1
					    : UINT32_MAX;
		break;
	case 2:
		limits->max_bytes = prng_below(prng, 2) ? DEQUE_BYTES_LIMIT + 1
							: UINT64_MAX;
		break;
	case 3:
		limits->reserved[prng_below(prng, 3)] = 1ULL
							<< prng_below(prng, 64);
		break;
	case 4:
		limits->max_deliveries =
			prng_below(prng, 2) ? DEQUE_DELIVERIES_LIMIT + 1
					    : DEQUE_DELIVERIES_UNLIMITED - 1;
		break;
	case 5:
		limits->padding = 1U << prng_below(prng, 32);
		break;
	}
}

static bool command_exists(unsigned long command)
{
	static const unsigned long commands[] = {
		DEQUE_CREATE, DEQUE_DESTROY, DEQUE_PUSH,   DEQUE_POP,
		DEQUE_CLAIM,  DEQUE_ACK,     DEQUE_RETURN, DEQUE_BURY,
		DEQUE_EXTEND, DEQUE_KICK,    DEQUE_BROWSE, DEQUE_GET,
		DEQUE_SET,
	};

	for (size_t n = 0; n < sizeof(commands) / sizeof(commands[0]); n++) {
		if (commands[n] == command)
			return true;
	}
	return false;
}

/*
 * Types that others use are left out, as the virtual file system may know the
 * number.
 */
unsigned long argument_command(struct prng *prng)
{
	static const unsigned int types[] = {
		DEQUE_IOC_TYPE, DEQUE_IOC_TYPE, DEQUE_IOC_TYPE,
		0xDD,		0xDF,		0x5E,
	};
	static const unsigned int sizes[] = {
		0,
		4,
		sizeof(struct deque_batch),
		sizeof(struct deque_info),
		0x3fff,
	};
	unsigned long command;

	do {
		command = _IOC(prng_below(prng, 4), PRNG_PICK(prng, types),
			       prng_below(prng, 64), PRNG_PICK(prng, sizes));
	} while (command_exists(command));
	return command;
}
