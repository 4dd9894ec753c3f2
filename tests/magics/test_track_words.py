"""Every word of `%track`, every option of `%%track`, and `%runs`: what they do, and one sentence when used wrongly."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def with_runs(notebook):
    notebook.cell("%%track alpha\nlr = 0.1\nacc = sum([0.5, lr])", cell_id="words")
    notebook.cell("%%track beta\nlr = 0.2\nacc = sum([0.5, lr])", cell_id="words")
    notebook.cell("%%track other --experiment side --tag team=ads\ndepth = 3")
    return notebook


WRONG = [
    ("%track", "%track needs a word behind it, or code below it to track. There is: on, off, show,"),
    ("%track shwo", "%track does not know shwo. Did you mean show?"),
    ("%track on now", "%track on takes nothing behind it."),
    ("%track off now", "%track off takes nothing behind it."),
    ("%track show alhpa", "There is no run 'alhpa' in this store."),
    ("%track show alpha beta", "%track show takes one run."),
    ("%track diff alpha beta other", "%track diff compares two runs; write %track diff A B."),
    ("%track diff nowhere", "There is no run 'nowhere' in this store."),
    ("%track note", '%track note needs a text; %track note "" takes the note away.'),
    ('%track note "half', "A quotation mark is not closed."),
    ("%track note --run", "%track note needs one run: its id, the beginning of it, or its name."),
    ("%track note --run nowhere text", "There is no run 'nowhere' in this store."),
    ("%track tag", "%track tag needs name=value."),
    ("%track tag team", "%track tag needs name=value."),
    ("%track tag =ads", "The tag name '' is empty; give it at least one letter."),
    ("%track delete", "%track delete needs one run: its id, the beginning of it, or its name."),
    ("%track delete nowhere", "There is no run 'nowhere' in this store."),
    ("%track restore", "%track restore needs one run: its id, the beginning of it, or its name."),
    ("%runs metrics.acc >", "Wrong at character 14: A value is missing at the end."),
    ("%runs nonsense", "Wrong at character 1: A run has no attribute 'nonsense'."),
    ("x = 1\n%%track\ny = 2", "%%track must be the first line of its cell; move it up, above every other line."),
    ("%%time\n%%track\ny = 2", "%%track must be the first line of its cell; move it up, above every other line."),
    ("%%track a b\nx = 1", "%%track takes one name and got a, b; put a value with spaces in quotation marks."),
    ("%%track --tag team\nx = 1", "--tag team has no value; write --tag team=something."),
    ("%%track --parms lr\nx = 1", "%%track has no option --parms. Did you mean --params?"),
    ("%%track --no-capture git,dta\nx = 1", "--no-capture does not know dta. Did you mean data?"),
    ('%%track "half\nx = 1', "A quotation mark on the %%track line is not closed; put one at its end."),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG, ids=lambda value: repr(value)[:40])
def test_wrong_usage_is_one_sentence_and_stops_run_all(with_runs, line, sentence):
    done = with_runs.cell(line)
    kinds = [kind for kind, _ in done.messages if kind not in {"execute_input", "status"}]
    assert done.status == "error"  # which makes a front end abort the cells behind it
    assert set(kinds) == {"stream"}
    assert done.text("stderr").startswith(f"UsageError: {sentence}")
    assert "Traceback" not in done.text("stderr")


def test_runs_shows_the_runs_that_a_filter_fits_and_what_differs(with_runs):
    everything = with_runs.value(
        "list(frame.columns), list(frame['name'])", "frame = get_ipython().run_line_magic('runs', '').to_frame()"
    )
    filtered = with_runs.value(
        "list(f['name'])", "f = get_ipython().run_line_magic('runs', 'params.lr < 0.15').to_frame()"
    )
    assert everything[0][:5] == ["name", "attempt", "status", "started_at", "duration"]
    assert {"metrics.acc", "params.lr", "params.depth", "tags.team", "experiment", "run_id"} <= set(everything[0])
    assert everything[1][:3] == ["other", "beta", "alpha"]
    assert filtered == ["alpha"]
    assert with_runs.says("%runs metrics.acc > 99").startswith("No run fits this filter; %runs shows all.")


def test_a_store_without_runs_says_what_to_do(open_notebook):
    notebook = open_notebook()
    advice = "There are no runs yet; put %%track on the first line of a cell and run it."
    assert notebook.says("%runs").startswith(advice)
    for line in ("%track show", "%track diff", "%%track --into last\nran = True"):
        assert notebook.says(line) == f"UsageError: {advice}\n"
    assert notebook.value("'ran' in globals()") is False
    assert not (notebook.folder / "trackbook.duckdb").exists()


def test_show_draws_all_of_a_run_and_escapes_what_the_user_typed(notebook):
    notebook.cell("%%track '<b>bold</b>' --tag 'who=<i>me</i>'\nlr = 0.1\nacc = sum([0.5, lr])\nprint('seen')")
    notebook.cell("%track note 'a <script> note'")
    done = notebook.cell("%track show")
    bundle = done.shown("display_data")[0]["data"]
    assert done.shown("execute_result") == []
    for text in (
        "<b>bold</b> #1",
        "a <script> note",
        "lr  0.1",
        "acc  0.6",
        "who  <i>me</i>",
        "stdout seen",
        "print('seen')",
    ):
        assert text in bundle["text/plain"]
    for tag in ("<b>", "<i>", "<script"):
        assert tag not in bundle["text/html"]
    assert 'class="tb-Card"' in bundle["text/html"]


def test_diff_compares_with_the_attempt_before_or_with_any_run(with_runs):
    with_runs.cell("%%track --into beta\nextra = 1")
    last = with_runs.says("%track diff")
    assert "alpha" in last.splitlines()[0]
    assert "beta" in last.splitlines()[0]
    assert "0.1 → 0.2" in last
    chosen = with_runs.says("%track diff other alpha").splitlines()[0]
    assert chosen.index("other") < chosen.index("alpha")


@pytest.mark.parametrize("line", ["%track show last", "%track tag --run last mine=yes", "%track delete last"])
def test_last_is_the_notebook_s_own_last_run(with_runs, line):
    with_runs.cell("%%track mine\nx = 1")
    with_runs.value("run.name", "with tb.start_run('of somebody else') as run: pass")
    assert "mine" in with_runs.says(line).partition("\n")[0]


def test_notes_and_tags_are_put_on_the_last_run_or_a_named_one(with_runs):
    assert with_runs.says("%track note --run alpha 'looks good' so far") == "Noted on alpha.\n"
    assert with_runs.says("%track tag --run alpha team=ads stage='to check'") == "Tagged alpha.\n"
    assert with_runs.run("alpha", "note", "tags") == ["looks good so far", {"team": "ads", "stage": "to check"}]
    assert with_runs.says('%track note --run alpha ""') == "Noted on alpha.\n"
    assert with_runs.run("alpha", "note") == ""
    with_runs.cell("%%track newest\nx = 1")
    assert with_runs.says("%track note done") == "Noted on newest.\n"


def test_a_deleted_run_is_hidden_until_it_is_restored(notebook):
    notebook.cell("%%track unwanted\nx = 1")
    said = notebook.says("%track delete unwanted")
    assert said.startswith("Deleted unwanted; %track restore ")
    assert "unwanted" not in notebook.value("list(tb.runs()['name'])")
    notebook.cell(said.strip().partition("; ")[2].removesuffix(" brings it back."))
    assert "unwanted" in notebook.value("list(tb.runs()['name'])")


def test_an_ignored_name_is_no_metric_any_more_also_after_a_restart(open_notebook):
    notebook = open_notebook()
    assert notebook.says("%track ignore") == "Ignored: nothing yet.\n"
    assert "spread 0.75" in notebook.card("%%track\nspread = sum([0.25, 0.5])")
    assert notebook.says("%track ignore spread range") == "From now on no metric: spread, range.\n"
    assert "spread" not in notebook.card("%%track\nspread = sum([0.25, 0.5])")
    notebook.close()
    again = open_notebook()
    assert "spread" not in again.card("%%track\nspread = sum([0.25, 0.5])")
    assert again.says("%track ignore") == "Ignored: range, spread.\n"


def test_options_name_experiment_tags_params_and_metrics(notebook):
    notebook.cell("seed, lr, rounds = 7, 0.5, 3")
    card = notebook.card(
        "%%track 'run {seed + 1}' --experiment e{seed} --tag a={lr} --tag 'b=x y' --params rounds --metrics f1\n"
        "depth = 3\nf1 = sum([0.25, 0.5])\nacc = sum([0.1, 0.2])"
    )
    assert "● run 8 #1" in card
    assert notebook.run("run 8", "experiment", "tags", "params", "metrics") == [
        "e7", {"a": "0.5", "b": "x y"}, {"rounds": 3}, {"f1": 0.75},
    ]  # fmt: skip


@pytest.mark.parametrize("what", ["code", "data", "env", "git", "history", "metrics", "outputs", "params"])
def test_what_no_capture_names_is_not_in_the_store(with_data, what):
    notebook = with_data
    assert (
        notebook.cell(
            f"%%track no-{what} --no-capture {what}\nrate = 0.1\nprint('hi')\nval_loss = float(frame.a.mean())"
        ).status
        == "ok"
    )
    notebook.kernel.run("_seen = get_ipython()._trackbook.recorder.lookout.tell(lambda _: None)", store_history=False)
    found = notebook.value(
        "{'code': bool(r.code), 'data': len(r.datasets), 'env': bool(r.environment), 'git': bool(r.git_commit),"
        "'history': [bool(s) for s in h.source], 'metrics': len(r.metrics), 'outputs': len(r.outputs), 'params': len(r.params)}",
        f"r = tb.get_run('no-{what}'); h = tb.sql('SELECT source FROM history WHERE run_id = $1', [r.run_id])",
    )
    full = {
        "code": True,
        "data": 1,
        "env": True,
        "git": True,
        "history": [True],
        "metrics": 1,
        "outputs": 1,
        "params": 1,
    }
    nothing = {what: [] if what == "history" else type(full[what])()}
    assert found == full | nothing | ({"history": [False]} if what == "code" else {})


@pytest.fixture(scope="module")
def with_data(notebook):
    setup = (
        "import subprocess\n!git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one\n"
        "import pandas as pd\nframe = pd.DataFrame({'a': [1.0, 2.0, 3.0]})\n%reload_ext trackbook"
    )
    assert notebook.cell(setup).status == "ok"
    return notebook


@pytest.mark.parametrize(
    ("code", "tags"),
    [
        pytest.param("%track by-line --tag how=line\nhow = 'by line'", (), id="first line"),
        pytest.param("how = 'by tag'", ("track",), id="cell tag"),
    ],
)
def test_a_cell_is_tracked_without_a_cell_magic(notebook, code, tags):
    card = notebook.card(code, tags=tags)
    assert f"params   {code.splitlines()[-1].replace(' = ', ' ').replace(chr(39), '')}" in card


@pytest.mark.parametrize(
    ("wanted", "kept"), [("params", {"depth": 2, "lr": 0.1}), ("params.lr", {"lr": 0.1}), ("lr,x", {"lr": 0.1, "x": 1})]
)
def test_a_dict_called_params_is_named_whole_or_by_what_it_holds(notebook, wanted, kept):
    notebook.cell(f"%%track {wanted!r} --params {wanted}\nparams = {{'depth': 2, 'lr': 0.1}}\nx = 1")
    assert notebook.run(wanted, "params") == kept
    assert notebook.value(f"len(tb.runs(\"name = '{wanted}' AND params.lr = 0.1\"))") == 1


def test_track_on_takes_every_cell_that_fits_or_scores_and_off_ends_it(notebook):
    notebook.cell("from sklearn.dummy import DummyClassifier\nX, y = [[1], [2], [3]], [0, 1, 1]")
    assert notebook.says("%track on") == "Every cell that fits or scores is tracked from now on; %track off ends it.\n"
    assert "#1 of this cell" in notebook.card("dummy = DummyClassifier().fit(X, y)")
    assert "evaluates" in notebook.card("dummy.score(X, y)")
    assert notebook.card("print(dummy)") == ""
    assert notebook.says("%track off") == "Only cells with %%track are tracked from now on.\n"
    assert notebook.card("dummy.score(X, y)") == ""


def test_help_says_how_to_track_a_cell(notebook):
    assert "%%track [NAME] [--experiment E]" in notebook.value(
        "get_ipython().magics_manager.magics['cell']['track'].__doc__"
    )
    assert "'track'" in notebook.value("str(sorted(get_ipython().magics_manager.magics['line']))")
