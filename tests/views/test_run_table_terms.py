"""What is typed above a column means what one would say; the words of the table are the filter language's."""

from __future__ import annotations

import pytest

from trackbook.errors import BadFilter
from trackbook.store.filters import compile_query
from trackbook.views.table.columns import as_column, is_column, order_term, reference, sorted_by, turned
from trackbook.views.table.query import TableQuery, can_group
from trackbook.views.table.terms import joined, typed_term


@pytest.mark.parametrize(
    ("key", "typed", "term"),
    [
        ("metrics.acc", "> 0.9", "metrics.acc > 0.9"),
        ("metrics.acc", "0.8..0.9", "metrics.acc BETWEEN 0.8 AND 0.9"),
        ("metrics.acc", "0.91", "metrics.acc BETWEEN 0.905 AND 0.915"),
        ("metrics.val/loss", "<=1e-3", "metrics.`val/loss` <= 1e-3"),
        ("params.depth", "4", "params.depth = 4"),
        ("params.depth", "2..6", "params.depth BETWEEN 2 AND 6"),
        ("params.optimizer", "adam", "params.optimizer ILIKE '%adam%'"),
        ("params.optimizer", "!= adam", "params.optimizer != 'adam'"),
        ("name", "o'neill", "name ILIKE '%o''neill%'"),
        ("name", "= brave-otter", "name = 'brave-otter'"),
        ("attempt", "3", "attempt = 3"),
        ("duration", "> 60", "duration > 60"),
        ("started_at", "2 h", "started_at > now() - INTERVAL '2 hour'"),
        ("started_at", "> 2026-11-01", "started_at > '2026-11-01'"),
        ("started_at", "2026-11-23", "started_at >= '2026-11-23' AND started_at < '2026-11-23' + INTERVAL '1 day'"),
        ("tags.team", "  ", ""),
    ],
)
def test_what_is_typed_becomes_a_term_that_the_filter_language_reads(key, typed, term):
    assert typed_term(as_column(key, {}), typed) == term
    compile_query(term)


@pytest.mark.parametrize("typed", ["> > 0.9", "1..", "a", "0.5); DROP TABLE runs", "> `"])
def test_nonsense_above_a_number_is_a_fault_of_the_filter_language(typed):
    with pytest.raises(BadFilter):
        compile_query(typed_term(as_column("metrics.acc", {}), typed))


def test_terms_are_joined_so_that_an_or_stays_together():
    assert joined("a > 1 OR b > 2", {"c": "c > 3"}) == "(a > 1 OR b > 2) AND c > 3"
    assert joined("", {"c": "c > 3"}) == "c > 3"
    assert joined("", {}) == ""


@pytest.mark.parametrize("name", ["acc", "val/loss", "a`b", "x.min", "SELECT", "<b>", "é"])
def test_every_name_can_be_sorted_by(name):
    for prefix in ("metrics.", "params.", "tags."):
        assert is_column(prefix + name)
        compile_query("", order_term(prefix + name, descending=True))
        compile_query(f"{reference(prefix + name)} IS NOT NULL")


def test_a_click_sorts_best_first_then_turns_then_stops():
    loss = as_column("metrics.loss", {"loss": "lower"})
    acc = as_column("metrics.acc", {"acc": "higher"})
    first = turned([], loss, add=False)
    assert first == ["metrics.loss ASC"]
    assert turned(first, loss, add=False) == ["metrics.loss DESC"]
    assert turned(["metrics.loss DESC"], loss, add=False) == []
    both = turned(first, acc, add=True)
    assert both == ["metrics.loss ASC", "metrics.acc DESC"]
    assert sorted_by(both, [acc, loss]) == {"metrics.loss": (1, False), "metrics.acc": (2, True)}
    assert turned(turned(both, acc, add=True), acc, add=True) == first
    assert sorted_by(["metrics.loss"], [loss]) == {"metrics.loss": (1, False)}


def test_the_call_makes_the_same_table_again():
    query = TableQuery(
        filter="metrics.acc > 0.9", typed={"params.depth": "4"}, sort=("metrics.acc DESC",), group="cell",
        columns=("name",), baseline="0192", deleted=True,
    )  # fmt: skip
    assert query.call() == (
        "tb.run_table('metrics.acc > 0.9 AND params.depth = 4', sort=['metrics.acc DESC'], group='cell', "
        "columns=['name'], baseline='0192', deleted=True)"
    )
    assert TableQuery().call() == "tb.run_table()"


def test_runs_are_grouped_by_few_things():
    assert all(can_group(by) for by in ("", "cell", "experiment", "params.lr", "tags.team"))
    assert not any(can_group(by) for by in ("name", "metrics.acc", "params.", "1; DROP TABLE x"))
