"""What the recorder hears of a cell, and what the user sees when something of ours is wrong."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kernel import Kernel


def _noted(kernel: Kernel, what: str = "noted[-1]") -> dict:
    return ast.literal_eval(kernel.run(f"print({what})", store_history=False).text())


@pytest.mark.parametrize(
    ("body", "ended_by", "value"),
    [
        pytest.param("21 * 2", "cell", 42, id="a value"),
        pytest.param("21 * 2;", "cell", 42, id="a silenced value"),
        pytest.param("x = 5", "cell", "_Missing", id="no value"),
        pytest.param("import asyncio\nawait asyncio.sleep(0, 7)", "cell", 7, id="await"),
        pytest.param("import asyncio\nawait asyncio.sleep(0, 7);", "cell", 7, id="await, silenced"),
        pytest.param(
            "get_ipython().run_cell('99');\nx = 1;", "cell", "_Missing", id="a nested cell's value is not ours"
        ),
        pytest.param("%%time\n6", "cell", 6, id="below a cell magic"),
        pytest.param("1 / 0", "error", "_Missing", id="an error"),
        pytest.param("1 = 2", "error", "_Missing", id="a syntax error"),
        pytest.param("raise SystemExit", "error", "_Missing", id="SystemExit"),
        pytest.param("raise KeyboardInterrupt", "interrupt", "_Missing", id="an interrupt"),
        pytest.param(
            "import asyncio\nprint('started')\nwhile True:\n    await asyncio.sleep(0.05)",
            "interrupt",
            "_Missing",
            id="an interrupted await",
        ),
    ],
)
def test_the_recorder_hears_how_a_cell_ended(shared, body, ended_by, value):
    shared.run(f"%%track\n{body}", interrupt_at="started")
    noted = _noted(shared)
    assert (noted["ended_by"], noted["value"]) == (ended_by, value)
    assert noted["succeeded"] == (ended_by == "cell")


def test_the_recorder_hears_which_cell_it_was(shared):
    done = shared.run(
        "\n  %%track {label} # why\n  x = 1\n  1 / 0", metadata={"cellId": "c7"}, expressions={"n": "len(In) - 1"}
    )
    noted = _noted(shared)
    assert noted["name"] == "{label}"
    assert noted["source"] == "\n\nx = 1\n1 / 0"
    assert noted["cell_id"] == "c7"
    assert noted["position"] == done.reply["execution_count"]
    assert "line 3" in noted["traceback"]
    assert "\x1b" not in noted["traceback"]


def test_options_know_the_user_s_variables_and_none_of_ours(shared):
    shared.run("seed, shell, text = 3, 'mine', 'also mine'")
    shared.run("%%track 'run {seed + 1} {shell} $text'")
    assert _noted(shared)["name"] == "run 4 mine also mine"


@pytest.mark.parametrize(
    ("code", "tags", "tracked"),
    [
        pytest.param("%track named\nx = 1", [], True, id="line magic above code"),
        pytest.param("x = 1", ["track"], True, id="tag"),
        pytest.param("x = 1", ["tracks", "other"], False, id="other tags"),
        pytest.param("# a comment\n%%track\nx = 1", [], False, id="comment above"),
    ],
)
def test_a_cell_is_tracked_when_it_asks(shared, code, tags, tracked):
    shared.run(code, metadata={"tags": tags})
    assert _noted(shared, "history[-1][1]") is tracked


@pytest.mark.parametrize(
    ("body", "outputs"),
    [
        pytest.param("print('a')\n1", [("stream", "stdout", "a\n"), ("execute_result", "", "1")], id="print and value"),
        pytest.param("import os; n = os.write(1, b'c level\\n')", [("stream", "stdout", "c level\n")], id="C level"),
        pytest.param("!echo shell", [("stream", "stdout", "shell\n")], id="shell"),
        pytest.param(
            "import subprocess; p = subprocess.run(['echo', 'child'])",
            [("stream", "stdout", "child\n")],
            id="subprocess",
        ),
        pytest.param(
            "from threading import Thread\nt = Thread(target=print, args=('thread',)); t.start(); t.join()",
            [("stream", "stdout", "thread\n")],
            id="thread",
        ),
        pytest.param(
            "from tqdm import tqdm\nfor n in tqdm(range(3), mininterval=0, bar_format='{n_fmt}/{total_fmt}'): pass",
            [("stream", "stderr", "3/3\n")],
            id="tqdm",
        ),
        pytest.param(
            "h = display('first', display_id=True)\nprint('x')\nh.update('second')",
            [("display_data", "", "'second'"), ("stream", "stdout", "x\n")],
            id="display update",
        ),
        pytest.param(
            "from IPython.display import clear_output\nprint('a')\nclear_output(wait=True)\nprint('b')",
            [("stream", "stdout", "b\n")],
            id="clear_output",
        ),
    ],
)
def test_the_recorder_gets_what_the_cell_showed(shared, body, outputs):
    seen = []
    while outputs not in seen and len(seen) < 3:  # a busy machine may keep the thread waiting that reads C-level writes
        shared.run(f"%%track\n{body}")
        seen.append(_noted(shared)["outputs"])
    assert outputs in seen


def test_nested_cells_are_part_of_their_cell(shared):
    before = _noted(shared, "len(noted)")
    shared.run("%%track\nfor n in range(2):\n    r = get_ipython().run_cell('print(n)', store_history=True)")
    assert _noted(shared, "len(noted)") == before + 1
    assert _noted(shared)["outputs"] == [("stream", "stdout", "0\n1\n")]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        pytest.param("%%track --bogus", "%%track has no option --bogus", id="an unknown option"),
        pytest.param("%%track --into nowhere", "There is no run nowhere", id="the recorder's refusal"),
    ],
)
@pytest.mark.parametrize(
    "body", ["print('ran')", "import asyncio\nawait asyncio.sleep(0)\nprint('ran')", "%%time\nprint('ran')"]
)
def test_run_all_stops_at_a_wrong_line(shared, line, sentence, body):
    # The first cell gives the others time to wait in the kernel's queue, as after "Run All".
    cells = ("import time; time.sleep(0.2)", f"{line}\n{body}", "print('the next cell ran')")
    requests = [shared.ask(code) for code in cells]
    _, wrong, behind = (shared.finish(request) for request in requests)
    assert wrong.status == "error"
    assert wrong.reply["ename"] == "UsageError"
    assert wrong.text("stderr").startswith(f"UsageError: {sentence}")
    assert not wrong.shown("error")
    assert "ran" not in wrong.text()
    assert behind.status == "aborted"
    assert shared.run("print('fine')").text() == "fine\n"


def test_below_another_cell_magic_the_line_is_refused(shared):
    shared.run(
        "from IPython.core.error import UsageError\ndef refuse(line, cell=''):\n    raise UsageError('must be the first line')"
    )
    shared.run("get_ipython().register_magic_function(refuse, 'cell', 'track')")
    done = shared.run("%%time\n%%track\nprint('ran')")
    assert done.text("stderr").endswith("UsageError: must be the first line\n")
    assert "ran" not in done.text()
    assert shared.run("%%track\nprint('ran')").text() == "ran\n"


def test_help_is_still_help(shared):
    shared.run("get_ipython().register_magic_function(lambda line, cell: None, 'cell', 'track')")
    assert "Docstring" in str(shared.run("%%track?").reply["payload"])


IN_A_TERMINAL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell()
import IPython
IPython.get_ipython = lambda: shell
exec(open(TINY).read(), {"__name__": "tiny"})
shell.run_cell("%%track a\\nprint('ran')\\n6 * 7;", store_history=True)
shell.run_cell("%%track\\n1 / 0", store_history=True)
refused = shell.run_cell("%%track --bogus\\nprint('not run')", store_history=True)
shell.run_cell("r = get_ipython().run_cell('%%track\\\\n1')", store_history=True)
print([(cell["value"], cell["ended_by"], cell["outputs"], cell["position"]) for cell in noted])
print("ZeroDivisionError" in noted[1]["traceback"], type(refused.error_in_exec).__name__, len(history))
"""


def test_plain_ipython_tracks_too_but_keeps_no_outputs(tmp_path):
    code = f"TINY = {str(Path(__file__).parent / 'tiny_recorder.py')!r}\n{IN_A_TERMINAL}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={"HOME": str(tmp_path)},
        check=True,
    )
    assert "not run" not in done.stdout
    assert done.stdout.splitlines()[-2:] == [
        "[(42, 'cell', [], 1), ('_Missing', 'error', [], 2)]",
        "True UsageError 4",
    ]


@pytest.mark.parametrize("stage", ["begin", "end"])
def test_our_failure_is_one_line_and_the_third_switches_us_off(kernel, stage):
    kernel.run(f"recorder.fails = {stage!r}", store_history=False)
    for count in (1, 2, 3):
        done = kernel.run("%%track\nprint('ran')\n6 * 7")
        assert done.status == "ok"
        assert done.text() == "ran\n"
        assert done.shown("execute_result")[0]["data"]["text/plain"] == "42"
        assert done.text("stderr").count("\n") == 1
        assert "the disk is full" in done.text("stderr")
        assert ("switched itself off" in done.text("stderr")) == (count == 3)
        kernel.run("'an untracked cell between them'")
    done = kernel.run("%%track\nprint('ran')")
    assert (done.text(), done.text("stderr")) == ("ran\n", "")


def test_one_success_forgets_failures(kernel):
    for fails in ("end", "end", "", "end", "end"):
        kernel.run(f"recorder.fails = {fails!r}", store_history=False)
        kernel.run("%%track\n1")
    assert _noted(kernel, "hooks.switched_off") is False


def test_stop_pressed_while_we_begin_stops_the_cell(kernel):
    kernel.run("def stop(*_): raise KeyboardInterrupt\nrecorder.begin = stop", store_history=False)
    done = kernel.run("%%track\nprint('ran')")
    assert (done.status, done.reply["ename"]) == ("error", "KeyboardInterrupt")
    assert "ran" not in done.text().splitlines()


def test_stop_pressed_while_we_end_leaves_the_cell_as_it_was(kernel):
    kernel.run("def stop(*_): raise KeyboardInterrupt\nrecorder.end = stop", store_history=False)
    done = kernel.run("%%track\nprint('ran')")
    assert (done.status, done.text()) == ("ok", "ran\n")
    assert done.text("stderr").startswith("trackbook could not record this cell (KeyboardInterrupt).")
    assert _noted(kernel, "history[-1]") == ("%%track\nprint('ran')", True, True)


def test_a_lost_end_is_made_up_for_before_the_next_cell(kernel):
    kernel.run("%%track lost\nget_ipython().events.unregister('post_run_cell', hooks._after)\nprint('a')")
    done = kernel.run("get_ipython().events.register('post_run_cell', hooks._after)")
    assert not done.shown("display_data")
    noted = _noted(kernel)
    assert (noted["name"], noted["ended_by"]) == ("lost", "interrupt")
    kernel.run("%%track next\n1")
    assert _noted(kernel)["name"] == "next"


def test_removed_hooks_leave_nothing_behind(kernel):
    look = (
        "ip = get_ipython(); print((len(ip.input_transformers_cleanup), len(ip.ast_transformers), "
        "[len(ip.events.callbacks[name]) for name in ('pre_run_cell', 'post_run_cell')], "
        "'send' in vars(ip.kernel.session), type(ip.display_trap.hook).__name__))"
    )
    with_hooks = kernel.run(look, store_history=False).text()
    kernel.run("%%track\n1;")
    kernel.run("%%track --bogus\n1")
    assert kernel.run(look, store_history=False).text() == with_hooks
    kernel.run("%%track\nhooks.remove()\nhooks.remove()\n1")
    cleanup, asts, events, send, hook = ast.literal_eval(with_hooks)
    events = [count - 1 for count in events]
    assert ast.literal_eval(kernel.run(look, store_history=False).text()) == (cleanup - 1, asts, events, send, hook)


def test_somebody_else_may_wrap_the_session_in_a_tracked_cell(kernel):
    kernel.run(
        "%%track\nsession = get_ipython().kernel.session\nbelow = session.send\n"
        "session.send = lambda *args, **kwargs: below(*args, **kwargs)\nprint('a')"
    )
    assert _noted(kernel)["outputs"] == [("stream", "stdout", "a\n")]
    kernel.run("%%track\nprint('b')\nsession.send")
    assert _noted(kernel)["outputs"][0] == ("stream", "stdout", "b\n")
    kernel.run("session.send = below")
    kernel.run("%%track\nprint('c')")
    assert _noted(kernel)["outputs"] == [("stream", "stdout", "c\n")]
    assert _noted(kernel, "'send' in vars(session)") is False
