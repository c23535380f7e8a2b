"""Breaks the project on purpose, one place at a time, and tells which test notices.

    python -m tests.breaks [NAME ...]

Each break is made in a copy of the project; the tests below run there until one fails. A break that none notices is
a hole in the tests. What keeps a guest in its bounds (WALLS) has a test of its own for each break, which is the one
that docs/security.md names.
"""
# ruff: noqa: E501

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANALYSIS = "firmware/wasmc/native/analysis/"
VIPER = "firmware/wasmc/native/viper/"
TESTS = (  # those first that notice most for their time
    "tests/unit/test_smith.py::test_crafted", "tests/unit/test_switches.py", "tests/unit/test_expressions.py",
    "tests/unit/test_native.py",
    "tests/unit/test_native_bounds.py", "tests/device/upy_memory.py", "tests/device/upy_engine.py",
    "tests/unit/test_smith.py", "tests/unit/test_bounds.py",
)  # fmt: skip
PARTS = ("firmware", "device_lib", "host_tools", "boards", "tests", "examples", "pyproject.toml")
SIZES = {"WASM_EXPRESSIONS": "100", "WASM_SMITH": "100"}  # of what is random


@dataclass(frozen=True)
class Break:
    """What is wrong, and the text that makes it so in a file. Where it has a ``test`` that one must notice."""

    name: str
    file: str
    old: str
    new: str
    test: str = ""


BREAKS = (
    Break("a constant outlives a write", VIPER + "contents.py", "        self.constants.pop(cell, None)\n", ""),
    Break("what reads a local is not written before it changes", VIPER + "contents.py",
          "bool(value.reads >> cell & 1)", "False"),
    Break("a load passes a store", VIPER + "contents.py", "lambda value: value.memory", "lambda value: False"),
    Break("a global is read after it was set", VIPER + "contents.py",
          "lambda value: value.variables", "lambda value: False"),
    Break("a check outlives the address", ANALYSIS + "bounds.py",
          "    for cell in each(one.writes):\n        known.pop(cell, None)\n", ""),
    Break("a check reaches one byte too far", VIPER + "module.py",
          '"l%d = size - %d" % (end, end - 1)', '"l%d = size - %d" % (end, end - 2)'),
    Break("an access one byte longer than the checked one", VIPER + "accesses.py",
          "if blocks.checked.get(one.b, 0) >= end:", "if blocks.checked.get(one.b, 0) >= end - 1:"),
    Break("a proof reaches one byte too far", VIPER + "limits.py",
          "        if end > self.least:", "        if end > self.least + 1:"),
    Break("a sum's range ends too early", ANALYSIS + "ranges.py",
          "self.low + other.low, self.high + other.high, bits", "self.low + other.low, self.high + other.high - 1, bits"),
    Break("a comparison narrows the wrong branch", ANALYSIS + "spans.py",
          "name = name if taken else OPPOSITE[name]", "name = OPPOSITE[name] if taken else name"),
    Break("a loop is taken to end a turn early", ANALYSIS + "induction.py",
          "return max(-(-(bound - low) // step), 0) + 1", "return max(-(-(bound - low) // step), 0)"),
    Break("alignment is taken from the address without its offset", VIPER + "accesses.py",
          "(span.rest + offset) % unit == 0", "span.rest % unit == 0"),
    Break("a result is not cut to 32 bits", ANALYSIS + "ranges.py",
          "return x.unsigned[1] + y.unsigned[1] < _WORD", "return x.unsigned[1] + y.unsigned[1] < _WORD * 2"),
    Break("a carry is lost", VIPER + "i64.py",
          '"if uint(r) < uint(%s):" % low,', '"if uint(r) < uint(%s) - 1:" % low,'),
    Break("a shift brings one bit too few", VIPER + "i64.py", "    rest = 32 - by\n", "    rest = 31 - by\n"),
    Break("a quotient is left one too small", VIPER + "blocks.py",
          '["if uint(x - r * %s) >= uint(%s):"', '["if uint(x - r * %s) > uint(%s):"'),
    Break("a pair is loaded over its own address", VIPER + "accesses.py",
          "return lines[::-1] if targets[0] == x.text else lines", "return lines"),
    Break("a cell is not written back on the way to a state", ANALYSIS + "cells.py",
          "self.edges[i, to] = out[i] & self.wanted[to]", "self.edges[i, to] = out[i] & self.wanted[to] & ~2"),
    Break("a cell is not written back where an access leaves", ANALYSIS + "cells.py",
          "                    self.exits[at] &= newer", "                    self.exits[at] &= newer & ~2"),
    Break("a jump out of two loops goes on jumping", VIPER + "structure.py", '["go = 0", *jump]', "[*jump]"),
    Break("a row of cases begins one too late", VIPER + "structure.py",
          "- table.first[at]\n", "- table.first[at] + 1\n"),
    Break("an indirect call of any type is taken", VIPER + "module.py",
          " and ptr16(r)[3] == ptr16(code + y)[2]:", ":", "tests/device/test_escapes.py::test_escapes"),
    Break("a call does not look at the end of the stack", VIPER + "blocks.py",
          '"x + %d > limit"', '"x + %d > limit + 400"'),
    Break("a kernel's result is not read", VIPER + "blocks.py",
          'self.assign_if_read(cell, "f[%d]" % cell)', 'self.assign_if_read(cell, "f[%d]" % one.b)'),
    Break("bytes that overlap are copied forwards", "firmware/wasm/kernels/bulk.py",
          "                back = 1\n            if uint(source) > uint(flat)",
          "                back = 0\n            if uint(source) > uint(flat)"),
    Break("a bulk instruction ends one byte beyond memory", "firmware/wasm/kernels/bulk.py",
          "if uint(to) > uint(i) or uint(size) > uint(i - to):\n                s[_ARG] = _BEYOND_MEMORY",
          "if uint(to) > uint(i) or uint(size) > uint(i - to + 1):\n                s[_ARG] = _BEYOND_MEMORY"),
    Break("an access that is in two blocks is made in one", "firmware/wasmc/interpreter/accesses.py",
          '"if x < 7:",', '"if x < 6:",'),
    Break("memory grows beyond its cap", "firmware/wasm/memory.py",
          "if after > most or size > self.cap:", "if after > most:"),
    Break("memory moves while native code holds it", "firmware/wasm/machine.py",
          "    held(_refuel, instance)", "    busy(_refuel, instance)"),
    Break("a loop that stops forgets a cell", VIPER + "writer.py",
          "each(function.cells.stops.get(head, 0))]", "each(function.cells.stops.get(head, 0))][1:]",
          "tests/device/upy_tasks.py::test_any_slice_gives_what_a_call_gives"),
    Break("a loop that goes on runs what stands before it", VIPER + "structure.py",
          'return "not into"', 'return "not into or into"',
          "tests/device/upy_tasks.py::test_any_slice_gives_what_a_call_gives"),
    Break("other calls write over frames that stand still", "firmware/wasm/execution.py",
          "state[TOP] = fp + 4 * _cells(", "state[TOP] = fp + 0 * _cells(",
          "tests/device/upy_tasks.py::test_calls_between_slices_have_frames_of_their_own"),
    Break("a turn without fuel is free", "firmware/wasm/execution.py",
          "state[FUEL] = fuel - self.owed", "state[FUEL] = fuel",
          "tests/device/upy_tasks.py::test_fuel_is_the_same_in_slices"),
    Break("a loop that carries nothing goes round where it stopped", VIPER + "structure.py",
          "if state in cells.resumed:", "if resumed:",
          "tests/unit/test_smith.py::test_crafted[stopped]"),
    Break("what crashes at once begins again for ever", "firmware/wasm/background.py",
          "return again and self._crashes < MOST", "return again",
          "tests/device/upy_background.py::test_three_crashes_in_a_row_are_the_last"),
    Break("Ctrl-C comes in the midst of a guest's turn", "firmware/wasm/background.py",
          "    micropython.kbd_intr(-1)\n", "",
          "tests/hil/test_background.py::test_no_moment_is_a_bad_one[sim]"),
    Break("what runs in the background is lost with a restart", "host_tools/wasmdev/board/board.py",
          "        if self.interrupted:\n            self._put_away()\n", "",
          "tests/hil/test_background.py::test_every_command_interrupts_them_and_they_go_on[sim]"),
    Break("a board is left without its programs", "host_tools/wasmdev/board/board.py",
          "self.link.leave(_GO_ON)", "pass",
          "tests/hil/test_background.py::test_they_run_while_nobody_is_there[sim]"),
    Break("a call goes on at the place before", "firmware/wasm/stops.py",
          "if each == number and", "if each == max(1, number - 1) and",
          "tests/device/upy_snapshot.py::test_a_call_goes_on_in_any_tier"),
    Break("a snapshot forgets a table", "firmware/wasm/snapshot.py",
          "self._into(memoryview(table.cells)[1 : 1 + size], 4 * size)", "self._bytes(4 * size)",
          "tests/device/upy_snapshot.py::test_what_no_call_is_in"),
    Break("the older checkpoint is taken", "firmware/wasm/checkpoint.py",
          "sorted(found, reverse=True)", "sorted(found)",
          "tests/device/upy_checkpoint.py::test_turn_about_and_only_if_something_changed"),
)  # fmt: skip

WASI = "device_lib/wasi/"
WALLS = (
    Break("a path leads out of its folder", WASI + "files.py",
          "            if path == folder.path:\n                raise Refused(NOTCAPABLE)\n", "",
          "tests/device/upy_files.py::test_what_leads_out_of_the_folder"),
    Break("a name that FAT takes for another", WASI + "files.py", "    if 92 in letters:", "    if 0 in letters:",
          "tests/device/upy_files.py::test_names_that_a_file_system_takes_for_others"),
    Break("a file has two names", WASI + "files.py", "        if entry[0].lower() == name.lower():", "        if False:",
          "tests/device/upy_files.py::test_a_file_has_one_name_whatever_the_file_system_makes_of_its_case"),
    Break("a folder to be read can be written to", WASI + "preopen.py",
          '        if grant[2] == "read-write":', "        if True:",
          "tests/device/upy_files.py::test_read_only_means_it"),
    Break("a snapshot brings rights back", WASI + "kept.py",
          "    rights &= folder.inheriting & (FILE_READ | FILE_WRITE)", "    rights &= FILE_READ | FILE_WRITE",
          "tests/device/upy_kept.py::test_a_grant_for_reading_takes_the_right_to_write"),
    Break("a damaged snapshot is taken", "firmware/wasm/snapshot.py",
          "if hash.digest()[:_HASH] != last:", "if False:",
          "tests/device/upy_snapshot.py::test_refused"),
    Break("rights can be taken", WASI + "descriptors.py", "if base & ~entry[1] or inheriting & ~had:", "if False:",
          "tests/device/upy_files.py::test_rights_can_only_be_given_up"),
    Break("the board's programs can be granted", WASI + "grants.py",
          'if path == "/" or path == own or path.startswith(own + "/"):', "if False:",
          "tests/device/upy_files.py::test_what_may_be_granted"),
    Break("what isn't granted is opened", WASI + "table.py",
          "if grant is None or not grant[0].startswith(opens[0]):", "if grant is None:",
          "tests/device/upy_table.py::test_what_is_not_granted_touches_no_hardware"),
    Break("a handle serves another interface", WASI + "table.py", "if entry and entry[0] == interface:", "if entry:",
          "tests/device/upy_conditions.py::test_handles_of_another_kind_closed_and_invented"),
    Break("a handle serves another use", WASI + "table.py", "if entry[1] & right:", "if True:",
          "tests/device/upy_hardware.py::test_an_output_cannot_be_read_nor_an_input_driven"),
    Break("two modules drive one pin", WASI + "claims.py",
          "if held and (way is None or held[0] != way):", "if held and False:",
          "tests/device/upy_table.py::test_what_one_module_holds_is_busy_for_another"),
    Break("a chip that isn't listed is spoken to", WASI + "i2c.py", "return address in bus.addresses", "return True",
          "tests/device/upy_conditions.py::test_not_granted"),
    Break("a pointer leads out of memory", WASI + "table.py",
          "if address < 0 or length < 0 or address + length > len(self.memory):", "if address < 0:",
          "tests/device/upy_conditions.py::test_pointers_and_lengths_beyond_memory"),
    Break("an edge comes after the close", WASI + "gpio.py", "        if self.watched:  # Micro", "        if True:  # Micro",
          "tests/device/upy_edges.py::test_an_edge_that_comes_after_the_close_is_nothing"),
    Break("there is no end of handles", WASI + "table.py",
          "        if self._lowest() == MOST:\n            from .files", "        if False:\n            from .files",
          "tests/device/upy_files.py::test_handles_run_out"),
    Break("files grow beyond their limit", WASI + "files.py",
          "if size > 0 and self._used + size > self.limit:", "if False:",
          "tests/device/upy_files.py::test_a_limit_on_all_files"),
    Break("output goes beyond its rate", WASI + "streams.py", "        if self._saved < 0:", "        if False:",
          "tests/device/upy_preview1.py::test_output_keeps_to_its_rate"),
    Break("output is taken for the board's own", WASI + "driven.py", "if byte == 4 or byte == 13 or byte == 16:",
          "if byte == 13:", "tests/device/upy_driven.py::test_output_is_escaped"),
    Break("the fuel never ends", "firmware/wasm/machine.py", "        state[LEFT] = left - 1", "        state[LEFT] = left",
          "tests/device/upy_engine.py::test_fuel_stops_an_endless_loop_each_time"),
    Break("frames go on beyond the stack", "firmware/wasmc/interpreter/calls.py",
          "if a + (ptr16(x)[0] << 2) > limit:", "if False:",
          "tests/device/upy_engine.py::test_endless_recursion_is_a_trap"),
    Break("a tail call's frame ends beyond the stack", "firmware/wasmc/interpreter/calls.py",
          "if int(f) + (ptr16(x)[0] << 2) > limit:", "if False:",
          "tests/device/upy_engine.py::test_endless_recursion_is_a_trap"),
    Break("a function is called as another type", "firmware/wasmc/interpreter/calls.py",
          '"if ptr16(x)[3] != ptr16(p)[2]:",', '"if False:",', "tests/device/test_escapes.py::test_escapes"),
    Break("an access one byte beyond memory", "firmware/wasmc/interpreter/accesses.py",
          '*expand("    if %s{U:x} > {U:ptr32(a)[0]}:" % wraps, words.bits),',
          '*expand("    if %s{U:x} > {U:ptr32(a)[0] + 1}:" % wraps, words.bits),',
          "tests/unit/test_bounds.py::test_the_same_accesses_trap"),
    Break("an operand is of any type", "firmware/wasmc/validation/stacks.py",
          "if actual != expected and actual and expected:", "if False:", "tests/unit/test_validate.py::test_code"),
    Break("native code of another image is run", "firmware/wasm/native.py", "if code.TAG != digest:", "if False:",
          "tests/unit/test_native.py::test_code_of_another_image_is_refused"),
    Break("an image that is cut short is run", "firmware/wasm/image.py",
          "if len(numbers) != head[_NUMBERS] or len(names) != head[_NAMES]:", "if False:",
          "tests/device/upy_damage.py::test_a_cut_image_is_refused_or_lacks_only_places"),
    Break("what got damaged is run", "host_tools/wasmdev/app/apps.py",
          'if there is None or (there != wanted and not there.startswith("crc32:")):', "if there is None:",
          "tests/hil/test_damage.py::test_it_is_not_run_and_is_mended"),
    Break("what got damaged starts at power-up", "firmware/wasm/damage.py",
          "if hexlify(digest(place)).decode() != wanted:", "if False:",
          "tests/hil/test_damage.py::test_it_does_not_start_at_power_up"),
    Break("crashes at power-up go on", "firmware/wasm/boot.py", "if before >= MOST:", "if False:",
          "tests/hil/test_boot.py::test_three_crashes_in_a_row_stop_it_until_it_is_flashed_again"),
    Break("an answer has no end", "host_tools/wasmdev/board/link.py",
          "if max(map(len, streams)) > _MOST or (longest is not None and now > began + longest):", "if False:",
          "tests/unit/test_answers.py::test_an_answer_that_is_too_long_is_given_up"),
    Break("an answer is of any shape", "host_tools/wasmdev/board/literals.py", "if not fits(value, shape):", "if False:",
          "tests/unit/test_answers.py::test_a_value_of_another_shape_is_refused"),
    Break("a terminal obeys what a name says", "host_tools/wasmdev/console.py",
          "    if not text.isprintable():\n", "    if False:\n", "tests/unit/test_console.py::test_what_is_escaped"),
    Break("the simulated board opens the desk's files", "boards/sim/wasmdev_sim/jail.py",
          "    _keep_to_folders(libc, readable, writable, runnable)\n", "",
          "tests/hil/test_sim_jail.py::test_not_even_the_modules_behind_lead_out"),
    Break("a machine of qemu's opens the desk's files", "boards/qemu/wasmdev_qemu/launch.py",
          "module.confine(", "print(", "tests/qemu/test_jail.py::test_the_hosts_files_are_not_there"),
)  # fmt: skip


def main() -> None:
    wanted = sys.argv[1:]
    unnoticed = 0
    for each in BREAKS + WALLS:
        if wanted and not any(word in each.name for word in wanted):
            continue
        start = time.monotonic()
        test = noticed(each)
        unnoticed += not test
        print(f"{each.name}: {test or 'NOBODY NOTICED'} ({time.monotonic() - start:.0f} s)", flush=True)
    sys.exit(unnoticed)


def noticed(each: Break) -> str:
    """The test that fails where the project is broken in this way; nothing if none does."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
            else:
                shutil.copy(source, copy / part)
        (copy / "build").mkdir()
        (copy / "build" / "firmware").symlink_to(ROOT / "build" / "firmware")
        path = copy / each.file
        text = path.read_text()
        assert text.count(each.old) == 1, f"{each.name}: {each.file} has changed"
        path.write_text(text.replace(each.old, each.new))
        folders = [copy / folder for folder in ("host_tools", "firmware", "boards/sim", "boards/pico", "boards/qemu", ".")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders)), **SIZES}
        tests = [each.test] if each.test else [test for test in TESTS if (copy / test.partition("::")[0]).exists()]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
        found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        return found[1] if found and done.returncode else ""


if __name__ == "__main__":
    main()
