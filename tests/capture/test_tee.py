"""What C code and child processes write counts as the cell's, however slowly the kernel's thread reads it."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from trackbook.capture.tee import flush_streams


@pytest.fixture
def pipe():
    """The pipe behind a kernel's stdout: where it is read, where it is written."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def flush(read_end, monkeypatch):
    """Flush as at a cell's end, and tell whether everything had been read by then."""
    stream = SimpleNamespace(_fid=read_end, write=len, flush=lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        flush_streams()
        return not select.select([read_end], [], [], 0)[0]


def test_the_cell_waits_for_a_thread_that_a_busy_machine_keeps_from_reading(pipe, monkeypatch):
    read_end, write_end = pipe
    os.write(write_end, b"c level\n")

    def late():
        time.sleep(0.1)  # far longer than such a thread takes on an idle machine
        os.read(read_end, 1000)

    reader = threading.Thread(target=late)
    reader.start()
    assert flush(read_end, monkeypatch)
    reader.join()


def test_the_cell_does_not_wait_for_a_child_that_goes_on_writing(pipe, monkeypatch):
    read_end, write_end = pipe
    done = threading.Event()

    def child():
        while not done.wait(0.0005):
            os.write(write_end, b"more\n")

    os.write(write_end, b"more\n")
    writer = threading.Thread(target=child)
    writer.start()
    assert not flush(read_end, monkeypatch)  # nobody reads, and it returns
    done.set()
    writer.join()
