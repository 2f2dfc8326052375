// SPDX-License-Identifier: GPL-2.0-only
/*
 * See model.h.
 */
#include "model.h"
#include "cost.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

struct model_bounds model_bounds;

static void model_limits_fill(struct deque_limits *limits,
			      const struct deque_limits *others)
{
	if (!limits->max_messages)
		limits->max_messages = others->max_messages;
	if (!limits->max_message_size)
		limits->max_message_size = others->max_message_size;
	if (!limits->max_bytes)
		limits->max_bytes = others->max_bytes;
	if (!limits->max_deliveries)
		limits->max_deliveries = others->max_deliveries;
}

struct model_deque *model_create(const char *name,
				 const struct deque_limits *limits, uid_t owner)
{
	struct model_deque *deque = calloc(1, sizeof(*deque));

	if (!deque)
		err(2, "calloc");
	strcpy(deque->info.name, name);
	deque->info.size = sizeof(deque->info);
	deque->info.owner = owner;
	deque->info.limits = *limits;
	model_limits_fill(&deque->info.limits, &model_bounds.defaults);
	deque->alive = true;
	model_bounds.deques++;
	return deque;
}

static void model_free(struct model_deque *deque)
{
	free(deque->line);
	free(deque->leases);
	free(deque);
}

void model_destroy(struct model_deque *deque)
{
	while (deque->info.ready)
		model_pop(deque, false);
	while (deque->info.leased)
		model_ack(deque, deque->leases);
	/* Buried messages. */
	model_bounds.bytes -= deque->info.memory;
	model_bounds.bytes -= deque->info.buried * lease_cost();
	deque->alive = false;
	model_bounds.deques--;
	if (!deque->files)
		model_free(deque);
}

void model_get(struct model_deque *deque)
{
	deque->files++;
	deque->info.openers++;
}

void model_put(struct model_deque *deque)
{
	deque->files--;
	deque->info.openers--;
	if (!deque->files && !deque->alive)
		model_free(deque);
}

void model_limits_set(struct model_deque *deque,
		      const struct deque_limits *limits)
{
	struct deque_limits old = deque->info.limits;

	deque->info.limits = *limits;
	model_limits_fill(&deque->info.limits, &old);
}

uint64_t model_messages_most(void)
{
	return model_bounds.max_total_bytes - model_bounds.max_total_bytes / 16;
}

uint32_t model_max_size(const struct model_deque *deque)
{
	const struct deque_limits *limits = &deque->info.limits;
	uint64_t size = (model_messages_most() - 160) * 8 / 9;

	if (size > limits->max_bytes)
		size = limits->max_bytes;
	return size < limits->max_message_size ? size
					       : limits->max_message_size;
}

bool model_fits(const struct model_deque *deque, uint32_t size)
{
	const struct deque_limits *limits = &deque->info.limits;

	return size <= limits->max_message_size &&
	       deque->info.messages + 1 <= limits->max_messages &&
	       deque->info.bytes + size <= limits->max_bytes &&
	       model_bounds.bytes + message_cost(size) <= model_messages_most();
}

static void model_grow(struct model_deque *deque)
{
	deque->room = deque->room ? 2 * deque->room : 64;
	deque->line = realloc(deque->line, deque->room * sizeof(*deque->line));
	if (!deque->line)
		err(2, "realloc");
}

/* The last message has the number of messages that went in so far. */
void model_push(struct model_deque *deque, bool front,
		const struct model_message *message)
{
	struct deque_info *info = &deque->info;
	uint64_t n = front ? 0 : info->ready;
	struct model_message *line;

	if (info->ready == deque->room)
		model_grow(deque);
	line = deque->line;
	memmove(&line[n + 1], &line[n], (info->ready - n) * sizeof(*line));
	line[n] = *message;
	line[n].position = front ? --deque->first : deque->last++;
	line[n].id = ++info->pushed;
	info->ready++;
	info->messages++;
	info->bytes += message->size;
	info->memory += message_cost(message->size);
	model_bounds.bytes += message_cost(message->size);
}

struct model_message *model_at(const struct model_deque *deque, bool back,
			       unsigned int n)
{
	if (n >= deque->info.ready)
		return NULL;
	return &deque->line[back ? deque->info.ready - 1 - n : n];
}

void model_pop(struct model_deque *deque, bool back)
{
	struct model_message *message = model_at(deque, back, 0);
	struct deque_info *info = &deque->info;

	info->ready--;
	info->messages--;
	info->popped++;
	info->bytes -= message->size;
	info->memory -= message_cost(message->size);
	model_bounds.bytes -= message_cost(message->size);
	free(message->data);
	if (!back)
		memmove(message, message + 1, info->ready * sizeof(*message));
}

uint32_t model_line_size(const struct model_message *message)
{
	return message->size + (message->data[message->size - 1] != '\n');
}

void model_claim(struct model_deque *deque, const struct model_lease *terms)
{
	struct deque_info *info = &deque->info;
	struct model_lease *lease;

	if (info->leased == deque->lease_room) {
		deque->lease_room = deque->lease_room ? 2 * deque->lease_room
						      : 16;
		deque->leases = realloc(deque->leases,
					deque->lease_room * sizeof(*lease));
		if (!deque->leases)
			err(2, "realloc");
	}
	lease = &deque->leases[info->leased++];
	*lease = *terms;
	lease->message = deque->line[0];
	lease->message.deliveries++;
	model_bounds.bytes += lease_cost();
	info->claimed++;
	info->ready--;
	memmove(deque->line, deque->line + 1,
		info->ready * sizeof(*deque->line));
}

struct model_lease *model_lease_find(const struct model_deque *deque,
				     const void *file, enum model_reader reader,
				     unsigned int era)
{
	for (unsigned int n = 0; n < deque->info.leased; n++) {
		struct model_lease *lease = &deque->leases[n];

		if (lease->file == file && lease->reader == reader &&
		    lease->era == era)
			return lease;
	}
	return NULL;
}

static void model_lease_remove(struct model_deque *deque,
			       struct model_lease *lease)
{
	unsigned int n = lease - deque->leases;

	deque->info.leased--;
	memmove(lease, lease + 1, (deque->info.leased - n) * sizeof(*lease));
}

void model_ack(struct model_deque *deque, struct model_lease *lease)
{
	uint32_t size = lease->message.size;
	struct deque_info *info = &deque->info;

	info->acked++;
	info->messages--;
	info->bytes -= size;
	info->memory -= message_cost(size);
	model_bounds.bytes -= message_cost(size) + lease_cost();
	free(lease->message.data);
	model_lease_remove(deque, lease);
}

/* Where it was, as if nobody had read it. */
static void model_restore(struct model_deque *deque,
			  const struct model_message *message)
{
	struct deque_info *info = &deque->info;
	uint64_t n = 0;

	if (info->ready == deque->room)
		model_grow(deque);
	while (n < info->ready && deque->line[n].position < message->position)
		n++;
	memmove(&deque->line[n + 1], &deque->line[n],
		(info->ready - n) * sizeof(*deque->line));
	deque->line[n] = *message;
	info->ready++;
}

static bool model_crash(struct model_deque *deque, struct model_lease *lease)
{
	const struct model_message message = lease->message;
	struct deque_info *info = &deque->info;

	model_lease_remove(deque, lease);
	info->crash_returned++;
	if (message.deliveries < info->limits.max_deliveries) {
		model_bounds.bytes -= lease_cost();
		model_restore(deque, &message);
		return true;
	}
	free(message.data);
	info->buried++;
	info->buried_ever++;
	return false;
}

bool model_leases_return(struct model_deque *deque, const void *file)
{
	bool ready = false;
	unsigned int n = 0;

	while (n < deque->info.leased) {
		if (deque->leases[n].file == file)
			ready |= model_crash(deque, &deque->leases[n]);
		else
			n++;
	}
	return ready;
}

short model_events(const struct model_deque *deque, bool readable,
		   bool writable)
{
	short events = 0;

	if (!deque->alive)
		return POLLHUP | POLLERR | POLLIN | POLLOUT | POLLRDNORM |
		       POLLWRNORM;
	if (readable && deque->info.ready)
		events |= POLLIN | POLLRDNORM;
	if (writable && model_fits(deque, model_max_size(deque)))
		events |= POLLOUT | POLLWRNORM;
	return events;
}
