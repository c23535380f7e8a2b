# Everything runs in .venv, which the first target that needs it makes from nothing but Python.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# The emulated Pico is among the boards to test on where its firmware can be built.
PICO := $(if $(shell command -v arm-none-eabi-gcc),firmware)
# So is a RISC-V computer.
VIRT := build/firmware/virt_rv32.elf
RISCV := $(if $(shell command -v riscv64-unknown-elf-gcc),$(VIRT))
PORT ?= sim

.DEFAULT_GOAL := help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with wasmdev and all that its tests need

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[build]' --group dev
	@touch $@

firmware: $(READY) ## build MicroPython for the Pico from Debian's sources, stock and with the runtime frozen in
	$(BIN)/python -m firmware.rp2040.build build/firmware

qemu: $(VIRT) ## build MicroPython for the RISC-V computer that qemu emulates

$(VIRT): $(READY) firmware/debian.py firmware/qemu/build.py
	$(BIN)/python -m firmware.qemu.build $(@D)

demo: $(READY) ## flash the examples to the simulated board: a pin that blinks, a thermometer, a weather station
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh $(PORT)

test: $(READY) $(PICO) $(RISCV) lint ## all tests, on 64-bit and 32-bit MicroPython
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/mypy

spec: $(READY) ## the official test suite in MicroPython; its folder is in WASM_SPEC
	$(BIN)/python -m tests.spec.run --bits 64
	$(BIN)/python -m tests.spec.run --bits 32

bench: $(READY) $(PICO) ## time both tiers against plain MicroPython, viper by hand, C and wasm3; starts, calls, a push
	$(BIN)/python -m tests.bench --bits 64
	$(BIN)/python -m tests.bench --bits 32
	@$(BIN)/python -m pip install --quiet --group peers 2>/dev/null || true
	$(BIN)/python -m tests.bench.desk_wasm3
	$(if $(PICO),$(BIN)/python -m tests.bench --port pico)
	$(if $(PICO),$(BIN)/python -m tests.bench.start)
	$(BIN)/python -m tests.bench.push --port $(if $(PICO),pico,sim)

footprint: $(READY) $(PICO) ## bytes of each file of the runtime; RAM and time that it takes on an emulated Pico
	$(BIN)/python -m tests.bench.footprint

hil: $(READY) $(PICO) ## the tests that need a board, on PORT (sim, pico, /dev/ttyACM0, ...; WIRING=FILE)
	$(BIN)/python -m pytest tests/hil --port $(PORT) $(if $(WIRING),--wiring $(WIRING))

soak: $(READY) $(PICO) ## the long form of those: 200 times flash and run, 1,000 assertions of the test suite
	$(BIN)/python -m pytest tests/hil --port $(PORT) --soak -k "again_and_again or sample or packages"

modules: $(READY) $(PICO) ## run modules of npm on the emulated Pico, write docs/modules.md
	$(BIN)/python -m tests.thirdparty

examples: $(READY) ## build the example modules again from their sources
	$(BIN)/python examples/build.py

clean: ## remove what the other targets made
	rm -rf .venv build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis

.PHONY: help setup firmware qemu demo test lint spec bench footprint hil soak modules examples clean
