// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module parameters, each checked as it is set: at load, where a bad one
 * refuses the load, or later through /sys/module/deque/parameters.
 */
#define pr_fmt(fmt) "deque: " fmt

#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "core/limits.h"
#include "nodes.h"
#include "params.h"

#define DEQUE_TOTAL_MIN		SZ_64K
#define DEQUE_TOTAL_LIMIT	BIT_ULL(50)

/**
 * struct deque_number - a parameter that is a number
 * @value: now
 * @min: smallest allowed
 * @max: largest allowed
 * @in_bytes: takes the suffixes K, M, G (powers of 1024)
 * @zero: what 0 is for, if it is allowed as well; else NULL
 */
struct deque_number {
	u64 value;
	u64 min;
	u64 max;
	bool in_bytes;
	const char *zero;
};

static unsigned int deque_suffix_shift(char suffix)
{
	switch (suffix) {
	case 'K': case 'k':
		return 10;
	case 'M': case 'm':
		return 20;
	case 'G': case 'g':
		return 30;
	default:
		return 0;
	}
}

/* A number, and a suffix if it counts bytes; nothing else. */
static int deque_number_parse(const char *text, bool in_bytes, u64 *value)
{
	unsigned int shift = 0;
	char digits[24];
	size_t length;
	int ret;

	if (strscpy(digits, text, sizeof(digits)) <= 0)
		return -EINVAL;
	length = strlen(strim(digits));
	if (in_bytes && length)
		shift = deque_suffix_shift(digits[length - 1]);
	if (shift)
		digits[length - 1] = '\0';
	ret = kstrtoull(digits, 10, value);
	if (ret)
		return ret;
	return check_shl_overflow(*value, shift, value) ? -ERANGE : 0;
}

static int deque_number_set(const char *text, const struct kernel_param *param)
{
	struct deque_number *number = param->arg;
	int ret;
	u64 value;

	ret = deque_number_parse(text, number->in_bytes, &value);
	if (!ret && (value < number->min || value > number->max) &&
	    (value || !number->zero))
		ret = -ERANGE;
	if (ret) {
		pr_err("%s=%s: has to be a number%s, %llu to %llu%s%s\n",
		       param->name, text,
		       number->in_bytes ? " of bytes (K, M, G allowed)" : "",
		       number->min, number->max,
		       number->zero ? ", or 0 for " : "", number->zero ?: "");
		return ret;
	}
	/* Pairs with READ_ONCE() in deque_number_get(). */
	WRITE_ONCE(number->value, value);
	return 0;
}

static u64 deque_number_get(const struct deque_number *number)
{
	return READ_ONCE(number->value);
}

static int deque_number_print(char *page, const struct kernel_param *param)
{
	return scnprintf(page, PAGE_SIZE, "%llu\n",
			 deque_number_get(param->arg));
}

static const struct kernel_param_ops deque_number_ops = {
	.set = deque_number_set,
	.get = deque_number_print,
};

static struct deque_number max_deques = {
	.value = 1024, .min = 1, .max = DEQUE_DEQUES_LIMIT,
};

module_param_cb(max_deques, &deque_number_ops, &max_deques, 0644);
__MODULE_PARM_TYPE(max_deques, "ullong");
MODULE_PARM_DESC(max_deques,
		 "Most deques at a time: 1 to 65536 (default 1024)");

static struct deque_number max_messages = {
	.value = 65536, .min = 1, .max = DEQUE_MESSAGES_LIMIT,
};

module_param_cb(max_messages, &deque_number_ops, &max_messages, 0644);
__MODULE_PARM_TYPE(max_messages, "ullong");
MODULE_PARM_DESC(max_messages,
		 "Most messages in a deque, unless it is made with another limit: 1 to 1073741824 (default 65536)");

static struct deque_number max_message_size = {
	.value = 65536, .min = 1, .max = DEQUE_MESSAGE_SIZE_LIMIT,
	.in_bytes = true,
};

module_param_cb(max_message_size, &deque_number_ops, &max_message_size, 0644);
__MODULE_PARM_TYPE(max_message_size, "ullong");
MODULE_PARM_DESC(max_message_size,
		 "Most bytes in one message, unless the deque is made with another limit: 1 to 16M (default 64K)");

static struct deque_number max_bytes = {
	.value = SZ_64M, .min = 1, .max = DEQUE_BYTES_LIMIT,
	.in_bytes = true,
};

module_param_cb(max_bytes, &deque_number_ops, &max_bytes, 0644);
__MODULE_PARM_TYPE(max_bytes, "ullong");
MODULE_PARM_DESC(max_bytes,
		 "Most bytes of payload in a deque, unless it is made with another limit: 1 to 1024G (default 64M)");

static struct deque_number max_deliveries = {
	.value = 5, .min = 1, .max = DEQUE_DELIVERIES_LIMIT, .zero = "no limit",
};

module_param_cb(max_deliveries, &deque_number_ops, &max_deliveries, 0644);
__MODULE_PARM_TYPE(max_deliveries, "ullong");
MODULE_PARM_DESC(max_deliveries,
		 "A message that was claimed so often and never acknowledged is buried, unless the deque is made with another limit: 1 to 1073741824, or 0 for no limit (default 5)");

static struct deque_number max_total_bytes = {
	.min = DEQUE_TOTAL_MIN, .max = DEQUE_TOTAL_LIMIT,
	.in_bytes = true, .zero = "a choice by the module",
};

module_param_cb(max_total_bytes, &deque_number_ops, &max_total_bytes, 0444);
__MODULE_PARM_TYPE(max_total_bytes, "ullong");
MODULE_PARM_DESC(max_total_bytes,
		 "Most bytes of memory in all deques together, as the kernel counts it: 64K to 1048576G, or 0 for a quarter of the machine's memory (default 0)");

static struct deque_number max_user_bytes = {
	.min = DEQUE_TOTAL_MIN, .max = DEQUE_TOTAL_LIMIT,
	.in_bytes = true, .zero = "half of max_total_bytes",
};

module_param_cb(max_user_bytes, &deque_number_ops, &max_user_bytes, 0644);
__MODULE_PARM_TYPE(max_user_bytes, "ullong");
MODULE_PARM_DESC(max_user_bytes,
		 "Most bytes of memory in the messages of one user, unless it has CAP_SYS_RESOURCE: 64K to 1048576G, or 0 for half of max_total_bytes (default 0)");

static struct deque_number max_user_deques = {
	.min = 1, .max = DEQUE_DEQUES_LIMIT, .zero = "half of max_deques",
};

module_param_cb(max_user_deques, &deque_number_ops, &max_user_deques, 0644);
__MODULE_PARM_TYPE(max_user_deques, "ullong");
MODULE_PARM_DESC(max_user_deques,
		 "Most deques of one user at a time, unless it has CAP_SYS_RESOURCE: 1 to 65536, or 0 for half of max_deques (default 0)");

static struct deque_spec deques[64];
static unsigned int deques_count;

static int deque_spec_parse(char *text, struct deque_spec *spec)
{
	char *name = strsep(&text, ":");
	char *messages = strsep(&text, ":");
	char *bytes = strsep(&text, ":");
	u64 number;

	if (text || deque_name_check(name))
		return -EINVAL;
	memset(spec, 0, sizeof(*spec));
	strscpy(spec->name, name, sizeof(spec->name));
	if (messages) {
		if (deque_number_parse(messages, false, &number) || !number ||
		    number > DEQUE_MESSAGES_LIMIT)
			return -ERANGE;
		spec->limits.max_messages = number;
	}
	if (bytes) {
		if (deque_number_parse(bytes, true, &number) || !number ||
		    number > DEQUE_BYTES_LIMIT)
			return -ERANGE;
		spec->limits.max_bytes = number;
	}
	return 0;
}

static int deque_spec_set(const char *text, const struct kernel_param *param)
{
	char copy[DEQUE_NAME_MAX + 64];
	int ret = -EINVAL;

	if (strscpy(copy, text, sizeof(copy)) > 0)
		ret = deque_spec_parse(strim(copy), param->arg);
	if (ret)
		pr_err("deques=%s: has to be NAME[:MAX_MESSAGES[:MAX_BYTES]], a name of 1 to %u characters (letters, digits, and inside ._-), 1 to %u messages, 1 to %llu bytes\n",
		       text, DEQUE_NAME_MAX, DEQUE_MESSAGES_LIMIT,
		       DEQUE_BYTES_LIMIT);
	return ret;
}

static const struct kernel_param_ops param_ops_deque_spec = {
	.set = deque_spec_set,
};

#define param_check_deque_spec(name, p) __param_check(name, p, struct deque_spec)

/* Not in sysfs: the deques themselves are. */
module_param_array(deques, deque_spec, &deques_count, 0);
MODULE_PARM_DESC(deques,
		 "Deques to make at load, up to 64: NAME[:MAX_MESSAGES[:MAX_BYTES]],...");

/**
 * deque_params_init() - choose what was left to us
 */
void deque_params_init(void)
{
	u64 ram = (u64)(totalram_pages() - totalhigh_pages()) << PAGE_SHIFT;

	if (!max_total_bytes.value)
		max_total_bytes.value = max_t(u64, ram / 4, DEQUE_TOTAL_MIN);
}

/**
 * deque_param_max_deques() - most deques at a time
 *
 * Return: the number.
 */
u32 deque_param_max_deques(void)
{
	return deque_number_get(&max_deques);
}

/**
 * deque_param_max_user_deques() - most deques of one user at a time
 *
 * Return: the number.
 */
u32 deque_param_max_user_deques(void)
{
	return deque_number_get(&max_user_deques) ?:
	       max_t(u32, deque_param_max_deques() / 2, 1);
}

/**
 * deque_param_max_total_bytes() - most bytes in all deques together
 *
 * Return: bytes; does not change.
 */
u64 deque_param_max_total_bytes(void)
{
	return max_total_bytes.value;
}

/**
 * deque_param_max_user_bytes() - most bytes of memory in the messages of one user
 *
 * Return: where the number is, which is 0 for half of max_total_bytes, and may change.
 */
const u64 *deque_param_max_user_bytes(void)
{
	return &max_user_bytes.value;
}

/**
 * deque_param_limits() - the limits of a deque that is made without any
 * @limits: where to
 */
void deque_param_limits(struct deque_limits *limits)
{
	memset(limits, 0, sizeof(*limits));
	limits->max_messages = deque_number_get(&max_messages);
	limits->max_message_size = deque_number_get(&max_message_size);
	limits->max_bytes = deque_number_get(&max_bytes);
	limits->max_deliveries = deque_number_get(&max_deliveries) ?:
				 DEQUE_DELIVERIES_UNLIMITED;
}

/**
 * deque_param_specs() - the deques to make at load
 * @count: how many
 *
 * Return: the first.
 */
const struct deque_spec *deque_param_specs(unsigned int *count)
{
	*count = deques_count;
	return deques;
}
