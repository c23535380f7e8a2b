"""A program with a libc, built by an ordinary compiler and not changed for boards, uses files in MicroPython."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import wasmc

from tests.device.script import run

PROGRAM = r"""
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char line[64];
    struct stat stat_of;
    FILE *file = fopen("/data/log.txt", "w");
    fprintf(file, "%s %s %d\n", argv[0], argv[1], argc);
    fclose(file);
    file = fopen("/data/log.txt", "a+");
    fputs("second\n", file);
    rewind(file);
    while (fgets(line, sizeof line, file))
        printf("read %s", line);
    fclose(file);
    stat("/data/log.txt", &stat_of);
    printf("size %d, %s\n", (int)stat_of.st_size, getenv("WHO"));
    mkdir("/data/sub", 0777);
    rename("/data/log.txt", "/data/sub/old.txt");
    DIR *dir = opendir("/data/sub");
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            printf("entry %s %d\n", entry->d_name, entry->d_type == DT_REG);
    closedir(dir);
    file = fopen("/data/../secret", "r");
    printf("outside %s\n", file ? "open" : strerror(errno));
    file = fopen("/etc/passwd", "r");
    printf("elsewhere %s\n", file ? "open" : strerror(errno));
    printf("gone %d %d\n", unlink("/data/sub/old.txt"), rmdir("/data/sub"));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    usleep(2000);
    printf("later %d\n", now.tv_sec > 1600000000);
    return 7;
}
"""
SCRIPT = """
import sys, wasm
app = wasm.load(sys.argv[1], grants={"/data": ("folder", sys.argv[2], "read-write")}, args=("first",),
                env={"WHO": "me"})
print("exit", app.run())
"""
EXPECTED = """read app first 2
read second
size 19, me
entry old.txt 1
outside Capabilities insufficient
elsewhere No such file or directory
gone 0 0
later 1
exit 7
"""


@pytest.mark.parametrize("bits", [64, 32])
def test_a_program_with_files(bits: int, tmp_path: Path) -> None:
    source, binary, script = (tmp_path / name for name in ("app.c", "app.wasm", "app.py"))
    source.write_text(PROGRAM)
    script.write_text(SCRIPT)
    flags = ["-target", "wasm32-wasi", "-Os", "-Wl,-s", "-Wl,-z,stack-size=32768", "-Wl,--initial-memory=131072"]
    subprocess.run([sys.executable, "-m", "ziglang", "cc", *flags, "-o", str(binary), str(source)], check=True)
    image = tmp_path / "app.img"
    image.write_bytes(wasmc.compile(binary.read_bytes()))
    code, output = run(script, str(image), str(tmp_path / "data"), bits=bits, heap="600k")
    assert (code, output) == (0, EXPECTED)
    assert list((tmp_path / "data").iterdir()) == []
