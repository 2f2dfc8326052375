/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the command's files share.  A function that returns a status returns
 * 0, or has said on stderr what is wrong and returns the exit status.
 */
#ifndef DEQUE_TOOL_H
#define DEQUE_TOOL_H

#include "show/holder.h"

#include <deque.h>
#include <getopt.h>
#include <json-c/json.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include <sysexits.h>

#define EX_TIMEDOUT 124 /* as timeout(1) has it */
#define EX_LOST EX_PROTOCOL /* a lease that somebody believed to hold */
#define EX_NOT_EXECUTABLE 126 /* as xargs(1) and timeout(1) have it */
#define EX_NOT_FOUND 127

/* verb.c: what is the same for all verbs */
struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
	const char *operands;
	const char *help;
	const char *short_options; /* with ':' first, or '-:', and 'h' */
	const struct option *long_options;
	const int *contradictions; /* pairs of options, up to a 0; or NULL */
};

extern const struct verb verb_ack, verb_browse, verb_bury, verb_claim,
	verb_create, verb_extend, verb_help, verb_kick, verb_leases, verb_ls,
	verb_peek, verb_put, verb_return, verb_rm, verb_set, verb_stat,
	verb_take, verb_version, verb_work;

/* Long options without a letter, and those that several verbs have. */
enum {
	OPTION_LONG = 256,
	OPTION_BACK,
	OPTION_BURIED,
	OPTION_CORE,
	OPTION_DELAY,
	OPTION_DELAYED,
	OPTION_EXIST_OK,
	OPTION_EXTENDABLE,
	OPTION_FD,
	OPTION_FOLLOW,
	OPTION_FRONT,
	OPTION_GROUP,
	OPTION_IDLE_EXIT,
	OPTION_JSON,
	OPTION_TOTAL,
	OPTION_MAX,
	OPTION_RETRY_DELAY,
	OPTION_SKIP_EMPTY,
	OPTION_STATE,
	OPTION_TIMEOUT,
	OPTION_UNCOUNTED,
	OPTION_WHOLE,
	OPTIONS_END,
};

/* clang-format off */
#define LONG_OPTIONS_FORMAT						\
	{ "null", no_argument, NULL, '0' },				\
	{ "raw", no_argument, NULL, 'r' },				\
	{ "json", no_argument, NULL, OPTION_JSON }
#define HELP_FORMAT							\
	"  -0, --null                 end each with NUL, not newline\n"	\
	"  -r, --raw                  print them as they are\n"		\
	"      --json                 as JSON, one object a line\n"
#define CONTRADICTIONS_ENDS OPTION_FRONT, OPTION_BACK
#define CONTRADICTIONS_FORMAT						\
	'0', 'r', '0', OPTION_JSON, 'r', OPTION_JSON
#define CONTRADICTIONS_COLUMNS OPTION_JSON, 'o'
#define HELP_FD								\
	"      --fd N                 an open file of the deque, number N\n"
#define LONG_OPTIONS_END						\
	{ "help", no_argument, NULL, 'h' },				\
	{ NULL, 0, NULL, 0 }
/* clang-format on */

/* These end the program when the command line is not as it should be. */
int verb_option(const struct verb *verb, int argc, char **argv);
/* For a verb that has no options but -h. */
extern const struct option verb_no_options[];
void verb_refuse_options(const struct verb *verb, int argc, char **argv);
char **verb_operands(const struct verb *verb, int argc, char **argv, int least,
		     int most);
/* The deque that an operand names, also by a path in /dev/deque. */
const char *verb_deque(const char *operand);
const char *verb_name(const struct verb *verb, int argc, char **argv);
/* Acts on each name; returns the first status that is not 0. */
int verb_each_name(const struct verb *verb, int argc, char **argv,
		   int (*act)(const char *name, void *context), void *context);
/* match.c: the same for patterns as well, and without operands for all deques. */
bool is_pattern(const char *operand);
int verb_each_match(const struct verb *verb, int argc, char **argv,
		    int (*act)(const char *name, void *context), void *context);
void verb_print_help(const struct verb *verb);

/* cli/explain.c: failures, explained in one line that says what to do */
int fail(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int fail_deque(const char *name, int error);
int fail_empty(const char *name, int error); /* to take or claim */
int fail_lost(const char *name, uint64_t token);
int fail_control(const char *name, int error); /* to make or remove */
/* Its node is gone, or something else stands there. */
int fail_node(const char *name, int status);
int fail_absent(const char *verb); /* there are deques, but none in this /dev */
const char *fail_reason(int error, int *status);
void stdout_check(void);

/* number.c: counts, sizes, times; a wrong one ends the program */
#define UNIT_COUNT 1000
#define UNIT_SIZE 1024
#define FOREVER (-1)
uint64_t parse_number(const char *what, const char *text, unsigned int unit,
		      uint64_t most);
bool is_time(const char *text);
int64_t parse_time(const char *what, const char *text);
uint64_t parse_delay(const char *what, const char *text);
uint64_t parse_timeout(const char *what, const char *text); /* never: 0 */
uint64_t parse_token(const char *text);
int parse_fd(const char *text);

/* How a call waits: from now on, for so many nanoseconds at most. */
struct waiting {
	unsigned int flags;
	const struct timespec *deadline;
	struct timespec time;
};
void waiting_start(struct waiting *waiting, int64_t patience);

/* setting.c: what can be set of a deque */
enum {
	SETTING_MESSAGES,
	SETTING_BYTES,
	SETTING_MESSAGE_SIZE,
	SETTING_DELIVERIES,
	SETTING_ACK_ON_READ,
	SETTING_LINES,
	SETTINGS,
};
struct settings {
	struct deque_limits limits;
	unsigned int policy_on;
	unsigned int policy_off;
};
/* What of @settings a deque does not have, as operands of `deque set`. */
#define SETTINGS_TEXT_MAX 256
bool settings_differ(const struct settings *settings,
		     const struct deque_info *info, char *text);
int setting_find(const char *key);
void setting_parse(struct settings *settings, int setting, const char *text);

/* field.c: what there is to know of a deque */
#define FIELDS_MAX 32
#define FIELD_TEXT_MAX (DEQUE_NAME_MAX + 1)
struct field {
	const char *key;
	enum {
		FIELD_TEXT,
		FIELD_U32,
		FIELD_U64,
		FIELD_USER,
		FIELD_DELIVERIES,
		FIELD_ACK_ON_READ,
		FIELD_LINES,
	} kind;
	size_t offset;
	const char *help;
};
/* @chosen has room for FIELDS_MAX, and NULL after them. */
void fields_choose(const char *list, const struct field **chosen);
int fields_print_help(void);
/* What the kernel shows of it to everybody; returns 0 or -errno. */
int fields_read(const char *name, struct deque_info *info);
/* All of it; if that is denied, what is shown to everybody. */
int fields_look(const char *name, struct deque_info *info);
void fields_print_json(const struct field **chosen,
		       const struct deque_info *info);
void field_text(const struct field *field, const struct deque_info *info,
		char *text);
#define USER_TEXT_MAX FIELD_TEXT_MAX
void user_text(uint32_t uid, char *text);

/*
 * open.c: opening as far as permissions go; @name has room for DEQUE_NAME_MAX and
 * NUL; info_get() returns -errno
 */
int open_deque(const char *name, int wanted, int fallback,
	       struct deque **deque);
int open_inherited(int fd, struct deque **deque, char *name);
/* Returns -errno, as info_get() does. */
int open_either(const char *name, int wanted, int fallback,
		struct deque **deque);
int info_get(const char *name, struct deque_info *info);

/*
 * node.c: what stands where the node of a deque should
 *
 * node_number() is as the kernel shows it; false: there is no such deque.
 * node_obstacle() names what stands there and is not its node; else NULL.
 * node_blocker() names what keeps a deque that is yet to be made from having its node.
 * node_is_foreign(): what would be opened under that name is not the deque.
 * node_is_gone() waits for a node that is missing.  node_mend() makes it again.
 * node_forget() is for a deque that was removed: devtmpfs leaves what it has not made.
 */
struct node_path {
	char path[sizeof("/sys/class/deque//uevent") + DEQUE_NAME_MAX];
};
struct node_path node_path(const char *name);
struct node_path node_shown_path(const char *name,
				 const char *file); /* sysfs */
bool node_module_loaded(void);
bool node_control_here(void);
bool node_number(const char *name, dev_t *number);
const char *node_obstacle(const char *name);
const char *node_blocker(const char *name);
bool node_is_foreign(const char *name);
const char *node_remover(const char *name);
bool node_is_missing(const char *name);
bool node_is_gone(const char *name);
int node_mend(const char *name);
void node_forget(const char *name, dev_t number);

/* module.c: the kernel module, as it is installed for the running kernel */
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

/* json.c: what json-c leaves to us */
void json_add_number(struct json_object *object, const char *key,
		     uint64_t number);
void json_add_time(struct json_object *object, const char *key, uint64_t ns);
void json_add_text(struct json_object *object, const char *key, char *text);
void json_add_data(struct json_object *object, const void *data, size_t size);
void json_print(FILE *file, struct json_object *object);

/* sender.c, input.c: messages on their way in */
struct sender {
	struct deque *deque;
	const char *name;
	unsigned int end; /* DEQUE_FRONT, or DEQUE_BACK, or 0: the back */
	int64_t patience;
	uint64_t delay_ns;
	bool skip_empty;
	bool json;
	unsigned long long sent;
	const char *source; /* where the messages are from, */
	unsigned int count;
	struct deque_descriptor messages[DEQUE_BATCH_MAX];
	uint64_t places[DEQUE_BATCH_MAX]; /* and where in it they are */
	int64_t retry_ns; /* how long to wait for memory next; 0: not yet */
};
int sender_add(struct sender *sender, const char *data, size_t size,
	       uint64_t place);
int sender_flush(struct sender *sender);
int sender_fail(const struct sender *sender, int status, uint64_t place,
		const char *reason);

#define SEPARATOR_NONE (-1)
int input_send(int fd, int separator, struct sender *sender);

/* batch.c, record.c: messages that were taken together, and as printed */
#define BATCH_ROOM 65536
struct batch {
	struct batch *older;
	unsigned int count;
	struct deque_descriptor messages[DEQUE_BATCH_MAX];
	size_t ends[DEQUE_BATCH_MAX]; /* where each ends in the output */
	char data[];
};
int batch_pop(struct batch **batch, struct deque *deque, unsigned int count,
	      size_t *slot, unsigned int flags,
	      const struct timespec *deadline);
int batch_claim(struct batch **batch, struct deque *deque, unsigned int count,
		size_t *slot, unsigned int flags,
		const struct timespec *deadline, uint64_t timeout_ns);

/* Each is the option that asks for it. */
enum format {
	FORMAT_TEXT,
	FORMAT_NUL = '0',
	FORMAT_RAW = 'r',
	FORMAT_JSON = OPTION_JSON,
};
/* With the token before it, if it is leased. */
void record_print(FILE *file, enum format format,
		  const struct deque_descriptor *message);
struct json_object *record_json(const struct deque_descriptor *message);

/* flow/tokens.c: what becomes of leases, told on an open file that was inherited */
#define FD_UNSET (-1)
struct lease {
	int fd;
	unsigned int end; /* DEQUE_FRONT, DEQUE_BACK, or 0: where it was */
	uint64_t time_ns;
	int (*act)(struct deque *deque, const uint64_t *tokens,
		   unsigned int count, const struct lease *lease);
};
void lease_check_fd(const struct verb *verb, int fd);
int lease_run(const struct verb *verb, int argc, char **argv,
	      const struct lease *lease);

/* extension.c: a handler of `deque work` asks for more time; an errno value */
#define EXTENSION_VARIABLE "DEQUE_EXTEND_FD"
#define EXTENSION_DEFAULT 0 /* what --timeout says to `work` */
#define EXTENSION_FOREVER UINT64_MAX
int extension_ask(int fd, uint64_t time_ns);

/* entry.c: messages in every state, as they are looked at */
#define ENTRY_COLUMNS_MAX 16
struct entry;
struct column {
	const char *key;
	int width; /* negative: to the left */
	void (*text)(const struct entry *entry, char *text);
	const char *help;
};
struct entry {
	const char *deque;
	const struct deque_entry *is;
};
void columns_choose(const char *list, const struct column **chosen);
int columns_print_help(void);
void columns_print_headings(const struct column **chosen);
void entry_print(const struct column **chosen, const struct entry *entry);
void entry_print_json(const struct entry *entry, bool data);
unsigned int states_parse(const char *list);

/* walk.c: looks at all messages in @states; returns 0 or -errno */
#define PREVIEW_SLOT 64
struct walk {
	const char *name;
	unsigned int states;
	size_t slot; /* bytes wanted of each payload */
	bool whole; /* all bytes are wanted */
	void (*visit)(const struct entry *entry, void *context);
	void *context;
};
int walk_deque(const struct walk *walk, struct deque *deque);

/* interrupt.c: signals that end waiting, and are obeyed at a good moment */
void interrupt_catch(const struct deque *deque);
bool interrupt_caught(void);
int interrupt_count(void);
void interrupt_wake(int number); /* handles signals that only end waiting */
bool interrupt_watch(int fd);
void interrupt_arm(sigset_t *old);
int interrupt_poll(struct pollfd *polls, nfds_t count,
		   const struct timespec *deadline);
void interrupt_hold(void);
void interrupt_obey(void);

/* delivery.c: messages on their way out, or back */
struct delivery {
	struct deque *deque;
	const char *name;
	unsigned int end; /* DEQUE_FRONT or DEQUE_BACK */
	int error; /* of standard output, an errno value */
	size_t written;
	struct batch *newest; /* of those that may not have arrived */
	unsigned long long put_back;
	unsigned long long lost;
};
bool delivery_ready(struct delivery *delivery);
bool delivery_has_reader(void);
bool delivery_watch(void);
int delivery_arm(struct delivery *delivery);
int delivery_wait(struct delivery *delivery, const struct timespec *deadline);
void delivery_write(struct delivery *delivery, struct batch *batch,
		    enum format format);
int delivery_end(struct delivery *delivery);

#endif /* DEQUE_TOOL_H */
