# SPDX-License-Identifier: GPL-2.0-only
# A short line for each command, as the kernel's build prints it; V=1 prints the commands.
#
#	$(call short,CC)$(CC) -o $@ $<
short = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(@F) && )
