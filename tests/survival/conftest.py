"""Processes to be killed, and places that are full or cannot be written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


def wait_until(happened, seconds=60.0):
    """Look again and again until it is true; the machine may be slow, but not for ever."""
    deadline = time.monotonic() + seconds
    while not (answer := happened()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)
    return answer


@pytest.fixture
def until():
    return wait_until


class Child:
    """Another Python process that talks in lines."""

    def __init__(self, code, environ, cwd, arguments=()):
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env=environ,
        )  # fmt: skip
        self.pid = self.process.pid

    def hear(self):
        """Read one line."""
        line = self.process.stdout.readline().strip()
        if not line:
            self.process.wait(60)
            pytest.fail(f"the child ended with {self.process.returncode}: {self.process.stderr.read()}")
        return line

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.wait(60)

    def finish(self):
        """Wait for its end and return the rest of what it said."""
        out, err = self.process.communicate(timeout=240)
        assert self.process.returncode == 0, err
        return out


@pytest.fixture
def child(home, tmp_path):
    """Start a process with this store; whatever still lives at the end is killed."""
    born = []

    def start(code, *arguments, **environ):
        everything = os.environ | {"TRACKBOOK_STORE": str(home.location.file), **environ}
        born.append(Child(code, everything, tmp_path, arguments))
        return born[-1]

    yield start
    for one in born:
        one.kill()
        for pipe in (one.process.stdin, one.process.stdout, one.process.stderr):
            pipe.close()


class Nursery:
    """Gives birth to processes that log, merge or decide until they are killed."""

    def __init__(self, *preload):
        code = Path(__file__).with_name("zygote.py")
        self._mother = subprocess.Popen(
            [sys.executable, code, *preload], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._mother.stdout.readline() == "ready\n"

    def bear(self, do, store, report, about=""):
        order = {"do": do, "store": str(store.location.file), "report": str(report), "about": about}
        self._mother.stdin.write(json.dumps(order) + "\n")
        self._mother.stdin.flush()
        return int(self._mother.stdout.readline())

    def end(self):
        self._mother.stdin.close()
        self._mother.wait(60)
        self._mother.stdout.close()


def returned(report):
    """What a child has written down: kind -> values, in order."""
    found = {}
    text = report.read_text() if report.exists() else ""
    for line in text[: text.rfind("\n") + 1].splitlines():
        kind, value = line.split(" ", 1)
        found.setdefault(kind, []).append(value)
    return found


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture(scope="session")
def nursery():
    """Mothers of processes, one a kind, each made when asked for first."""
    mothers = {}

    def nursery(*preload):
        if preload not in mothers:
            mothers[preload] = Nursery(*preload)
        return mothers[preload]

    nursery.returned, nursery.is_gone = returned, is_gone
    yield nursery
    for mother in mothers.values():
        mother.end()


def mount(*arguments):
    if subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")


@pytest.fixture
def disk(tmp_path):
    """A file system of its own: call it with a size to make it or to change it."""
    place = tmp_path / "disk"

    def change(option):
        if not place.exists():
            place.mkdir()
            mount("-t", "tmpfs", "-o", option, "tmpfs", place)
        else:
            mount("-o", f"remount,{option}", place)
        return place

    yield change
    subprocess.run(["umount", "-l", place], capture_output=True, check=False)


@pytest.fixture
def read_only(tmp_path):
    """Show a folder at another place, where nobody can write, not even root."""
    place = tmp_path / "shown"

    def show(folder):
        place.mkdir()
        mount("--bind", folder, place)
        mount("-o", "remount,bind,ro", place)
        return place

    yield show
    subprocess.run(["umount", "-l", place], capture_output=True, check=False)
