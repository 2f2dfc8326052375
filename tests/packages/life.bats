#!/usr/bin/env bats
# The packages on a Debian system, from the first installation to the last trace.
# shellcheck disable=SC2154	# common.bash sets them
load common

setup_file() {
	system linux-image-amd64 linux-headers-amd64
	debs "$(current)"
	cp "$top/debian/tests/use" "$WORK/changes/packages/"
	FIRST=$(kernels | head -n 1)
	export FIRST
}

# second: the release of the kernel that is installed as the second one
second() {
	kernels | grep -vxF "$FIRST"
}

@test "1. apt install builds the module for the kernel whose headers are there" {
	run -0 inside "apt-get install -qq -y /packages/$(current)/*.deb"
	has_module "$FIRST"
	[ "$(inside "dkms status mod | sed 's/.*: //'")" = installed ]
	[[ $(inside "modinfo -k $FIRST -F vermagic deque") = "$FIRST "* ]]
	[ "$(inside "modinfo -k $FIRST -F license deque")" = GPL ]
}

@test "1. it is signed with the key of DKMS, which made one" {
	run -0 inside 'openssl x509 -inform DER -in /var/lib/dkms/mok.pub -noout -subject'
	[[ $output = *'DKMS module signing key'* ]]
	[ "$(inside "modinfo -k $FIRST -F sig_hashalgo deque")" = sha256 ]
	inside "modinfo -k $FIRST -F signer deque" | grep -q 'DKMS module signing key'
}

@test "1. booted: defaults, overrides, nodes; who is in the group can use them, nobody else" {
	boot "$FIRST" <<-'END'
		set -eux
		modprobe deque
		udevadm settle
		grep -qx 1024 /sys/module/deque/parameters/max_deques
		rmmod deque
		# It has the built-in defaults; another value shows that it is read.
		cp /usr/lib/modprobe.d/mod.conf /tmp/
		sed -i 's/^options deque max_messages=.*/options deque max_messages=77/' /usr/lib/modprobe.d/mod.conf
		modprobe deque
		udevadm settle
		grep -qx 77 /sys/module/deque/parameters/max_messages
		cp /tmp/mod.conf /usr/lib/modprobe.d/
		[ "$(stat -c '%U:%G %a' /dev/deque/control)" = 'root:deque 660' ]
		rmmod deque
		echo 'options deque deques=jobs:100,mail max_deques=7' >/etc/modprobe.d/my-deque.conf
		modprobe deque
		udevadm settle
		grep -qx 7 /sys/module/deque/parameters/max_deques
		[ "$(stat -c '%U:%G %a' /dev/deque/jobs)" = 'root:deque 660' ]
		[ "$(deque ls -no max_messages jobs)" = 100 ]
		useradd -m -G deque member
		useradd -m stranger
		su member -c 'echo one >/dev/deque/jobs && deque put jobs two && deque take jobs -c 2' | cmp - <(printf 'one\ntwo\n')
		su stranger -c 'echo one >/dev/deque/jobs' && exit 1
		status=0
		su stranger -c 'deque put jobs one' || status=$?
		[ $status = 77 ]
		[ "$(deque ls -no messages jobs)" = 0 ]
		rmmod deque
		rm /etc/modprobe.d/my-deque.conf
		/packages/use
		! dmesg | grep -E 'BUG:|WARNING:|Call Trace'
	END
}

@test "1. booted: modules-load.d has the module loaded, with the deques of modprobe.d" {
	local status=0
	inside 'echo deque >/etc/modules-load.d/deque.conf
		echo "options deque deques=jobs" >/etc/modprobe.d/my-deque.conf'
	boot "$FIRST" <<-'END' || status=$?
		set -eux
		systemctl is-active systemd-modules-load.service
		udevadm settle
		deque put jobs x
		deque take jobs | grep -qx x
	END
	inside 'rm /etc/modules-load.d/deque.conf /etc/modprobe.d/my-deque.conf'
	[ $status = 0 ]
}

@test "1. booted: the unit runs a worker, which dies with the service, and leaves its message" {
	boot "$FIRST" <<-'END'
		set -eux
		[ -z "$(systemd-analyze verify --man=no deque-worker@jobs.service 2>&1 | tee /dev/stderr)" ]
		! udevadm help | grep -q verify || udevadm verify /usr/lib/udev/rules.d/60-mod-common.rules
		[ ! -e /sys/module/deque ]	# the unit loads it
		echo 'options deque deques=jobs' >/etc/modprobe.d/my-deque.conf
		mkdir -p /etc/deque
		echo 'HANDLER=/usr/bin/tee result.{}' >/etc/deque/worker-jobs.conf
		systemctl start deque-worker@jobs
		deque put jobs first
		until [ "$(deque ls -no acked jobs)" = 1 ]; do sleep 0.2; done
		[ "$(cat /var/lib/deque-worker/jobs/result.first)" = first ]
		systemctl stop deque-worker@jobs
		echo 'HANDLER=/usr/bin/sleep 1000' >/etc/deque/worker-jobs.conf
		systemctl start deque-worker@jobs
		deque put jobs second
		until [ "$(deque ls -no leased jobs)" = 1 ]; do sleep 0.2; done
		systemctl kill --signal=KILL deque-worker@jobs
		until [ "$(deque ls -no crash_returned jobs)" = 1 ]; do sleep 0.2; done
		systemctl stop deque-worker@jobs || systemctl kill --signal=KILL deque-worker@jobs
		until [ "$(deque ls -no openers jobs)" = 0 ]; do sleep 0.2; done
		deque take jobs | grep -qx second
		systemd-analyze security --no-pager deque-worker@jobs | tail -n 1
		systemd-analyze security --no-pager --threshold=30 deque-worker@jobs >/dev/null
	END
}

# A unit waits for a deque and ends with it; a socket unit is started by messages, and comes
# back with its deque.
@test "1. booted: device units, what binds to them, and socket units" {
	boot "$FIRST" <<-'END'
		set -eux
		until_true() { for _ in {1..600}; do ! "$@" || return 0; sleep 0.1; done; return 1; }
		state_is() { [ "$(systemctl show -P ActiveState "$1")" = "$2" ]; }
		cd /etc/systemd/system
		cat >bound.service <<-'UNIT'
			[Unit]
			BindsTo=dev-deque-jobs.device
			After=dev-deque-jobs.device
			[Service]
			ExecStart=/usr/bin/sleep infinity
		UNIT
		cat >jobs.socket <<-'UNIT'
			[Unit]
			BindsTo=dev-deque-jobs.device
			After=dev-deque-jobs.device
			[Socket]
			ListenSpecial=/dev/deque/jobs
			[Install]
			WantedBy=dev-deque-jobs.device
		UNIT
		cat >jobs.service <<-'UNIT'
			[Service]
			ExecStart=/usr/bin/deque work jobs --idle-exit -- /usr/bin/tee /run/started.{}
		UNIT
		systemctl daemon-reload
		systemctl enable jobs.socket
		systemctl start --no-block bound.service
		state_is bound.service inactive
		modprobe deque
		deque create jobs
		until_true state_is dev-deque-jobs.device active
		until_true state_is bound.service active
		until_true state_is jobs.socket active
		deque put jobs one
		until_true [ -e /run/started.one ]
		until_true state_is jobs.service inactive
		deque rm --force jobs
		until_true state_is dev-deque-jobs.device inactive
		until_true state_is bound.service inactive
		systemctl show jobs.socket | grep -E '^(Result|ActiveState)='
		deque create jobs
		until_true state_is jobs.socket active
		deque put jobs two
		until_true [ -e /run/started.two ]
		until_true state_is jobs.service inactive
		# Without that it has failed for good.
		systemctl disable --now jobs.socket
		sed -i '/^BindsTo=\|^After=/d' jobs.socket
		systemctl daemon-reload
		systemctl start jobs.socket
		deque rm --force jobs
		until_true state_is jobs.socket failed
		deque create jobs
		until_true state_is dev-deque-jobs.device active
		state_is jobs.socket failed
		systemctl start jobs.socket
		deque put jobs three
		until_true [ -e /run/started.three ]
	END
}

@test "2. a second kernel comes with its headers: DKMS builds for it by itself" {
	local release
	release=$(inside "apt-cache search --names-only '^linux-image-[0-9.]+[-+](deb)?[0-9]+-amd64\$'" |
		sed 's/^linux-image-//; s/ .*//' | grep -vxF "$FIRST" | sort -V | tail -n 1)
	run -0 install "linux-image-$release" "linux-headers-$release"
	[ "$(second)" = "$release" ]
	has_module "$(second)"
	has_module "$FIRST"
}

@test "2. booted into the second kernel: the module loads there" {
	boot "$(second)" <<-END
		set -eux
		uname -r | grep -qx $(second)
		modprobe deque deques=jobs
		udevadm settle
		deque put jobs x
		deque take jobs | grep -qx x
		rmmod deque
	END
}

@test "7. the module of one kernel is refused by the other: Invalid module format" {
	# Whichever of its guards the kernel asks first: the size of struct module, the
	# checksum of a symbol, the release in vermagic.
	boot "$(second)" <<-END
		set -eux
		said=\$(insmod /lib/modules/$FIRST/updates/dkms/deque.ko* 2>&1) && exit 1
		[[ \$said = *'Invalid module format'* ]]
		dmesg | grep deque
		dmesg | grep -E 'deque: (version magic|disagrees about)|module deque: .*struct module size'
		! grep ^deque /proc/modules
	END
}

@test "2. a kernel is removed: its module goes, the other stays" {
	local gone
	gone=$(second)
	# Debian 13 has the modules in a package of their own, which stays without --autoremove.
	run -0 inside "apt-get purge -qq -y --autoremove linux-image-$gone linux-headers-$gone"
	run -0 inside "find /lib/modules /var/lib/dkms -path '*$gone*' -name 'deque.ko*'"
	[ -z "$output" ]
	has_module "$FIRST"
}

@test "4. upgraded while a deque is open and full: nothing is lost, and --version tells" {
	debs 0.9.1
	boot "$FIRST" <<-'END'
		set -eux
		modprobe deque deques=jobs:3
		udevadm settle
		deque put jobs a b c
		exec {q}<>/dev/deque/jobs
		deque claim --fd "$q"
		old=$(cat /sys/module/deque/version)
		apt-get install -qq -y /packages/0.9.1/*.deb
		[ "$(cat /sys/module/deque/version)" = "$old" ]
		[ "$(deque ls -no ready,leased jobs | tr -s ' ')" = '2 1' ]
		[ "$(modinfo -F version deque)" = 0.9.1 ]
		deque --version 2>&1 | tee /dev/stderr | grep -q 'the module that is loaded is older than the installed one (0.9.1)'
		exec {q}<&-
		deque take -c 3 jobs | cmp - <(printf 'a\nb\nc\n')
		modprobe -r deque
		modprobe deque
		[ "$(deque --version)" = "$(printf 'deque 0.9.1\ndeque.ko 0.9.1')" ]
	END
}

@test "4. a version that does not compile: apt says so, and a working version mends it" {
	inside "apt-get install -qq -y /packages/0.9.1/*.deb" >&2
	has_module "$FIRST" 0.9.1
	inside 'set -e; cd /packages; mkdir bad; dpkg-deb -R 0.9.1/mod-dkms_*.deb work
		mv work/usr/src/mod-0.9.1 work/usr/src/mod-0.9.2
		sed -i s/0\\.9\\.1/0.9.2/ work/DEBIAN/* work/usr/src/mod-0.9.2/dkms.conf
		sed -i "s/^Depends: .*/Depends: dkms/" work/DEBIAN/control
		echo "#error broken" >>work/usr/src/mod-0.9.2/src/deque/main.c
		dpkg-deb -b work bad/mod-dkms_0.9.2-1_all.deb; rm -r work' >&2
	run inside 'apt-get install -qq -y /packages/bad/*.deb'
	echo "# apt's status: $status; module: $(inside "find /lib/modules -path '*dkms/deque.ko*'")" >&3
	[[ $output = *'/var/lib/dkms/mod/0.9.2/build/make.log'* ]]
	[ -z "$(inside "find /lib/modules -path '*dkms/deque.ko*'")" ] || has_module "$FIRST" 0.9.1
	run -0 inside 'apt-get install -qq -y --allow-downgrades /packages/0.9.1/*.deb'
	has_module "$FIRST" 0.9.1
	[ "$(inside 'dpkg --audit')" = '' ]
}

@test "5. purged: nothing is left but the group" {
	run -0 inside "apt-get purge -qq -y mod-dkms mod-common mod-tools libdeque0 libdeque-dev"
	run inside 'find / -xdev \( -path /proc -o -path /packages \) -prune -o \( -name "*deque*" -o -name "mod.conf" -o \
		-name "mod-[0-9]*" -o -name "*mod-common*" -o -name "*mod-dkms*" -o -name "*mod-tools*" \) -print;
		ls /var/lib/dkms/mod'
	[ "$output" = "ls: cannot access '/var/lib/dkms/mod': No such file or directory" ]
	run ! inside 'grep -l deque /lib/modules/*/modules.dep'
	inside 'getent group deque'
}

@test "5. and installed again" {
	run -0 inside "apt-get install -qq -y /packages/$(current)/*.deb"
	has_module "$FIRST"
}
