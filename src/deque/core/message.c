// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message, and its memory.
 *
 * A message is made of pieces that kmalloc() has in just that size, as rounding up
 * to the next power of two would take up to twice the memory: a head, which holds
 * as much of the payload as fits, and chunks for what is left.  For a payload of n
 * bytes all of it takes at most n/8 and 160 bytes more than n.
 */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "core/cost.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/process.h"

/* The largest piece that is asked for, and the one when memory is in fragments. */
#define DEQUE_PIECE_LARGE	(8 * 4096)
#define DEQUE_PIECE_SMALL	4096

/* Its size fits into &deque_message.head_size. */
static_assert(DEQUE_PIECE_LARGE <= 1 << 15);

/* The smallest head has room for payload behind its struct deque_rest. */
#define DEQUE_PIECE_HEAD	128
#define DEQUE_PIECE_CHUNK	32

static_assert(sizeof(struct deque_message) <= 88);

/**
 * struct deque_chunk - a further piece of a message
 * @next: the one after it, or NULL
 * @size: bytes of payload in it
 * @data: the payload
 */
struct deque_chunk {
	struct deque_chunk *next;
	u32 size;
	u8 data[] __aligned(8);
};

/**
 * struct deque_rest - what stands before the payload in a head that chunks follow
 * @first: the first chunk
 * @cost: bytes of memory that all pieces take
 */
struct deque_rest {
	struct deque_chunk *first;
	u32 cost;
};

/**
 * struct deque_plan - into which pieces a message is cut
 * @left: bytes of payload that still have to get a place
 * @budget: what the pieces may cost that are still to come
 * @large: the largest size of a piece
 */
struct deque_plan {
	u32 left;
	u32 budget;
	u32 large;
};

static u32 deque_head_cost(u32 size)
{
	return deque_object_cost(offsetof(struct deque_message, data) + size);
}

/* The size of the next piece, of whose bytes @used are not for payload. */
static u32 deque_plan_next(struct deque_plan *plan, u32 used, u32 smallest)
{
	u32 need = max(plan->left + used, smallest);
	u32 piece = deque_piece_above(need);
	u32 cost = deque_piece_cost(piece);

	if (piece > plan->large || cost > plan->budget) {
		piece = min_t(u32, rounddown_pow_of_two(need), plan->large);
		cost = deque_piece_cost(piece);
	}
	plan->left -= min(plan->left, piece - used);
	plan->budget -= min(plan->budget, cost);
	return piece;
}

/* The size of the head; more pieces follow if that leaves something over. */
static u32 deque_plan_begin(struct deque_plan *plan, u32 size, u32 large)
{
	const u32 used = offsetof(struct deque_message, data);
	u32 piece = deque_piece_above(used + size);

	plan->budget = size + size / 8 + 160;
	if (piece <= large && deque_piece_cost(piece) <= plan->budget) {
		plan->left = 0;
		return piece;
	}
	plan->left = size;
	plan->large = large;
	return deque_plan_next(plan, used + sizeof(struct deque_rest),
			       DEQUE_PIECE_HEAD);
}

static u32 deque_plan_chunk(struct deque_plan *plan)
{
	return deque_plan_next(plan, offsetof(struct deque_chunk, data),
			       DEQUE_PIECE_CHUNK);
}

static u32 deque_plan_cost(u32 size, u32 large)
{
	struct deque_plan plan;
	u32 cost = deque_piece_cost(deque_plan_begin(&plan, size, large));

	while (plan.left)
		cost += deque_piece_cost(deque_plan_chunk(&plan));
	return cost;
}

/**
 * deque_message_cost() - the memory that a message takes
 * @size: bytes of payload
 *
 * Context: any.
 * Return: bytes.
 */
u32 deque_message_cost(u32 size)
{
	return deque_plan_cost(size, DEQUE_PIECE_LARGE);
}

static bool deque_message_is_whole(const struct deque_message *message)
{
	return message->head_size == message->size;
}

static struct deque_rest *deque_message_rest(const struct deque_message *message)
{
	return (struct deque_rest *)message->data;
}

static void deque_chunks_free(struct deque_chunk *chunk)
{
	struct deque_chunk *next;

	for (; chunk; chunk = next) {
		next = chunk->next;
		kfree(chunk);
	}
}

/* No warning: running out is the caller's ENOMEM, not a bug. */
static void *deque_piece_alloc(u32 piece)
{
	/* Many small pieces do as well as a large one: no effort for that. */
	gfp_t effort = piece > PAGE_SIZE ? __GFP_NORETRY : 0;

	return kmalloc(piece, DEQUE_GFP | effort);
}

static bool deque_chunks_alloc(struct deque_chunk **link,
			       struct deque_plan *plan)
{
	struct deque_chunk *chunk;
	u32 left, piece;

	while (plan->left) {
		left = plan->left;
		piece = deque_plan_chunk(plan);
		chunk = deque_piece_alloc(piece);
		*link = chunk;
		if (!chunk)
			return false;
		chunk->size = left - plan->left;
		chunk->next = NULL;
		link = &chunk->next;
	}
	return true;
}

static struct deque_message *deque_pieces_alloc(u32 size, u32 large)
{
	struct deque_message *message;
	struct deque_plan plan;
	u32 piece = deque_plan_begin(&plan, size, large);

	message = deque_piece_alloc(piece);
	if (!message)
		return NULL;
	message->size = size;
	message->head_size = size - plan.left;
	if (!plan.left)
		return message;
	deque_message_rest(message)->cost = deque_plan_cost(size, large);
	if (deque_chunks_alloc(&deque_message_rest(message)->first, &plan))
		return message;
	deque_chunks_free(deque_message_rest(message)->first);
	kfree(message);
	return NULL;
}

static void deque_pieces_free(struct deque_message *message)
{
	if (message && !deque_message_is_whole(message))
		deque_chunks_free(deque_message_rest(message)->first);
	kfree(message);
}

/* What is charged for a message of that size, also if it could not be made. */
static u32 deque_pieces_cost(const struct deque_message *message, u32 size)
{
	if (message && deque_message_is_whole(message))
		return deque_head_cost(size);
	return message ? deque_message_rest(message)->cost :
			 deque_message_cost(size);
}

/* In pieces that are to be had when memory is in fragments; they cost a bit more. */
static struct deque_message *
deque_pieces_alloc_small(struct deque_user *user, bool exempt, u32 size)
{
	u32 more = deque_plan_cost(size, DEQUE_PIECE_SMALL) -
		   deque_message_cost(size);
	struct deque_message *message;

	if (!more || fatal_signal_pending(current) ||
	    deque_memory_charge(user, exempt, more))
		return NULL;
	message = deque_pieces_alloc(size, DEQUE_PIECE_SMALL);
	if (!message)
		deque_memory_release(user, more);
	return message;
}

/**
 * deque_message_alloc() - make a message, from the caller
 * @user: the caller's effective user
 * @exempt: whether its share does not hold
 * @size: bytes of payload, at least 1; deque_message_cost() of it, and
 *	deque_process_cost(), are charged, and belong to the message now
 *
 * The memory is charged to the caller's memory cgroup.  The payload is not
 * initialised: whoever cannot fill all of it has to put the message.
 *
 * Context: may sleep.
 * Return: the message with one reference, or NULL; then nothing is charged.
 */
struct deque_message *deque_message_alloc(struct deque_user *user, bool exempt,
					  u32 size)
{
	struct deque_message *message;

	message = deque_pieces_alloc(size, DEQUE_PIECE_LARGE) ?:
		  deque_pieces_alloc_small(user, exempt, size);
	if (!message || deque_process_note(&message->sender)) {
		deque_memory_release(user, deque_process_cost() +
						   deque_pieces_cost(message, size));
		deque_pieces_free(message);
		return NULL;
	}
	refcount_set(&message->references, 1);
	message->id = 0;
	message->deliveries = 0;
	message->uncounted = 0;
	message->place = DEQUE_ELSEWHERE;
	message->user = user;
	message->gid = current_egid();
	return message;
}

/**
 * deque_message_memory() - the memory that a message has taken
 * @message: the message
 *
 * Context: any.
 * Return: bytes.
 */
u32 deque_message_memory(const struct deque_message *message)
{
	return deque_pieces_cost(message, message->size) +
	       deque_process_memory(&message->sender);
}

/**
 * deque_message_put() - drop a reference
 * @message: the message; gone with the last
 *
 * Context: any.
 */
void deque_message_put(struct deque_message *message)
{
	struct deque_user *user = message->user;
	u32 cost;

	if (!refcount_dec_and_test(&message->references))
		return;
	cost = deque_message_memory(message);
	deque_process_forget(&message->sender);
	deque_pieces_free(message);
	deque_memory_release(user, cost);
}

/**
 * deque_span_begin() - before the payload is copied, a span at a time
 * @span: gets nothing yet
 * @message: the message
 */
void deque_span_begin(struct deque_span *span, struct deque_message *message)
{
	bool whole = deque_message_is_whole(message);

	span->data = message->data + (whole ? 0 : sizeof(struct deque_rest));
	span->size = message->head_size;
	span->next = whole ? NULL : deque_message_rest(message)->first;
}

/**
 * deque_span_next() - go on to the next span
 * @span: the last
 *
 * Return: whether there is one.
 */
bool deque_span_next(struct deque_span *span)
{
	struct deque_chunk *chunk = span->next;

	if (!chunk)
		return false;
	span->data = chunk->data;
	span->size = chunk->size;
	span->next = chunk->next;
	return true;
}

/**
 * deque_message_describe() - tell what is known of a message
 * @message: the message
 * @descriptor: where to; the address of the data is left alone
 *
 * Ids are translated for the namespaces of the caller.
 *
 * Context: any process.
 */
void deque_message_describe(const struct deque_message *message,
			    struct deque_descriptor *descriptor)
{
	struct user_namespace *reader = current_user_ns();

	descriptor->size = message->size;
	descriptor->id = message->id;
	descriptor->arrival_ns = message->arrival_ns;
	descriptor->pid = deque_process_number(&message->sender);
	descriptor->uid = from_kuid_munged(reader,
					   deque_user_uid(message->user));
	descriptor->gid = from_kgid_munged(reader, message->gid);
	/* Pairs with WRITE_ONCE() in deque_claim_finish() and deque_kick_parked(). */
	descriptor->deliveries = READ_ONCE(message->deliveries);
	descriptor->token = 0;
}
