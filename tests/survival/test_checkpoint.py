"""Death in the middle of a checkpoint: half a block is written, and the file opens all the same."""

from __future__ import annotations

import os
import random
import shutil
import signal

import duckdb
import pytest

import trackbook as tb
from trackbook.errors import StoreHeld
from trackbook.store import keeper_of, verify_store
from trackbook.store.checkpoints import ONLY_OURS, checkpoint, is_torn, log_bytes, undo_path
from trackbook.store.decisions import delete_run, restore_run
from trackbook.store.descriptors import let_go
from trackbook.tracking.start import start_run, use_store

HEAD, BLOCK, PAGE = 12_288, 262_144, 4096


@pytest.fixture
def file(home, monkeypatch):
    """A store whose newest runs are in DuckDB's log only, because nothing checkpoints it."""
    monkeypatch.setattr("trackbook.store.database.settle", lambda db, path: None)
    with home.asking():
        pass
    keeper_of(home).stop()  # which merges in the background
    return home.location.file


def log_some(home, names):
    for name in names:
        with start_run(name, store=home) as run:
            run.log_params({"lr": 0.1, "text": name * 50})
            run.log_metrics({"loss": 0.5, f"of {name}": 1.0})
    home.merge()


def names(home):
    with home.asking() as db:
        return [name for (name,) in db.execute("SELECT name FROM runs ORDER BY started_at, run_id").fetchall()]


def tear(file, dice):
    """Checkpoint, and leave what a kill in its last block would have left: new blocks, half a block, the old header."""
    log = file.with_name(f"{file.name}.wal")
    before, log_before = file.read_bytes(), log.read_bytes()
    with duckdb.connect(str(file)) as db:
        db.execute(ONLY_OURS)
        checkpoint(db, file)
        blocks = [block for (block,) in db.execute("SELECT block_id FROM pragma_metadata_info()").fetchall()]
    let_go(file)
    torn = bytearray(file.read_bytes())
    torn[:HEAD] = before[:HEAD]
    torn += before[len(torn) :]  # a file is cut only after the new header
    rewritten = 0
    for block in blocks:
        start, end = HEAD + block * BLOCK, HEAD + (block + 1) * BLOCK
        if end <= len(before) and torn[start:end] != before[start:end]:
            changed = [at for at in range(start, end, PAGE) if torn[at : at + PAGE] != before[at : at + PAGE]]
            # The checksum is in the first page: whatever is old behind it makes the block a torn one.
            cut = dice.randint(changed[0] + PAGE, changed[-1]) if len(changed) > 1 else start + 8
            torn[cut:end] = before[cut:end]
            rewritten += 1
    file.write_bytes(torn)
    log.write_bytes(log_before)
    return rewritten


def test_a_checkpoint_that_was_cut_in_the_middle_of_a_block_is_undone_and_nothing_is_lost(home, file):
    dice = random.Random(7)
    logged, torn = [], 0
    for number in range(8):
        fresh = [f"run {number}.{at}" for at in range(dice.randint(1, 4))]
        log_some(home, fresh)
        logged += fresh
        if number % 3 == 2:
            change = restore_run if number == 5 else delete_run
            change(home, logged[0], actor="ana")
        if tear(file, dice) and is_torn(file):
            torn += 1
            with pytest.raises(duckdb.Error, match="checksum"):
                duckdb.connect(str(file))
        assert names(home) == (logged[1:] if number in {2, 3, 4} else logged)
        assert verify_store(home) == []
        with duckdb.connect(str(file)):
            pass  # a checkpoint that comes to its end
    assert torn > 3, "hardly anything was torn"


def test_the_copy_of_a_checkpoint_that_came_to_its_end_is_never_used(home):
    log_some(home, ["first"])
    log_some(home, ["second"])
    assert undo_path(home.location.file).exists()
    assert not is_torn(home.location.file)
    assert log_bytes(home.location.file) == 0
    assert names(home) == ["first", "second"]


@pytest.mark.parametrize("wrong", ["nothing", "the beginning", "another end", "something else"])
def test_a_copy_that_is_not_whole_is_no_copy(home, file, wrong):
    log_some(home, ["first"])
    tear(file, random.Random(1))
    log_some(home, ["second"])
    with duckdb.connect(str(file)) as db:
        db.execute(ONLY_OURS)
        checkpoint(db, file)
    let_go(file)
    whole = file.read_bytes()
    copy = undo_path(file).read_bytes()
    undo_path(file).write_bytes(
        {
            "nothing": b"",
            "the beginning": copy[: len(copy) // 2],
            "another end": copy[:-1] + bytes([copy[-1] ^ 1]),
            "something else": os.urandom(len(copy)),
        }[wrong]
    )
    assert not is_torn(file)
    assert names(home) == ["first", "second"]
    assert file.read_bytes()[HEAD:] == whole[HEAD:]


def test_a_torn_store_in_a_folder_that_cannot_be_written_is_read_from_a_copy(home, file, read_only):
    log_some(home, ["first"])
    with duckdb.connect(str(file)):
        pass  # brings the log into the file
    log_some(home, ["second"])
    assert tear(file, random.Random(3))
    assert is_torn(file)
    shown = use_store(read_only(file.parent) / file.name)
    assert names(shown) == ["first", "second"]
    assert is_torn(file)


def test_what_a_user_wrote_through_a_connection_stays_in_the_log_until_one_of_us_brings_it_in(home):
    log_some(home, ["first"])
    with tb.connect() as db:
        db.execute("CREATE TABLE mine AS SELECT 42 AS answer")
    assert log_bytes(home.location.file)
    assert names(home) == ["first"]
    assert log_bytes(home.location.file) == 0
    with home.asking() as db:
        assert db.execute("SELECT answer FROM mine").fetchall() == [(42,)]


def test_without_room_for_the_copy_the_log_keeps_everything_until_there_is_some(home):
    log_some(home, ["first"])
    undo = undo_path(home.location.file)
    undo.unlink()
    undo.mkdir()  # as good as a full disk: nothing can be written there
    log_some(home, ["second"])
    assert log_bytes(home.location.file)
    assert names(home) == ["first", "second"]
    undo.rmdir()
    assert names(home) == ["first", "second"]
    assert log_bytes(home.location.file) == 0


CHECKPOINTS = """
import sys
import duckdb
from pathlib import Path
from trackbook.store import checkpoints
file = Path(sys.argv[1])
db = duckdb.connect(str(file), config={"checkpoint_threshold": "1TB"})
db.execute(checkpoints.ONLY_OURS)
keep = checkpoints._keep
def and_say_so(*arguments):
    keep(*arguments)
    print("now", flush=True)
checkpoints._keep = and_say_so
sys.stdin.readline()
number = 0
while True:
    number += 1
    db.execute(f"CREATE OR REPLACE VIEW counted AS SELECT {number} AS number")
    checkpoints.checkpoint(db, file)
"""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("rounds", [4, pytest.param(100, marks=pytest.mark.long)])
def test_whoever_is_killed_in_a_checkpoint_leaves_a_file_that_opens(home, child, rounds):
    log_some(home, ["before"])
    dice = random.Random(rounds)
    for _ in range(rounds):
        killed = child(CHECKPOINTS, home.location.file)
        killed.say("go")
        for _ in range(dice.randint(2, 6)):
            assert killed.hear() == "now"
        let_time_pass(dice.uniform(0.0, 0.0015))
        os.kill(killed.pid, signal.SIGKILL)
        killed.process.wait(60)
        assert names(home) == ["before"]
        assert verify_store(home) == []


def let_time_pass(seconds):
    """The moment of a death is drawn by lot; nothing waits for anything here."""
    from threading import Event

    Event().wait(seconds)


def test_a_store_that_moved_with_its_folder_is_mended_where_it_is_now(home, file, tmp_path):
    log_some(home, ["first"])
    with duckdb.connect(str(file)):
        pass
    log_some(home, ["second"])
    assert tear(file, random.Random(5))
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in file.parent.glob(f"{file.name}*"):
        shutil.move(path, moved / path.name)
    assert names(use_store(moved / file.name)) == ["first", "second"]


HOLDS = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_torn_file_that_another_program_has_is_left_to_it(home, file, child):
    log_some(home, ["first"])
    with duckdb.connect(str(file)):
        pass
    log_some(home, ["second"])
    assert tear(file, random.Random(9))
    torn = file.read_bytes()
    holder = child(HOLDS, file)
    assert holder.hear() == "held"
    with pytest.raises(StoreHeld, match=str(holder.pid)):
        names(home)
    assert file.read_bytes() == torn
    holder.say("done")
    holder.finish()
    assert names(home) == ["first", "second"]
