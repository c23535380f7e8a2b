# Everything runs in .venv, which the first target that needs it makes from nothing but Python.
PYTHON ?= python3
BIN := .venv/bin
# What the demo needs is a sixth of what the tests need; the second comes on top of the first.
RUNS := .venv/.runs
READY := .venv/.ready
# Shows what pip gets as it gets it, and fails if pip does.
SHOWN = { $(1) || echo failed; } | while read -r what which rest; do case "$$what $$which" in \
	"Collecting "*|"Processing "*) which=$${which\#\#*/}; which=$${which%%-[0-9]*}; echo "  gets $${which%%[<>=~!;[]*}";; \
	"Installing build") case $$rest in *started) echo "  gets what builds it"; esac;; \
	"Installing collected") echo "  installs";; \
	failed*) exit 1; esac; done
PIP := $(BIN)/python -m pip --disable-pip-version-check install
# The emulated Pico is among the boards to test on where its firmware can be built.
PICO := $(if $(shell command -v arm-none-eabi-gcc),firmware)
# So are computers with other processors.
MACHINES := xtensa riscv cortex-m cortex-m3
QEMU := $(if $(and $(PICO),$(shell command -v riscv64-unknown-elf-gcc),$(shell command -v xtensa-lx106-elf-gcc)),build/firmware/.machines)
PORT ?= sim
# Tests wait for boards and compilers: two for each processor keep them at work.
JOBS ?= $(shell $(PYTHON) -c 'import os; print(max(2, os.cpu_count() * 2))')

.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with wasmdev and all that its tests need

$(RUNS): pyproject.toml
	@echo "puts wasmdev and what it needs into .venv: 113 MB, half a minute to a minute"
	@$(PYTHON) -m venv .venv
	@$(call SHOWN,$(PIP) --upgrade pip)
	@$(call SHOWN,$(PIP) --editable .)
	@touch $@

$(READY): $(RUNS)
	@echo "puts a C compiler and what the tests need into .venv as well: 560 MB, one to two minutes"
	@$(call SHOWN,$(PIP) --editable '.[build]' --group dev)
	@$(BIN)/python -m firmware.rp2040.emulator
	@touch $@

firmware: $(READY) ## build MicroPython for the Pico from Debian's sources, stock and with the runtime frozen in
	$(BIN)/python -m firmware.rp2040.build build/firmware

qemu: build/firmware/.machines ## build MicroPython for an Xtensa, a RISC-V and two Cortex-M that qemu emulates

build/firmware/.machines: $(READY) firmware/debian.py $(wildcard $(addprefix firmware/qemu/,*.py port/* port/*/*) boards/*/device/*.py)
	$(BIN)/python -m firmware.qemu.build $(@D)
	@touch $@

demo: $(RUNS) ## flash the examples to the simulated board: a pin that blinks, a thermometer, a weather station
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh $(PORT)

test: $(READY) $(PICO) $(QEMU) lint ## all tests, on 64-bit and 32-bit MicroPython
	$(BIN)/python -m pytest -n $(JOBS) --dist load --maxschedchunk 1

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/mypy

spec: $(READY) ## the official test suite, lowered here and on MicroPython, or on PORT; its folder is in WASM_SPEC
ifneq ($(filter $(MACHINES),$(PORT)),)
	$(BIN)/python -m tests.spec.run --port $(PORT)
	$(BIN)/python -m tests.spec.run --port $(PORT) --native
else
	$(BIN)/python -m tests.spec.run --bits 64
	$(BIN)/python -m tests.spec.run --bits 32
	$(BIN)/python -m tests.spec.run --bits 64 --raw
	$(BIN)/python -m tests.spec.run --bits 32 --raw
endif

bench: $(READY) $(PICO) ## time both tiers against plain MicroPython, viper by hand, C and wasm3; starts, calls, a push
	$(BIN)/python -m tests.bench --bits 64
	$(BIN)/python -m tests.bench --bits 32
	@$(BIN)/python -m pip install --quiet --group peers 2>/dev/null || true
	$(BIN)/python -m tests.bench.desk_wasm3
	$(if $(PICO),$(BIN)/python -m tests.bench --port pico)
	$(if $(PICO),$(BIN)/python -m tests.bench.start)
	$(if $(PICO),$(BIN)/python -m tests.bench.bulk)
	$(if $(PICO),$(BIN)/python -m tests.bench.slices)
	$(BIN)/python -m tests.bench.push --port $(if $(PICO),pico,sim)

footprint: $(READY) $(PICO) ## bytes of each file of the runtime; RAM and time that it takes on an emulated Pico
	$(BIN)/python -m tests.bench.footprint

hil: $(READY) $(PICO) ## the tests that need a board, on PORT (sim, pico, /dev/ttyACM0, ...; WIRING=FILE)
	$(BIN)/python -m pytest tests/hil --port $(PORT) $(if $(WIRING),--wiring $(WIRING))

soak: $(READY) $(PICO) ## their long form, and hours of random programs: 20,000 expressions, 10,000 functions of viper, 2,000 of csmith
	$(BIN)/python -m pytest tests/hil tests/programs --port $(PORT) --soak \
		-k "again_and_again or sample or packages or programs"
	$(BIN)/python -m pytest tests/hil --soak -m long_on
	WASM_EXPRESSIONS=20000 WASM_SMITH=2000 WASM_KERNELS=2000 WASM_THIRDPARTY=4 $(BIN)/python -m pytest -n auto \
		tests/unit/test_expressions.py tests/unit/test_smith.py tests/unit/test_kernels_*.py tests/thirdparty
	WASM_VIPER=10000 $(BIN)/python -m pytest -n auto tests/unit/test_viper_functions.py tests/qemu/test_viper.py
	$(BIN)/python -m tests.csmith

modules: $(READY) $(PICO) ## run modules of npm on the emulated Pico, write docs/modules.md
	$(BIN)/python -m tests.thirdparty

docs: $(READY) ## write what is made in the pages about the interfaces, from the WIT and the bindings
	$(BIN)/python -m docs.generator

examples: $(READY) ## build the example modules again from their sources
	$(BIN)/python examples/build.py

clean: ## remove what the other targets made
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis

.PHONY: help setup firmware qemu demo test lint spec bench footprint hil soak modules docs examples clean
