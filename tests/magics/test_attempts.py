"""Which runs are attempts of one cell, and what a card says of the attempt before."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient
from notebook import card_of


def test_a_cell_that_is_edited_and_run_again_is_the_next_attempt(notebook):
    first = notebook.card("%%track edited\nlr = 0.1\nacc = sum([0.5, lr])", cell_id="edited")
    second = notebook.card(
        "%%track edited\nlr = 0.2\ndepth = 3\nfor _ in range(depth):\n    acc = sum([0.4, lr])", cell_id="edited"
    )
    assert "edited #1 of this cell" in first
    assert "edited #2 of this cell" in second
    assert "lr 0.2 ← 0.1   depth 3 new" in second
    assert "acc 0.6 =   vs #1" in second


def test_a_copied_cell_with_other_numbers_is_an_attempt_too(notebook):
    notebook.card("%%track grown\nrate = 1.0\nloss = sum([rate, 1.5])", cell_id="original")
    copy = notebook.card("%%track 'grown again'\nrate = 2.0\nloss = sum([rate, 1.5])", cell_id="copy")
    other = notebook.card("%%track\nrate = 2.0\nprint(rate)", cell_id="something else")
    assert "#2 of this cell" in copy
    assert "rate 2.0 ← 1.0" in copy
    assert "loss 3.5 ▲ +1.0 worse   vs #1" in copy
    assert "#1 of this cell" in other


def test_what_is_gone_or_back_at_its_default_is_said(notebook):
    notebook.cell(
        "from sklearn.linear_model import LogisticRegression\nimport numpy as np\nX = np.arange(40.0).reshape(20, 2)\ny = (X[:, 0] > 20).astype(int)"
    )
    notebook.card("%%track\nsize, depth = 1, 2\nclf = LogisticRegression(C=0.5).fit(X, y)", cell_id="gone")
    again = notebook.card("%%track\nsize = 1\nclf = LogisticRegression().fit(X, y)", cell_id="gone")
    assert "C 1.0 ← 0.5" in again
    assert "without depth (was 2)" in again
    assert "size 1" in again


def test_a_failed_attempt_shows_its_error_in_place_of_metrics(notebook):
    card = notebook.card("%%track boom\nacc = sum([0.25, 0.25])\nraise ValueError('no rows')")
    status, ended_by, error, traceback, metrics = notebook.run(
        "boom", "status", "ended_by", "error", "traceback", "metrics"
    )
    assert "● failed boom #1 of this cell" in card
    assert "error    ValueError: no rows" in card
    assert "metrics" not in card
    assert "output" not in card
    assert (status, ended_by, error) == ("FAILED", "error", "ValueError: no rows")
    assert "----> 3 raise ValueError" in traceback
    assert "\x1b" not in traceback
    assert metrics == {"acc": 0.5}


def test_an_interrupted_training_keeps_what_it_had(notebook):
    done = notebook.cell(
        "%%track stopped\nimport time\nfor step in range(2000):\n    tb.log_metric('loss', 1 / (step + 1))\n"
        "    if step == 3: print('reached', flush=True)\n    time.sleep(0.01)",
        interrupt_at="reached",
    )
    card = notebook.says("%track show stopped")
    assert done.status == "error"
    assert "● interrupted stopped" in card
    status, ended_by, metrics = notebook.run("stopped", "status", "ended_by", "metrics")
    assert (status, ended_by) == ("KILLED", "interrupt")
    assert 0 < metrics["loss"] <= 0.25


def test_the_card_and_the_store_agree_on_how_long_a_cell_took(notebook):
    shown = int(re.search(r"· (\d+) ms ·", notebook.card("%%track slow\nimport time\ntime.sleep(0.3)"))[1])
    assert shown >= 300
    assert notebook.run("slow", "duration") * 1000 == pytest.approx(shown, abs=150)


def test_numbers_go_on_after_a_restart_and_another_notebook_counts_for_itself(open_notebook, tmp_path):
    cell = "%%track {name}\nlr = {lr}\nacc = sum([0.5, lr])"
    first = open_notebook(JPY_SESSION_NAME=str(tmp_path / "a.ipynb"))
    assert "#1 of this cell" in first.card(cell.format(name="one", lr=0.1), cell_id="c1")
    first.close()
    again = open_notebook(JPY_SESSION_NAME=str(tmp_path / "a.ipynb"))
    card = again.card(cell.format(name="two", lr=0.2), cell_id="c1")
    assert "#2 of this cell" in card
    assert "lr 0.2 ← 0.1" in card
    assert "acc 0.7 ▲ +0.1 better   vs #1" in card
    other = open_notebook(JPY_SESSION_NAME=str(tmp_path / "b.ipynb"))
    assert "#1 of this cell" in other.card(cell.format(name="three", lr=0.3), cell_id="c1")
    assert other.value("list(tb.sql('SELECT notebook, experiment FROM runs ORDER BY started_at').itertuples(index=False, name=None))") == [
        ("a.ipynb", "a"), ("a.ipynb", "a"), ("b.ipynb", "b"),
    ]  # fmt: skip


def test_numbers_go_on_in_a_notebook_that_was_renamed_between_two_kernels(open_notebook, tmp_path):
    cell = "%%track {name}\nlr = {lr}\nacc = sum([0.5, lr])"
    (tmp_path / "before.ipynb").write_text("{}")
    (tmp_path / "beside.ipynb").write_text("{}")
    for name in ("before", "beside"):
        first = open_notebook(JPY_SESSION_NAME=str(tmp_path / f"{name}.ipynb"))
        first.card(cell.format(name=name, lr=0.1), cell_id=name)
        first.close()
    (tmp_path / "before.ipynb").rename(tmp_path / "after.ipynb")
    again = open_notebook(JPY_SESSION_NAME=str(tmp_path / "after.ipynb"))
    assert "#1 of this cell" in again.card("%%track\nother = 1", cell_id="beside")
    card = again.card(cell.format(name="renamed", lr=0.2), cell_id="before")
    assert "#2 of this cell" in card
    assert "lr 0.2 ← 0.1" in card


def test_without_cell_ids_near_equal_cells_are_attempts(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACKBOOK_STORE", raising=False)
    sources = [
        "%load_ext trackbook",
        *(f"%%track\ndepth = {depth}\nacc = sum([0.5, depth / 10])" for depth in (1, 2, 3)),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, kernel_name="python3").execute()
    cards = [cell.outputs[-1]["data"]["text/plain"] for cell in notebook.cells[1:]]
    assert [f"#{number} of this cell" in card for number, card in enumerate(cards, 1)] == [True] * 3
    assert "depth 3 ← 2" in cards[2]


@pytest.mark.parametrize("word", ["last", "base"], ids=["last", "by name"])
def test_a_cell_can_add_to_a_run(notebook, word):
    notebook.cell("%%track base\nlr = 0.1")
    card = notebook.card(f"%%track --into {word}\nval_loss = sum([0.25, 0.5])\nextra = 7")
    params, metrics, attempt, status = notebook.run("base", "params", "metrics", "attempt", "status")
    assert "● base" in card
    assert "val_loss 0.75" in card
    assert params == {"lr": 0.1, "extra": 7}
    assert metrics == {"val_loss": 0.75}
    assert (attempt > 0, status) == (True, "FINISHED")


def test_adding_to_a_run_that_is_not_there_stops_the_cell_before_it_runs(notebook):
    done = notebook.cell("%%track --into nowhere\nran = True")
    assert done.status == "error"
    assert done.text("stderr").strip() == "UsageError: There is no run 'nowhere' in this store. tb.runs() lists all."
    assert notebook.value("'ran' in globals()") is False


def test_a_failing_cell_that_adds_to_a_run_leaves_the_run_as_it_ended(notebook):
    notebook.cell("%%track whole\nlr = 0.1")
    card = notebook.card("%%track --into whole\nextra = 7\n1 / 0")
    status, ended_by, params, outputs = notebook.run("whole", "status", "ended_by", "params", "outputs")
    assert (status, ended_by, params) == ("FINISHED", "cell", {"lr": 0.1, "extra": 7})
    assert "● whole" in card
    assert "⚠ this cell failed (ZeroDivisionError: division by zero); whole stays finished" in card
    assert "ZeroDivisionError" in next(output["text"] for output in outputs if output["kind"] == "error")
    card = notebook.card("%%track --into last\nprint('started')\nimport time; time.sleep(30)", interrupt_at="started")
    assert "this cell was interrupted; whole stays finished" in card


def test_adding_to_a_failed_run_does_not_make_it_a_good_one(notebook):
    notebook.cell("%%track broken\n1 / 0")
    card = notebook.card("%%track --into last\nextra = 7")
    assert "● failed broken" in card
    assert notebook.run("broken", "status", "params") == ["FAILED", {"extra": 7}]


def test_nobody_adds_to_a_deleted_run_unseen(notebook):
    notebook.cell("%%track kept\nlr = 0.1")
    notebook.cell("%%track dropped\nlr = 0.2")
    short = notebook.run("dropped", "run_id")[:13]
    notebook.cell("%track delete dropped")
    done = notebook.cell("%%track --into dropped\nran_into_deleted = True")
    sentence = f"The run dropped is deleted. In a notebook, %track restore {short} brings it back."
    assert (done.status, done.text("stderr")) == ("error", f"UsageError: {sentence}\n")
    assert notebook.value("'ran_into_deleted' in globals()") is False
    assert "● kept" in notebook.card("%%track --into last\nextra = 7")
    assert notebook.says("%track note fine") == "Noted on kept.\n"
    assert (
        notebook.value(
            "message", f"try: tb.start_run(run_id={short!r})\nexcept tb.TrackbookError as e: message = str(e)"
        )
        == sentence
    )


def test_a_deleted_attempt_keeps_its_number_and_is_compared_with_no_more(open_notebook):
    notebook = open_notebook()
    for name, rate in (("first", 0.1), ("second", 0.2)):
        notebook.cell(f"%%track {name}\nrate = {rate}\nacc = sum([0.5, rate])", cell_id="mine")
    notebook.cell("%track delete second")
    third = notebook.card("%%track third\nrate = 0.3\nacc = sum([0.5, rate])", cell_id="mine")
    assert "third #3 of this cell" in third
    assert "rate 0.3 ← 0.1" in third
    assert "vs #1" in third
    assert "first" in notebook.says("%track diff").splitlines()[0]
    notebook.cell("%track delete third")
    again = open_notebook()
    fourth = again.card("%%track fourth\nrate = 0.4\nacc = sum([0.5, rate])", cell_id="mine")
    assert "fourth #4 of this cell" in fourth
    assert "rate 0.4 ← 0.1" in fourth
    assert "vs #1" in fourth


def test_the_card_says_that_a_secret_is_kept_with_the_code(notebook):
    sentence = "⚠ the code seems to hold a secret (line {}) and is kept as it is"
    assert sentence.format(3) in notebook.card("%%track\nx = 1\napi_key = 'q8f7a6s5d4'")
    assert sentence.format(4) in notebook.card("%%track\n%%time\nx = 1\napi_key = 'q8f7a6s5d4'")
    assert "secret" not in notebook.card("%%track --no-capture code,params\napi_key = 'q8f7a6s5d4'")
    assert "secret" not in notebook.card("%%track\nx = 1").replace("secrets", "")


def test_a_cell_is_failed_where_its_kernel_says_so_and_only_there(notebook):
    notebook.cell("class Unshown:\n    def __repr__(self):\n        raise OSError('no repr')")
    done = notebook.cell("%%track unshown\nUnshown()")
    status, error = notebook.run("unshown", "status", "error")
    assert status == ("FAILED" if done.status == "error" else "FINISHED")
    if done.status == "error":
        assert error == "OSError: no repr"
        assert "● failed unshown" in card_of(done)
    done = notebook.cell("%%track after\nimport asyncio\nawait asyncio.sleep(0)\nacc = sum([0.5])")
    assert notebook.run("after", "status") == "FINISHED"


def test_an_error_that_did_not_stop_the_cell_is_said(notebook):
    (notebook.folder / "fails.py").write_text("raise LookupError('inside')")
    card = notebook.card("%%track went-on\n%run fails.py\nacc = sum([0.5])")
    assert "⚠ the cell went on after an error (LookupError)" in card
    assert notebook.run("went-on", "status") == "FINISHED"
