// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows how `deque work` gets on: a line that is written anew on a terminal, and a
 * summary at the end.
 */
#include "work/progress.h"
#include "cli/clock.h"
#include "cli/say.h"
#include "work/state.h"

#include <stdint.h>
#include <stdio.h>

#define REFRESH_NS (NS_PER_S / 10)

void progress_hide(struct work *work)
{
	if (work->progress.shown)
		fputs("\r\033[K", stderr);
	work->progress.shown = false;
}

void progress_show(struct work *work)
{
	struct progress *progress = &work->progress;
	int64_t now = now_ns();

	progress->stale = progress->wanted && now < progress->next_ns;
	if (!progress->wanted || progress->stale)
		return;
	progress->next_ns = now + REFRESH_NS;
	fprintf(stderr, "\r\033[K%s: %u running, %llu done, %llu failed%s",
		work->name, work->busy, work->acked,
		work->returned + work->buried + work->lost,
		work->stopping ? "; takes no more" : "");
	progress->shown = true;
}

void progress_summary(struct work *work)
{
	progress_hide(work);
	say("%s: acked %llu, returned %llu, buried %llu, leases lost %llu",
	    work->name, work->acked, work->returned, work->buried, work->lost);
}
