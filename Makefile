# apus: build, test, demonstrate, measure, install. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=

# The static binaries are built in scratch folders of their own: `swift build` and `swift test` use other flags and
# would rebuild everything at each change of hands. The stripped copy is renamed into .build/release/apus, so a path
# that tests or containers use never holds half a file.
#
# Two modules that Swift imports by itself are kept out. A single call of String.replacing(_:with:) links the engine of
# regular expressions, a megabyte that also shows in the resident memory; here it does not compile.
#
# lld lays the functions that starting a container touches side by side (scripts/function-order.txt): fewer page faults,
# and a third less resident memory. It names them in the order of their first call in run, create, start, exec, state,
# list, kill and delete, the processes of the containers included; a name that is gone is passed over. `make
# function-order` records it.
#
# APUS_OWN_START: libc begins without asking the processor what it is (Sources/CLinux/libc_start.c).
STATIC_FLAGS := -c release --static-swift-stdlib -Xswiftc -static-executable -Xcc -DAPUS_OWN_START \
	-Xswiftc -Xfrontend -Xswiftc -disable-implicit-string-processing-module-import \
	-Xswiftc -Xfrontend -Xswiftc -disable-implicit-concurrency-module-import \
	-Xswiftc -use-ld=lld -Xlinker -z -Xlinker nostart-stop-gc \
	-Xlinker --symbol-ordering-file=$(CURDIR)/scripts/function-order.txt -Xlinker --no-warn-symbol-ordering
# `apus` is built as Embedded Swift where the toolchain has it for this machine (docs/decisions/0012): the same sources
# without type metadata and without Swift's runtime, a third of the size. The shim and the fault build are not.
EMBEDDED := $(wildcard $(dir $(realpath $(shell command -v $(SWIFT))))../lib/swift/embedded/$(shell \
	uname -m)-unknown-linux-gnu/libswiftUnicodeDataTables.a)
EMBEDDED_FLAGS := -c release -Xcc -DAPUS_OWN_START -Xcc -DAPUS_EMBEDDED \
	-Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo \
	-Xswiftc -Xfrontend -Xswiftc -function-sections \
	-Xswiftc -Xfrontend -Xswiftc -disable-implicit-string-processing-module-import \
	-Xswiftc -Xfrontend -Xswiftc -disable-implicit-concurrency-module-import \
	-Xswiftc -use-ld=lld -Xswiftc -Xclang-linker -Xswiftc -static \
	-Xlinker $(EMBEDDED) -Xlinker -lm -Xlinker -z -Xlinker nostart-stop-gc \
	-Xlinker --symbol-ordering-file=$(CURDIR)/scripts/function-order.txt -Xlinker --no-warn-symbol-ordering
COMMAND_FLAGS := $(if $(EMBEDDED),$(EMBEDDED_FLAGS) --scratch-path .build-embedded,$(STATIC_FLAGS) --scratch-path .build-static)
COMMAND_BUILT := $(if $(EMBEDDED),.build-embedded,.build-static)/release/apus
# The program begins in Sources/CLinux/start.c, which seals it before libc starts. The fault build seals in Swift.
ENTRY := -Xlinker --entry=apus_start
BINARY := .build/release/apus
SHIM := .build/release/containerd-shim-apus-v2
FAULT_BINARY := .build-fault/apus
SWIFT_FORMAT_PATHS := Package.swift $(wildcard Sources Tests Fuzzing Examples)

.PHONY: build build-command build-shim
build: build-command build-shim ## Build the static release binaries, .build/release/apus and containerd-shim-apus-v2

build-command:
	$(SWIFT) build $(COMMAND_FLAGS) $(ENTRY) --product apus
	scripts/place-binary.sh $(COMMAND_BUILT) $(BINARY)

build-shim:
	$(SWIFT) build $(STATIC_FLAGS) --product containerd-shim-apus-v2 --scratch-path .build-static
	scripts/place-binary.sh .build-static/release/containerd-shim-apus-v2 $(SHIM)

.PHONY: build-fault
build-fault: ## Build the binary with fault injection for the tests, .build-fault/apus
	$(SWIFT) build $(STATIC_FLAGS) --product apus --scratch-path .build-fault -Xswiftc -DAPUS_FAULTS
	scripts/place-binary.sh .build-fault/release/apus $(FAULT_BINARY)

$(BINARY) $(SHIM):
	@$(MAKE) --no-print-directory build

.PHONY: test
test: ## Install what the tests need, build, run every test as root (what .ci/run calls)
	scripts/install-test-dependencies.sh
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target build-command build-fault build-shim
	SWIFT="$(SWIFT)" APUS_BINARY="$(CURDIR)/$(BINARY)" APUS_FAULT_BINARY="$(CURDIR)/$(FAULT_BINARY)" scripts/test.sh

HOSTS = SWIFT="$(SWIFT)" APUS_BINARY="$(CURDIR)/$(BINARY)" APUS_FAULT_BINARY="$(CURDIR)/$(FAULT_BINARY)" \
	scripts/test-guest.sh

.PHONY: test-guest
test-guest: ## Run the integration tests on other hosts: v1 alone, cgroup v2, systemd, an ordinary user (GUEST_MODES=)
	scripts/install-test-dependencies.sh
	@$(MAKE) --no-print-directory build build-fault
	$(HOSTS) --write $(GUEST_MODES)

.PHONY: test-guest-short
test-guest-short: ## The suites that depend on cgroups and privileges on other hosts: five minutes at most
	scripts/install-test-dependencies.sh
	@$(MAKE) --no-print-directory build build-fault
	$(HOSTS) --short $(GUEST_MODES)

.PHONY: test-systemd
test-systemd: $(BINARY) ## Run the tests about systemd on one in a container, without controllers
	scripts/install-packages.sh busybox-static jq tini
	@$(MAKE) --no-print-directory build-fault
	SWIFT="$(SWIFT)" APUS_BINARY="$(CURDIR)/$(BINARY)" APUS_FAULT_BINARY="$(CURDIR)/$(FAULT_BINARY)" \
		scripts/test-systemd.sh

.PHONY: test-unit
test-unit: ## Run the tests that need neither root nor the static binary
	$(SWIFT) test --skip IntegrationTests

.PHONY: demo
demo: ## Build, then run a busybox and a Debian container
	scripts/install-packages.sh busybox-static jq mmdebstrap
	@if [[ -z "$${APUS:-}" ]]; then $(MAKE) --no-print-directory build; fi
	APUS="$${APUS:-$(CURDIR)/$(BINARY)}" scripts/demo.sh

# In a private mount namespace with a tmpfs on /run, under a subreaper, as the tests run.
ALONE := unshare --mount --propagation private -- sh -euc 'mount -t tmpfs tmpfs /run; exec "$$@"' sh tini -s --

.PHONY: fault
fault: ## Fail, hang and kill at every named step, and kill at every system call (FAULT_STRIDE= takes every Nth)
	scripts/install-packages.sh busybox-static gcc libc6-dev python3 tini util-linux
	@$(MAKE) --no-print-directory build build-fault
	folder=$$(mktemp -d) && $(ALONE) python3 scripts/walk-faults.py "$(CURDIR)/$(FAULT_BINARY)" /bin/busybox "$$folder"
	folder=$$(mktemp -d) && $(ALONE) python3 scripts/step-kills.py "$(CURDIR)/$(BINARY)" /bin/busybox "$$folder" \
		--stride "$${FAULT_STRIDE:-1}"

.PHONY: soak
soak: ## Cycles, execs and callers at once, with everything counted before and after (SOAK_COUNT=, default 10000)
	scripts/install-packages.sh busybox-static python3 tini util-linux
	@$(MAKE) --no-print-directory build
	folder=$$(mktemp -d) && $(ALONE) python3 scripts/soak.py "$(CURDIR)/$(BINARY)" /bin/busybox "$$folder" \
		--count "$${SOAK_COUNT:-10000}" --seconds "$${SOAK_SECONDS:-60}"

.PHONY: model
model: ## Let spin go through every order of events of the model of the lifecycle
	scripts/install-packages.sh gcc libc6-dev spin
	scripts/check-model.sh

.PHONY: fuzz
fuzz: ## Fuzz whatever takes bytes from outside (FUZZ_SECONDS= for each target)
	scripts/install-packages.sh jq
	APUS_FUZZ=1 $(SWIFT) build -c release --product fuzz --sanitize fuzzer --scratch-path .build-fuzz \
		-Xswiftc -enable-testing
	scripts/fuzz.sh

.PHONY: bench
bench: ## Measure apus beside crun, runc and C floors; writes docs/performance.md, .json, .svg (BENCH_RUNS=)
	scripts/install-packages.sh busybox-static gcc libc6-dev python3
	@if [[ -z "$${APUS:-}" ]]; then $(MAKE) --no-print-directory build; fi
	APUS="$${APUS:-$(CURDIR)/$(BINARY)}" python3 Benchmarks/bench.py --write docs/performance.md \
		--table docs/performance.json --picture docs/performance.svg

.PHONY: bench-shim
bench-shim: ## Measure the shim beside runc's under one containerd; writes docs/performance.md (SHIM_RUNS=, SHIM_COUNT=)
	scripts/install-packages.sh busybox-static containerd python3 runc
	@if [[ -z "$${APUS_SHIM:-}" ]]; then $(MAKE) --no-print-directory build; fi
	python3 Benchmarks/shim.py "$${APUS_SHIM:-$(CURDIR)/$(SHIM)}" --write docs/performance.md

.PHONY: function-order
function-order: ## Record anew the order in which functions are first called (scripts/function-order.txt), for the linker
	scripts/install-packages.sh binutils busybox-static python3 tini util-linux
	@$(MAKE) --no-print-directory build
	folder=$$(mktemp -d) && $(ALONE) python3 scripts/record-function-order.py "$(CURDIR)/$(COMMAND_BUILT)" \
		/bin/busybox "$$folder" >scripts/function-order.txt.new
	mv scripts/function-order.txt.new scripts/function-order.txt

.PHONY: record-instructions
record-instructions: $(BINARY) ## Record anew how many instructions explain takes, for the test that guards it
	scripts/install-packages.sh jq util-linux valgrind
	scripts/count-instructions.sh $(BINARY) >Tests/Guards/explain-instructions.new
	mv Tests/Guards/explain-instructions.new Tests/Guards/explain-instructions
	cat Tests/Guards/explain-instructions

.PHONY: install
install: $(BINARY) $(SHIM) ## Install under PREFIX (default /usr/local; DESTDIR is honoured)
	DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" scripts/install.sh install $(BINARY) $(SHIM)

.PHONY: uninstall
uninstall: ## Remove what install put under PREFIX
	DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" scripts/install.sh uninstall $(BINARY) $(SHIM)

.PHONY: lint
lint: ## Check the format of all Swift sources
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_FORMAT_PATHS)

.PHONY: format
format: ## Format all Swift sources in place
	$(SWIFT) format format --in-place --parallel --recursive $(SWIFT_FORMAT_PATHS)

.PHONY: clean
clean: ## Remove everything that was built or cached here
	rm -rf .build .build-static .build-embedded .build-fault .build-demo .build-bench .build-fuzz

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14
