"""How far a run is, and what it takes of its machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from tqdm import tqdm

from trackbook.store.control import ControlState
from trackbook.tracking.progress import Pace, Progress, find_progress, tqdm_progress
from trackbook.tracking.system import SystemWatch


@pytest.fixture
def bar():
    """Make bars that write nowhere; what is left open is closed."""
    open_bars = []

    def make(*arguments, **how):
        open_bars.append(tqdm(*arguments, file=open(os.devnull, "w"), **how))  # noqa: SIM115, PTH123
        return open_bars[-1]

    yield make
    for each in open_bars:
        each.close()


def page(done, total):
    return ControlState("run", asks=True, stop_requested=False, stopped=False, done=done, total=total)


def test_a_progress_bar_is_seen_with_its_words(bar):
    began = time.time()
    each = bar(range(50), desc="epoch: ", mininterval=0)
    each.update(13)
    assert tqdm_progress(began) == Progress(13, 50, "epoch", "step")


def test_of_nested_bars_the_outer_one_counts(bar):
    began = time.time()
    outer = bar(total=10, desc="epochs", unit="epoch")
    bar(total=1000, desc="batches").update(500)
    outer.update(2)
    assert tqdm_progress(began) == Progress(2, 10, "epochs", "epoch")


def test_a_bar_that_did_not_move_since_the_run_began_is_not_its(bar):
    bar(total=10).update(5)
    assert tqdm_progress(time.time() + 60) is None


def test_a_bar_without_an_end_counts_only(bar):
    began = time.time()
    bar(desc="<b>steps</b>").update(3)
    assert tqdm_progress(began) == Progress(3, None, "<b>steps</b>", "step")


def test_a_closed_bar_and_a_silent_one_are_not_seen(bar):
    began = time.time()
    bar(total=3).close()
    bar(total=3, disable=True)
    assert tqdm_progress(began) is None


def test_who_does_not_use_tqdm_need_not_have_it():
    code = "import sys; from trackbook.tracking.progress import tqdm_progress as look; print(look(0), 'tqdm' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "None False\n"
    )


def test_the_loop_itself_knows_best_and_a_bar_round_it_names_it(bar):
    began = time.time()
    assert find_progress(page(7, 50), began, own=True) == Progress(7, 50)
    bar(total=50, desc="epoch").update(6)
    assert find_progress(page(7, 50), began, own=True) == Progress(7, 50, "epoch", "step")
    assert find_progress(page(7, 50), began, own=False) == Progress(7, 50)


def test_nothing_known_is_no_progress():
    assert find_progress(None, 0.0, own=False) is None
    assert find_progress(page(0, None), 0.0, own=False) is None
    assert find_progress(page(4, None), 0.0, own=False) == Progress(4, None)


def test_the_time_left_comes_from_the_pace():
    pace = Pace()
    assert pace.left(Progress(0, 10), now=100.0) is None
    assert pace.left(Progress(2, 10), now=104.0) == pytest.approx(16.0)
    assert pace.left(Progress(10, 10), now=120.0) == 0.0


def test_a_loop_that_hangs_has_more_and_more_time_left():
    pace = Pace()
    pace.left(Progress(0, 10), now=0.0)
    first = pace.left(Progress(5, 10), now=5.0)
    assert pace.left(Progress(5, 10), now=50.0) > first


def test_another_loop_has_a_pace_of_its_own():
    pace = Pace()
    pace.left(Progress(0, 10), now=0.0)
    pace.left(Progress(9, 10), now=9.0)
    assert pace.left(Progress(1, 10), now=10.0) is None


def test_this_process_takes_memory_and_time():
    watch = SystemWatch()
    watch.look()
    deadline = time.monotonic() + 30
    while (use := watch.look()).cpu <= 0 and time.monotonic() < deadline:
        sum(range(200_000))
    assert use.cpu > 0
    assert use.memory > 10_000_000


def test_a_process_that_is_gone_takes_nothing():
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait(60)
    assert SystemWatch(done.pid).look() is None
