"""What a tab of JupyterLab shows: one panel of one store, let go of when the tab closes or is loaded again."""

from __future__ import annotations

import json

import pytest

import trackbook as tb
from trackbook.errors import RunNotFound
from trackbook.tracking.start import current_store, use_store
from trackbook.widgets import tab


@pytest.fixture
def shown(monkeypatch):
    """Catch what is displayed."""
    panels = []
    monkeypatch.setattr("IPython.display.display", panels.append)
    yield panels
    for asked in list(tab._shown):
        tab.close_tab(asked)


def wish(panel, store, *runs):
    return json.dumps({"panel": panel, "store": str(store), "runs": list(runs), "model": ""})


@pytest.mark.parametrize(
    ("panel", "name"),
    [("runs", "RunTable"), ("compare", "Comparison"), ("registry", "RegistryBrowser"), ("live", "Live")],
)
def test_each_panel_shows_the_store_it_was_asked_for_and_no_other(tmp_path, shown, monkeypatch, panel, name):
    use_store(tmp_path / "other.duckdb")
    monkeypatch.chdir(tmp_path)
    tab.show_in_tab(wish(panel, "folder of it/trackbook.duckdb"))
    assert type(shown[0]).__name__ == name
    assert current_store().location.file == tmp_path / "folder of it" / "trackbook.duckdb"


def test_a_comparison_is_of_the_runs_that_were_chosen(tmp_path, shown):
    use_store(tmp_path / "trackbook.duckdb")
    ids = []
    for name in ("one", "two", "three"):
        with tb.start_run(name) as run:
            tb.log_metric("loss", 1.0)
        ids.append(run.run_id)
    tab.show_in_tab(wish("compare", tmp_path / "trackbook.duckdb", ids[0], ids[2]))
    assert sorted(shown[0]._chosen.frame["name"]) == ["one", "three"]


def test_a_page_that_is_loaded_again_leaves_no_second_panel_in_the_kernel(tmp_path, shown):
    asked = wish("runs", tmp_path / "trackbook.duckdb")
    tab.show_in_tab(asked)
    tab.show_in_tab(asked)
    first, second = shown
    assert first.comm is None
    assert second.comm is not None
    tab.close_tab(asked)
    assert second.comm is None
    tab.close_tab(asked)


def test_a_run_that_is_gone_is_a_sentence(tmp_path, shown):
    with pytest.raises(RunNotFound, match="no run"):
        tab.show_in_tab(wish("live", tmp_path / "trackbook.duckdb", "0193"))
    assert shown == []
