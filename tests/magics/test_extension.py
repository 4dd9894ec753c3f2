"""Loading, unloading and configuring; what a kernel does when it dies or when its store cannot be had."""

from __future__ import annotations

import os
import time

import duckdb

# Without numpy: the merge, on its own thread, reads the spooled points with it.
HEAVY = ("IPython.core.pylabtools", "matplotlib", "pandas", "plotly", "polars", "sklearn", "torch")


def test_tracking_imports_no_library_that_the_user_has_not(open_notebook):
    notebook = open_notebook(load=False)
    loaded = f"sorted(name for name in {HEAVY} if name in sys.modules)"
    before = notebook.value(loaded, "import sys")
    notebook.cell("%load_ext trackbook")
    assert "lr 0.1" in notebook.card("%%track\nlr = 0.1\nval_loss = sum([lr, 1])\nval_loss")
    # DuckDB 1.4 imports pandas by itself when it is there.
    theirs = {"pandas"} if duckdb.__version__.startswith("1.") else set()
    assert set(notebook.value(loaded)) - theirs == set(before)


def test_loading_in_the_middle_of_a_session_takes_over_what_ran_before(open_notebook):
    notebook = open_notebook(load=False)
    notebook.cell("base = 1\n!echo hi")
    notebook.cell("%load_ext trackbook\nimport trackbook as tb\noffset = 2")
    notebook.cell("%%track one\nlr = base")
    notebook.cell("later = 3")
    notebook.cell("1 / 0")
    notebook.cell("%%track two\nlr = later")
    rows = notebook.value("[tuple(row) for row in h.itertuples(index=False)]", HISTORY)
    assert rows == [
        (1, "base = 1\n!echo hi", "", True),
        (2, "%load_ext trackbook\nimport trackbook as tb\noffset = 2", "", True),
        (3, "\nlr = base", "one", True),
        (4, "later = 3", "", True),
        (5, "1 / 0", "", False),
        (6, "\nlr = later", "two", True),
    ]


HISTORY = """h = tb.sql('''
    SELECT h.position, h.source, coalesce(r.name, ''), h.succeeded
    FROM history AS h LEFT JOIN runs AS r ON r.run_id = h.run_id
    ORDER BY h.session_id, h.position
''')"""


def test_loading_answers_before_what_only_a_cell_needs_is_imported_and_a_fork_meanwhile_finds_it_whole(open_notebook):
    notebook = open_notebook(load=False)
    is_there = "'trackbook.magics.recorder' in sys.modules"
    loading = notebook.cell(
        "import os, sys, time\n"
        "%load_ext trackbook\n"
        f"print({is_there})\n"
        "children = []\n"
        "for _ in range(30):  # while it is being imported on a thread\n"
        "    time.sleep(0.01)\n"
        "    if (child := os.fork()) == 0:\n"
        "        from trackbook.magics.recorder import NotebookRecorder\n"
        "        os._exit(7)\n"
        "    children.append(child)\n"
        "print({os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children})\n"
        f"print({is_there})"
    )
    assert loading.text().split() == ["False", "{7}", "True"]
    assert "#1 of this cell" in notebook.card("%%track\nx = 1")


def test_unloading_takes_everything_back_and_reloading_brings_it_again(notebook):
    names = "[[name for name, call in sorted(get_ipython().magics_manager.magics[kind].items()) if 'trackbook' in call.__module__] for kind in ('line', 'cell')]"
    hooks = "[len(get_ipython().events.callbacks[event]) for event in ('pre_run_cell', 'post_run_cell')]"
    loaded = notebook.value(f"({names}, {hooks})")
    assert "already loaded" in notebook.says("%load_ext trackbook")
    assert notebook.value(f"({names}, {hooks})") == loaded
    notebook.cell("%unload_ext trackbook")
    assert notebook.value(names) == [[], []]
    assert notebook.value(hooks) == [count - 1 for count in loaded[1]]
    assert notebook.says("%%track\nx = 1") == "UsageError: Cell magic `%%track` not found.\n"
    for _ in range(2):
        notebook.cell("%reload_ext trackbook")
    assert notebook.value(f"({names}, {hooks})") == loaded
    assert "#1 of this cell" in notebook.card("%%track\nback_again = 1")


def test_the_card_can_be_switched_off(notebook):
    notebook.cell("%config Trackbook.card = False")
    assert notebook.card("%%track quiet\nlr = 0.1") == ""
    notebook.cell("%config Trackbook.card = True")
    assert notebook.run("quiet", "params") == {"lr": 0.1}


def test_another_store_can_be_chosen_and_left_again(notebook):
    notebook.cell("%%track here\nlr = 0.1")
    notebook.cell("%track on")
    notebook.cell("%config Trackbook.store = 'elsewhere/other.duckdb'")
    assert "#1 of this cell" in notebook.card("%%track there\nlr = 0.2")
    assert (notebook.folder / "elsewhere" / "other.duckdb.d").is_dir()
    assert notebook.value("list(tb.runs()['name'])") == ["there"]
    assert notebook.value("len(h) > 3", "h = tb.sql('SELECT * FROM history')")  # with all that ran before
    assert notebook.value("get_ipython()._trackbook.recorder.tracks_all") is True
    notebook.cell("%track off\n%config Trackbook.store = ''")
    assert notebook.value("tb.runs()['name'].iloc[0]") == "here"


def test_changing_the_folder_in_a_cell_changes_neither_store_nor_notebook_nor_the_files_it_read(open_notebook):
    notebook = open_notebook(JPY_SESSION_NAME="work.ipynb")
    (notebook.folder / "rows.csv").write_text("a,b\n1,2\n")
    notebook.cell(
        "%%track moves\nimport os, csv\nrows = list(csv.reader(open('rows.csv')))\nos.makedirs('away')\nos.chdir('away')"
    )
    notebook.cell("%%track stays\nx = 1")
    assert [notebook.run(name, "notebook", "experiment") for name in ("moves", "stays")] == [["work.ipynb", "work"]] * 2
    assert [data["path"] for data in notebook.value("[{'path': d['path']} for d in tb.get_run('moves').datasets]")] == [
        "rows.csv"
    ]
    assert os.listdir(notebook.folder / "away") == []


def test_a_kernel_killed_in_a_tracked_cell_leaves_a_lost_run_with_its_points(open_notebook):
    notebook = open_notebook()
    notebook.kernel.ask(
        "%%track doomed\nimport os\nfor step in range(5): tb.log_metric('loss', 1 / (step + 1))\nos.kill(os.getpid(), 9)"
    )
    deadline = time.monotonic() + 30
    while notebook.kernel.manager.is_alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    again = open_notebook()
    assert "doomed" in again.says("%runs")
    assert "KILLED" in again.says("%runs")
    assert "● lost doomed #1" in again.says("%track show doomed")
    status, ended_by, metrics, code = again.run("doomed", "status", "ended_by", "metrics", "code")
    assert (status, ended_by, metrics) == ("KILLED", "lost", {"loss": 0.2})
    assert code.startswith("import os")
    assert len(again.value("list(tb.get_run('doomed').history('loss')['value'])")) == 5


def test_where_nothing_can_be_written_the_user_s_cells_run_as_ever(open_notebook, tmp_path):
    (tmp_path / "file").write_text("no folder")
    notebook = open_notebook(TRACKBOOK_STORE=str(tmp_path / "file" / "trackbook.duckdb"))
    assert notebook.loaded.status == "ok"
    loading = notebook.loaded.text("stderr")
    assert loading.startswith("trackbook cannot record here: ")
    assert loading.count("\n") == 1
    assert "Set TRACKBOOK_STORE to a path in a folder of yours" in loading
    done = notebook.cell("%%track\nx = 6 * 7\nprint('mine')\nx")
    assert (done.status, done.text()) == ("ok", "mine\n")
    assert done.shown("execute_result")[0]["data"]["text/plain"] == "42"
    assert done.text("stderr").startswith("trackbook could not begin to record this cell (")
    assert done.text("stderr").count("\n") == 1
    assert "errors.StoreReadOnly" not in done.text("stderr")
    assert notebook.says("%track note x").startswith("UsageError: ")


def test_a_file_that_is_no_store_is_named_on_the_card(open_notebook, tmp_path):
    (tmp_path / "notes.txt").write_text("my notes\n" * 100)
    notebook = open_notebook(TRACKBOOK_STORE=str(tmp_path / "notes.txt"))
    assert "notes.txt is not a trackbook store: it is no DuckDB file" in notebook.card("%%track\nx = 1")
    assert "is not a trackbook store" in notebook.says("%runs")
    assert (tmp_path / "notes.txt").read_text() == "my notes\n" * 100


def test_a_store_held_by_the_user_s_own_connection_keeps_on_logging(notebook):
    notebook.cell("%%track before\nrate_held = 0.1", cell_id="held")
    notebook.cell(
        "import duckdb\ntb.runs()\nmine = duckdb.connect(str(get_ipython()._trackbook.recorder.store.location.file))"
    )
    card = notebook.card("%%track during\nrate_held = 0.2", cell_id="held")
    added = notebook.card("%%track --into last\nval_loss = sum([0.25, 0.5])")
    assert "during #2 of this cell" in card
    assert "rate_held 0.2 ← 0.1" in card
    assert "val_loss 0.75" in added
    for line in ("%runs", "%track show", "%track note x"):
        assert (
            "is held open by this very process, through a connection that tb.connect() did not make"
            in notebook.says(line)
        )
    notebook.cell("mine.close()")
    assert notebook.run("during", "params", "metrics") == [{"rate_held": 0.2}, {"val_loss": 0.75}]


def test_logging_from_everywhere_in_a_cell_reaches_its_run(notebook):
    notebook.cell("import multiprocessing, pathlib, sys, threading")
    card = notebook.card(
        "%%track everywhere\n"
        "def log(name, value): tb.log_metric(name, value)\n"
        "thread = threading.Thread(target=log, args=('thread', 1)); thread.start(); thread.join()\n"
        "fork = multiprocessing.get_context('fork')\n"
        "children = [fork.Process(target=log, args=('fork', n)) for n in (2, 3)]\n"
        "[child.start() for child in children]; [child.join() for child in children];\n"
        "pathlib.Path('script.py').write_text('import trackbook as tb; tb.log_metric(\"script\", 4)')\n"
        "!{sys.executable} script.py\n"
        "tb.log_metric('cell', 5)"
    )
    assert "cell 5" in card
    assert "thread 1" in card
    metrics, status = notebook.run("everywhere", "metrics", "status")
    assert metrics in ({"cell": 5.0, "fork": fork, "script": 4.0, "thread": 1.0} for fork in (2.0, 3.0))
    assert status == "FINISHED"
    assert notebook.value("len(tb.get_run('everywhere').history('fork'))") == 2


def test_what_the_cell_logs_itself_is_not_guessed_again_and_a_nested_run_is_its_own(notebook):
    card = notebook.card(
        "%%track outer\n"
        "lr = 0.1\n"
        "acc = sum([0.25, 0.5])\n"
        "tb.log_metric('acc', 0.9)\n"
        "tb.log_param('lr', 0.3)\n"
        "with tb.start_run('inner') as inner:\n"
        "    tb.log_metric('loss', 7)\n"
        "    tb.log_param('fold', 1)\n"
        "tb.log_metric('loss', 3)"
    )
    assert "acc 0.9" in card
    assert "loss 3" in card
    outer = notebook.run("outer", "run_id", "params", "metrics")
    inner = notebook.run("inner", "parent_run_id", "params", "metrics", "attempt")
    assert outer[2] == {"acc": 0.9, "loss": 3.0}
    assert inner == [outer[0], {"fold": 1}, {"loss": 7.0}, 0]
    assert outer[1] == {"lr": 0.3}


def test_stop_reaches_the_user_s_cell_and_not_ours(notebook):
    done = notebook.cell("%%track\nimport os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass")
    assert done.reply["ename"] == "KeyboardInterrupt"
    assert notebook.cell("x = 1").status == "ok"
