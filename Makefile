# SPDX-License-Identifier: GPL-2.0-only
# mod, for people: see `make help`.  The kernel's build and DKMS read Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
BUILD := $(CURDIR)/build
INSTALL ?= install
export DESTDIR PREFIX
ifneq ($(filter-out 0 1,$(words $(CURDIR)) $(words $(KDIR))),)
$(error the kernel's build, and make, cannot work with a space in a path: '$(CURDIR)', KDIR '$(KDIR)')
endif
MAKEFLAGS += --no-print-directory $(if $(filter 1,$(V)),,--silent)

# What to test on, and what to show: without apt there is only one kernel.
ifneq ($(shell command -v apt-get),)
for = $(shell awk '!/^\#/ && $$2 ~ /(^|,)$(1)(,|$$)/ { print $$1 }' tests/kernels)
kernels-for = $(or $(KERNELS),$(call for,$(1)))
KERNEL ?= $(call for,demo)
else
kernels-for = $(or $(KERNELS),running)
KERNEL ?= running
endif

##
all: module lib tools	## the module, the library and the command

module:			## the module, for KDIR or the running kernel
	scripts/need module
	scripts/build-module $(KDIR) $(BUILD)/module

lib:			## libdeque
tools: lib		## the deque command
lib tools:
	scripts/need tools
	$(MAKE) -C $@ BUILD=$(BUILD)/$@

##
check:			## all tests, in virtual machines, on the oldest and the newest kernel
check-debug:		## the same and more, in kernels with KASAN, KCSAN, lockdep, PREEMPT_RT
check check-debug: kernels = $(call kernels-for,$@)
check check-debug: test-programs
	$(if $(filter check-debug,$@),scripts/need coverage)
	$(MAKE) $(kernels:%=module-%)
	SHORT='$(SHORT)' LANGUAGES='$(LANGUAGES)' tests/check $(kernels)

check-languages:	## the programs of docs/languages.md, with Node and Go
check-languages:
	scripts/need languages
	$(MAKE) check KERNELS='$(or $(KERNELS),$(KERNEL))' TESTS='^cli-languages' LANGUAGES=1

check-loaded:		## `check` with busy processors, ROUNDS=10 times: one table
check-loaded: kernels = $(call kernels-for,check)
check-loaded: test-programs
	$(MAKE) $(kernels:%=module-%)
	tests/check-loaded $(or $(ROUNDS),10) $(kernels)

check-kernels:		## all tests on each kernel, and all builds: one table
check-kernels: kernels = $(call kernels-for,check-kernels)
check-kernels: test-programs
	scripts/need lint
	tests/check-kernels $(kernels)

check-examples:		## the examples: one table
check-examples: kernels = $(call kernels-for,check-examples)
check-examples:
	scripts/need module tools vm tests
	$(MAKE) lib tools
	$(MAKE) -C tests examples
	$(MAKE) $(kernels:%=module-%)
	$(MAKE) -k $(kernels:%=examples-%)
	tests/check-examples $(kernels)

examples:		## the examples, for KDIR or the running kernel
	scripts/need module
	scripts/build-module -e $(KDIR) $(BUILD)

coverage:		## the lines of src/ that no test runs: of check-debug, the kernel that counts
	$(MAKE) check-debug KERNELS='$(call for,coverage)' SHORT=1

fuzz:			## random calls, TIME=60 seconds one by one, as long all at once; SEED=
fuzz: kernels = $(call kernels-for,fuzz)
fuzz: test-programs
	$(MAKE) $(kernels:%=module-%)
	TIME='$(TIME)' SEED='$(SEED)' tests/fuzz/run $(kernels)

mutants:		## what the tests see of a broken module, MUTANTS=words; before a release
mutants: kernels = $(shell sed -n 's/^[^\#\t].* on=\([^ ]*\).*/\1/p' tests/mutants/list)
mutants: test-programs
	$(MAKE) $(patsubst %,module-%,$(sort $(KERNEL) $(kernels)))
	MUTANTS='$(MUTANTS)' tests/mutants/run $(KERNEL)

check-all: check-kernels check-debug check-languages lint	## all of these; some hours

lint:			## checks of the source
	scripts/need module tools vm tests lint
	tests/lint/all $(KERNEL)

##
deb:			## the Debian packages, in build/deb/
	scripts/need tools deb
	scripts/build-deb

rpm:			## the RPM packages, in build/rpm/
	scripts/need tools rpm
	scripts/build-rpm

check-packages:		## these installed, upgraded, removed, on systems made for that: as root, an hour
	scripts/need vm packages
	SUITES='$(SUITES)' CASES='$(CASES)' tests/packages/run

check-fresh:		## TARGET=demo, as a new user types it, in a bare Debian 12 and 13: as root
	scripts/need vm packages
	$(foreach suite,$(or $(SUITES),bookworm trixie),tests/packages/fresh $(suite) $(or $(TARGET),demo) &&) true

##
demo:			## a session in a virtual machine, on KERNEL
demo-shell:		## the same, and then a shell there
demo-shell: demo-end := -i
demo demo-shell:
	scripts/need module tools vm
	$(MAKE) lib tools module-$(KERNEL)
	tests/demo/run $(KERNEL) $(demo-end)

try:			## the same for one of the examples, EXAMPLE=proc_deque
	scripts/need module tools vm tests
	$(MAKE) -C tests examples
	$(MAKE) examples-$(KERNEL)
	tests/examples/try $(KERNEL) $(EXAMPLE)

test-programs:
	scripts/need module tools vm tests
	$(MAKE) lib tools CFLAGS='-O2 -g -Werror'
	$(MAKE) -C tests LANGUAGES='$(LANGUAGES)'

# for check, demo and lint: not the KDIR of `make module`
fetch = kernel=$$(tests/vm/fetch-kernel $*) &&
module-%:
	$(fetch) scripts/build-module "$$kernel/build" $(BUILD)/kernels/$* KCFLAGS=-Werror $(if $(filter $*,$(call for,coverage)),GCOV_PROFILE=y)
	$(if $(filter $*,$(call for,check-debug)),$(fetch) scripts/build-module -t "$$kernel/build" $(BUILD)/kernels/$*)

examples-%:
	$(fetch) scripts/build-module -e "$$kernel/build" $(BUILD)/kernels/$* KCFLAGS=-Werror CONFIG_EXAMPLES_WRONG=m

##
# Not from kernel.release, where Debian's headers have something else.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
config-dir = $(DESTDIR)$(PREFIX)/lib

install: all		## all of it, for KDIR; PREFIX=/usr/local, DESTDIR=
	$(MAKE) -C $(KDIR) M=$(BUILD)/module INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates modules_install
	$(MAKE) -C lib BUILD=$(BUILD)/lib install
	$(MAKE) -C tools BUILD=$(BUILD)/tools install
	$(INSTALL) -D -m 644 udev/60-mod-common.rules -t $(config-dir)/udev/rules.d
	$(INSTALL) -D -m 644 modprobe.d/mod.conf -t $(config-dir)/modprobe.d
	$(INSTALL) -D -m 644 sysusers.d/mod-common.conf -t $(config-dir)/sysusers.d
	$(if $(DESTDIR),,scripts/activate $(release))

uninstall:		## removes it again; a loaded module stays
	$(MAKE) -C lib BUILD=$(BUILD)/lib uninstall
	$(MAKE) -C tools BUILD=$(BUILD)/tools uninstall
	rm -f $(DESTDIR)/lib/modules/$(release)/updates/src/deque/deque.ko*
	-rmdir -p --ignore-fail-on-non-empty $(DESTDIR)/lib/modules/$(release)/updates/src/deque
	rm -f $(config-dir)/udev/rules.d/60-mod-common.rules
	rm -f $(config-dir)/modprobe.d/mod.conf
	rm -f $(config-dir)/sysusers.d/mod-common.conf
	$(if $(DESTDIR),,scripts/activate $(release))

clean:			## removes build/
	rm -rf $(BUILD)

help:			## this
	@sed -n 's/^##$$//p; s/^\([a-z-]*\):[^#]*## */  make \1\t/p' Makefile | expand -t 22

.PHONY: all module lib tools check check-debug check-languages check-kernels check-examples examples check-all coverage fuzz test-programs lint deb rpm check-packages check-fresh demo demo-shell try install uninstall clean help
