// SPDX-License-Identifier: GPL-2.0-only
/*
 * More on parameters: lists, one that says the opposite, a type of one's own, and how
 * to tell that one was not given.
 *
 * The first texts had no types: insmod took what began with a digit for a number, so
 * that irq=seven or path=3com went wrong in silence.  Here each has its type, and "5"
 * is as good a string as any.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/string.h>

static int irq = 7;
module_param(irq, int, 0444);
MODULE_PARM_DESC(irq, "The interrupt to use");

static char *path = "/sbin/modprobe";
module_param(path, charp, 0444);
MODULE_PARM_DESC(path, "A program");

/* A fifth is refused; npaths gets how many there were. */
static char *paths[4] = { "/bin", "/sbin" };
static unsigned int npaths = 2;
module_param_array(paths, charp, &npaths, 0444);
MODULE_PARM_DESC(paths, "Where to look, up to four folders");

/* What users call quiet is the opposite of what the code asks for. */
static bool verbose = true;
module_param_named(quiet, verbose, invbool, 0444);
MODULE_PARM_DESC(quiet, "Do not list the parameters at loading");

/* A type needs param_ops_TYPE and param_check_TYPE. */
static const char * const edges[] = { "rising", "falling", "both" };

static int edge_set(const char *text, const struct kernel_param *param)
{
	int index = sysfs_match_string(edges, text);

	if (index < 0)
		return index;
	*(unsigned int *)param->arg = index;
	return 0;
}

static int edge_get(char *buffer, const struct kernel_param *param)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", edges[*(unsigned int *)param->arg]);
}

static const struct kernel_param_ops param_ops_edge = {
	.set = edge_set,
	.get = edge_get,
};

#define param_check_edge(name, p) __param_check(name, p, unsigned int)

static unsigned int edge;
module_param(edge, edge, 0644);
MODULE_PARM_DESC(edge, "When to interrupt: rising, falling or both");

static char *str1;
module_param(str1, charp, 0);
MODULE_PARM_DESC(str1, "A text, without which you are told of it");

static char *str2;
module_param(str2, charp, 0);
MODULE_PARM_DESC(str2, "Another");

/* Each line ends with \n: until it does, the log may hold it back. */
static void tell(const char *name, const char *value)
{
	if (value)
		pr_info("%s=%s\n", name, value);
	else
		pr_info("Next time, do insmod params %s=...\n", name);
}

static int __init params_init(void)
{
	unsigned int i;

	if (verbose) {
		pr_info("irq=%d\n", irq);
		pr_info("path=%s\n", path);
		for (i = 0; i < npaths; i++)
			pr_info("paths[%u]=%s\n", i, paths[i]);
		/* Its file can be written to already; once is enough to look. */
		pr_info("edge=%s\n", edges[READ_ONCE(edge)]);
	}
	tell("str1", str1);
	tell("str2", str2);
	return 0;
}
module_init(params_init);

static void __exit params_exit(void)
{
}
module_exit(params_exit);

MODULE_DESCRIPTION("Lists, opposites and types of one's own as parameters");
MODULE_LICENSE("GPL");
