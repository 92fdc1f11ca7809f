# Trunkline. `make` shows what there is.

SWIFT ?= swift
# A target imports only what it declares; see docs/contributors/architecture.md.
BUILD_FLAGS ?= --explicit-target-dependency-import-check error
# Live tests start servers and programs: more than a few at once only wait for each other.
# (The variable of Swift Testing: toolchains that do not know it run all at once.)
TEST_WIDTH ?= 4
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= $(TEST_WIDTH)
TEST_FLAGS ?=
# Where `make install` puts things; packagers also set DESTDIR.
PREFIX ?= /usr/local

.DEFAULT_GOAL := help
.PHONY: help deps build release man completions install demo test test-all-versions torture explore bench docs format lint clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install the system packages that are missing (Debian, Ubuntu); say what to install elsewhere
	@scripts/install-dependencies

build: ## Build everything for development
	$(SWIFT) build $(BUILD_FLAGS)

release: ## Build the optimised program: .build/release/trunkline
	$(SWIFT) build $(BUILD_FLAGS) -c release --product trunkline

man: release ## Write the manual pages of all commands: .build/man/man1
	@rm -rf .build/man && .build/release/trunkline manual .build/man/man1
	@echo "$$(ls .build/man/man1 | wc -l) pages; man -l .build/man/man1/trunkline.1"

completions: release ## Write what bash, zsh and fish need to complete commands and names: .build/completions
	@mkdir -p .build/completions
	@.build/release/trunkline --generate-completion-script bash >.build/completions/trunkline.bash
	@.build/release/trunkline --generate-completion-script zsh >.build/completions/_trunkline
	@.build/release/trunkline --generate-completion-script fish >.build/completions/trunkline.fish
	@ls .build/completions

install: man completions ## Install program, manual pages and completions below PREFIX (/usr/local)
	install -D -m 755 .build/release/trunkline "$(DESTDIR)$(PREFIX)/bin/trunkline"
	install -d "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 644 .build/man/man1/*.1 "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -D -m 644 .build/completions/trunkline.bash \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/trunkline"
	install -D -m 644 .build/completions/_trunkline "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_trunkline"
	install -D -m 644 .build/completions/trunkline.fish \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/trunkline.fish"

demo: deps release ## Two private servers, live load, replication, a kill in the middle, a comparison
	@.build/release/trunkline demo $(DEMO_FLAGS)

test: deps ## Run all tests, on private servers of the installed PostgreSQL
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	@scripts/run-tests $(SWIFT) test --skip-build --disable-xctest $(TEST_FLAGS)

test-all-versions: deps ## Run all tests on PostgreSQL 14 to 18 (downloads the servers once)
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	@scripts/test-all-versions $(TEST_FLAGS)

torture: deps release ## Crash everything at random, then check every event (DURATION=, SEED=, DB= of your own server; CASCADE=1: three nodes)
	$(SWIFT) build $(BUILD_FLAGS) -c release --product trunkline-torture
	$(SWIFT) build $(BUILD_FLAGS) -c release --product ShiftedClock
	.build/release/trunkline-torture $(if $(CASCADE),cascade) --duration $(or $(DURATION),10m) $(if $(SEED),--seed $(SEED)) \
	    $(if $(DB),--db "$(DB)") $(TORTURE_FLAGS)

explore: ## Explore the large configurations of the model, too (minutes, some gigabytes)
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	EXPLORE_LARGE=1 $(SWIFT) test --skip-build --disable-xctest --filter ScheduleExploration

bench: deps release ## Measure against the peers, in one run, as ratios (QUICK=1: short; ROWS="soak latency": only these)
	$(SWIFT) build $(BUILD_FLAGS) -c release --product trunkline-bench
	@QUICK=$(QUICK) Benchmarks/run $(foreach row,$(ROWS),--only $(row)) $(BENCH_FLAGS)

docs: build ## Make the reference of the Swift library into .build/docs (with the toolchain's docc)
	@scripts/docs

format: ## Format all Swift files in place
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests Tools Plugins

lint: ## Check format, documentation comments, file sizes, names
	@scripts/lint

clean: ## Remove what was built
	rm -rf .build
