// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a module gets memory from: kmalloc() for most things, kmem_cache for many of
 * one kind, pages for hardware, vmalloc() for much that need not be in one piece, and
 * kvmalloc() for what may be of any size: /proc/memory is size= bytes from that.
 *
 * The old texts have it that kmalloc() ends at 128 KiB.  Ask the kernel instead.  And
 * kmalloc(0) is not NULL: a size that came from outside has to be looked at.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define ORDER 2

struct memory_item {
	u64 numbers[5];
};

static unsigned long size = SZ_1M;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "Bytes in /proc/memory, 1 or more");

static char *buffer;

/* Without __GFP_NOWARN the kernel would complain of what is too much. */
static void __init largest_kmalloc(void)
{
	size_t bytes = 0, next = PAGE_SIZE;
	void *memory;

	while ((memory = kmalloc(next, GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY))) {
		kfree(memory);
		bytes = next;
		next *= 2;
	}
	pr_info("largest kmalloc: %zu bytes, of at most %lu\n", bytes,
		(unsigned long)KMALLOC_MAX_SIZE);
	memory = kmalloc(0, GFP_KERNEL);
	pr_info("kmalloc(0): %s, and no memory: %s\n", memory ? "not NULL" : "NULL",
		ZERO_OR_NULL_PTR(memory) ? "yes" : "no");
	kfree(memory);
}

static int __init one_of_each(void)
{
	void *small = kmalloc(100, GFP_KERNEL);
	void *large = vmalloc(KMALLOC_MAX_SIZE * 2);
	unsigned long pages = __get_free_pages(GFP_KERNEL, ORDER);
	struct kmem_cache *cache = KMEM_CACHE(memory_item, 0);
	struct memory_item *item = cache ? kmem_cache_zalloc(cache, GFP_KERNEL) : NULL;
	int ret = -ENOMEM;

	if (small && large && pages && item) {
		pr_info("kmalloc: 100 bytes in %zu\n", ksize(small));
		pr_info("vmalloc: %lu bytes\n", (unsigned long)KMALLOC_MAX_SIZE * 2);
		pr_info("pages: %d in one piece\n", 1 << ORDER);
		pr_info("kmem_cache: items of %u bytes\n", kmem_cache_size(cache));
		ret = 0;
	}
	/* All the others take the NULL of what was not to be had. */
	if (item)
		kmem_cache_free(cache, item);
	kmem_cache_destroy(cache);
	free_pages(pages, ORDER);
	vfree(large);
	kfree(small);
	return ret;
}

static ssize_t memory_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(to, count, pos, buffer, size);
}

static const struct proc_ops memory_ops = {
	.proc_read = memory_read,
	.proc_lseek = default_llseek,
};

static int __init memory_init(void)
{
	int ret;

	if (!size) {
		pr_err("size=0 is no memory\n");
		return -EINVAL;
	}
	largest_kmalloc();
	ret = one_of_each();
	if (ret)
		return ret;

	/*
	 * Rather none than to have somebody killed for it.  Since 5.15 the kernel gives no
	 * more than 2 GiB in this way, whatever the machine has; size= has no other bound.
	 */
	buffer = kvmalloc(size, GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	if (!buffer)
		return -ENOMEM;
	memset(buffer, '.', size);
	pr_info("kvmalloc: %lu bytes by %s\n", size,
		is_vmalloc_addr(buffer) ? "vmalloc" : "kmalloc");
	if (!proc_create(KBUILD_MODNAME, 0444, NULL, &memory_ops)) {
		kvfree(buffer);
		return -ENOMEM;
	}
	return 0;
}
module_init(memory_init);

static void __exit memory_exit(void)
{
	/* Waits for who is reading; of who only has it open reads fail from now on. */
	remove_proc_entry(KBUILD_MODNAME, NULL);
	kvfree(buffer);
}
module_exit(memory_exit);

MODULE_DESCRIPTION("Where a module gets memory from");
MODULE_LICENSE("GPL");
