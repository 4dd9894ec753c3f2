"""`%registry` with its words."""

from __future__ import annotations

import pytest

REGISTER = """
from sklearn.linear_model import LogisticRegression
with tb.start_run("fit"):
    tb.log_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), input_example=[[0.0]])
tb.register("churn")
tb.promote("churn", 1, reason="the first")
tb.register("fraud")
"""


@pytest.fixture(scope="module")
def with_models(notebook):
    notebook.cell(REGISTER)
    return notebook


@pytest.mark.parametrize(("line", "shown"), [("", ("churn", 1)), ("fraud", ("fraud", 1)), ("'fraud'", ("fraud", 1))])
def test_registry_takes_a_model_by_name(with_models, line, shown):
    setup = f"browser = get_ipython().run_line_magic('registry', {line!r}); browser.close()"
    assert with_models.value("(browser.model, browser.version)", setup) == shown


def test_a_registry_is_its_picture_and_then_the_panel(with_models):
    done = with_models.cell("%registry")
    shown = [content["data"] for kind, content in done.messages if kind == "display_data"]
    assert "data-trackbook-twin" in shown[0]["text/html"]
    assert "Production v1" in shown[0]["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in shown[1]


def test_an_unknown_model_is_one_sentence_with_the_nearest(with_models):
    done = with_models.cell("%registry chrun")
    assert done.status == "error"
    assert done.text("stderr").startswith("UsageError: There is no registered model 'chrun'. Did you mean 'churn'?")
    assert "Traceback" not in done.text("stderr")


def test_help_says_what_it_does(with_models):
    assert "promote, archive, roll back" in with_models.says("%registry --help")


def test_a_plain_terminal_gets_a_frame(home, monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell
    from sklearn.linear_model import LogisticRegression

    import trackbook as tb
    from trackbook.magics.extension import load, unload

    with tb.start_run("fit"):
        tb.log_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), input_example=[[0.0]])
    tb.register("churn")
    monkeypatch.setenv("TRACKBOOK_STORE", str(home.location.file))
    shell = InteractiveShell.instance()
    try:
        load(shell)
        assert shell.run_line_magic("registry", "")["model"].tolist() == ["churn"]
        assert shell.run_line_magic("registry", "churn")["stage"].tolist() == ["None"]
        unload(shell)
    finally:
        InteractiveShell.clear_instance()
