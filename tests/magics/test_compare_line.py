"""`%compare` with its words."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def with_runs(notebook):
    notebook.cell("%%track alpha\nacc = sum([0.5, 0.1])", cell_id="words")
    notebook.cell("%%track beta\nacc = sum([0.5, 0.2])", cell_id="words")
    return notebook


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("alpha beta", ["alpha", "beta"]),
        ("beta", ["beta"]),
        ("last", ["beta"]),
        ("metrics.acc > 0.65", ["beta"]),
        ("name IN ('alpha', 'beta')", ["beta", "alpha"]),
        ("", ["beta", "alpha"]),
    ],
)
def test_compare_takes_runs_by_name_or_a_filter(with_runs, line, names):
    setup = f"panel = get_ipython().run_line_magic('compare', {line!r}); panel.close()"
    assert with_runs.value("list(panel._chosen.frame['name'])", setup) == names


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("alpha nosuch", "There is no run 'nosuch' in this store."),
        ("nosuch", "There is no run 'nosuch' in this store."),
        ("metrics.acc >", "Wrong at character 14: A value is missing at the end."),
    ],
)
def test_wrong_words_are_one_sentence(with_runs, line, sentence):
    done = with_runs.cell(f"%compare {line}")
    assert done.status == "error"
    assert done.text("stderr").startswith(f"UsageError: {sentence}")
    assert "Traceback" not in done.text("stderr")


def test_a_comparison_is_its_picture_and_then_the_panel(with_runs):
    done = with_runs.cell("%compare alpha beta")
    shown = [content["data"] for kind, content in done.messages if kind == "display_data"]
    assert "data-trackbook-twin" in shown[0]["text/html"]
    assert shown[0]["text/plain"].startswith("Comparison of 2 runs: alpha, beta")
    assert "application/vnd.jupyter.widget-view+json" in shown[1]
