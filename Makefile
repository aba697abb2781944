# The only door to the project: `make help` lists what there is.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run build release test check fmt bench chaos docs clean

# Warnings are errors in our own modules; an import that a target does not declare is one too.
STRICT := -Xswiftc -warnings-as-errors --explicit-target-dependency-import-check error
# Exclusive access to memory is checked in debug builds, in which the tests run; in release builds the check would cost 3 % of the hot path.
RELEASE := -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked -Xlinker -s --product aurora
SWIFT_FILES := Package.swift Sources Tests
# Arguments for `aurora up` or for the benchmarks, as in: make run ARGS="--manifest aurora.yml"
ARGS ?=
# How long `make chaos` goes on.
MINUTES ?= 3

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: release ## Build if needed, start a node here and print its address (ARGS="..." is passed on)
	@exec .build/release/aurora up $(ARGS)

build: ## Build everything for development (debug)
	@scripts/bootstrap.sh
	@swift build --build-tests $(STRICT)

release: ## Build the one binary to copy to other machines of the same system
	@scripts/bootstrap.sh
	@scripts/release-note.sh
	@swift build $(RELEASE)
	@ls -lh .build/release/aurora | awk '{ print "built .build/release/aurora (" $$5 ")" }'

test: ## Run every test: Swift, the scripts, the Python clients and the browser
	@scripts/bootstrap.sh --test
	@swift build --build-tests $(STRICT)
	@scripts/cli-reference.py --check "$$(swift build --show-bin-path)/aurora" docs/cli.md
	@scripts/swift-tests.sh $(STRICT)
	@scripts/python-tests.sh

check: ## Formatting, module walls, sources, tree: seconds, before each commit
	@scripts/check.sh

fmt: ## Format the Swift sources in place
	@swift format --in-place --parallel --recursive --configuration .swift-format $(SWIFT_FILES)

bench: ## Measure the gateway beside nginx and other routers (ARGS="--quick", "--only residency", …)
	@scripts/bootstrap.sh --bench
	@$(MAKE) --no-print-directory release
	@bench/run.sh $(ARGS)

chaos: ## Kill, hang and restart workers under load for MINUTES=3, and count what clients lose
	@scripts/bootstrap.sh
	@$(MAKE) --no-print-directory release
	@bench/chaos.py --minutes $(MINUTES)

docs: ## Write the command reference (docs/cli.md) from the binary itself
	@swift build $(STRICT) --product aurora
	@scripts/cli-reference.py "$$(swift build --show-bin-path)/aurora" docs/cli.md

clean: ## Delete what was built (state of a node is not touched)
	@rm -rf .build .build-* .venv .venv-bench
	@echo "deleted .build, .venv and .venv-bench"
