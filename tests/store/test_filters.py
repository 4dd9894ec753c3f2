"""What a user can ask for in a filter or an order, and which runs come back."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from trackbook.store.filters import compile_filter, compile_query
from trackbook.store.filters.terms import ATTRIBUTES
from trackbook.store.migrations import migrate

NAN, INF = float("nan"), float("inf")
DROP = "x'; DROP TABLE _tb.runs; --"
IDS = {name: f"0192abc{number}-0000-7000-8000-00000000000{number}" for number, name in enumerate("abcd")}
RUNS = {
    "a": {
        "metrics": {"acc": [0.5, 0.9, 0.8], "val/loss": [0.3], "a.b": [1, 5], "acc@5": [0.99], DROP: [1.0]},
        "params": {"lr": 0.1, "optimizer": "adam", "optimizer.lr": 0.5, "amp": True, "depth": None, "seed": 10},
        "tags": {"team": "red", "path": r"c:\new_50%"},
        "status": "FINISHED",
        "started_at": "2026-03-01 12:00:00",
        "ended_at": "2026-03-01 13:00:00",
        "attempt": 1,
        "starred": True,
        "note": "it's fine",
    },
    "b": {
        "metrics": {"acc": [0.7], "val/loss": [0.9], "a.b": [7], "mae.mean": [1.5], "mae": [3.0, 5.0]},
        "params": {"lr": "auto", "optimizer": "SGD", "amp": False, "depth": 9, "seed": 9},
        "tags": {"team": "blue"},
        "status": "FAILED",
        "started_at": "2026-03-02 00:00:00",
        "ended_at": "2026-03-02 00:00:01.500000",
        "attempt": 2,
        "starred": None,
        "error": "ValueError: no rows",
        "parent_run_id": IDS["a"],
        "git_edits": 3,
        "code": "clf.fit(X)",
    },
    "c": {
        "metrics": {"acc": [NAN], "val/loss": [INF], "mae": [2.0, 4.0]},
        "params": {"lr": NAN, "amp": "true"},
        "tags": {},
        "status": "RUNNING",
        "started_at": "2100-01-01 00:00:00",
        "evaluates_run_id": IDS["b"],
        "attempt": 3,
        "starred": False,
        "error": "",
    },
    "d": {"metrics": {}, "params": {}, "tags": {}, "status": "KILLED", "started_at": "2000-01-01 00:00:00"},
}
COLUMNS = (
    "status", "started_at", "ended_at", "attempt", "starred", "note", "error", "parent_run_id", "evaluates_run_id",
    "git_edits", "code",
)  # fmt: skip


@pytest.fixture(scope="module")
def db():
    connection = duckdb.connect()
    migrate(connection, Path("memory"))
    series = 0
    for name, run in RUNS.items():
        columns = [column for column in COLUMNS if column in run]
        values = [IDS[name], name, "demo", *(run[column] for column in columns)]
        places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        connection.execute(
            f"INSERT INTO _tb.runs (run_id, name, experiment, {', '.join(columns)}) VALUES ({places})", values
        )
        for metric, points in run["metrics"].items():
            series += 1
            facts = [series, IDS[name], metric, len(points), points[0], points[-1], min(points), max(points)]
            connection.execute(
                "INSERT INTO _tb.series (series_id, run_id, name, count, valued, first, last, min, max, total)"
                "VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)",
                [*facts, sum(points)],
            )
        for param, value in run["params"].items():
            number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
            text = "NaN" if value is NAN else value if isinstance(value, str) else json.dumps(value)
            written = json.dumps(text if value is NAN else value)
            connection.execute(
                "INSERT INTO _tb.params (run_id, name, value, number, text) VALUES ($1, $2, $3, $4, $5)",
                [IDS[name], param, written, number, text],
            )
        for tag, value in run["tags"].items():
            connection.execute(
                "INSERT INTO _tb.tags (run_id, name, value) VALUES ($1, $2, $3)", [IDS[name], tag, value]
            )
    connection.execute("INSERT INTO _tb.meanings (metric, better) VALUES ('val/loss', 'lower')")
    yield connection
    connection.close()


def found(db, text="", order_by=("name",)):
    query = compile_query(text, order_by)
    order = f"ORDER BY {', '.join(query.order)}" if query.order else ""
    sql = f"SELECT r.name FROM _tb.runs AS r {' '.join(query.joins)} WHERE {query.where} {order}"
    return "".join(name for (name,) in db.execute(sql, list(query.parameters)).fetchall())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("", "abcd", id="no filter finds every run"),
        pytest.param(" \n\t ", "abcd", id="blanks find every run"),
        pytest.param("metrics.acc > 0.75", "a", id="a metric is its last value, and NaN is not above a number"),
        pytest.param("NOT metrics.acc > 0.75", "b", id="NaN is not below a number either"),
        pytest.param("metrics.acc != 0.7", "a", id="a missing metric is not unequal"),
        pytest.param("metrics.acc IS NULL", "d", id="NaN is a value, missing is not"),
        pytest.param("metrics.acc IS NOT NULL", "abc", id="is there"),
        pytest.param("metrics.acc.max >= 0.9", "a", id="highest"),
        pytest.param("metrics.acc.MIN = 0.5 and metrics.acc.first = 0.5", "a", id="lowest and first in any case"),
        pytest.param("metrics.acc.count = 3", "a", id="count"),
        pytest.param("round(metrics.acc.mean, 3) = 0.733", "a", id="rounded mean"),
        pytest.param("metrics.`val/loss`.best < 0.5", "a", id="best knows which way is up"),
        pytest.param('metrics."val/loss" < 1e3', "ab", id="double quotes are names"),
        pytest.param("metrics.`val/loss` > 1e300", "c", id="infinity is a number"),
        pytest.param("metrics.`acc@5` > .9", "a", id="a sign in a name"),
        pytest.param("metrics.a.b > 6", "b", id="a dotted name without quotes"),
        pytest.param("metrics.`a.b`.min < 2", "a", id="summary of a dotted name"),
        pytest.param("metrics.a.b.min < 2", "a", id="summary of a dotted name without quotes"),
        pytest.param("metrics.a.`min` < 2", "", id="a quoted summary word is part of the name"),
        pytest.param("metrics.mae.mean = 1.5", "b", id="a metric called like a summary is found by its name"),
        pytest.param("metrics.mae.mean = 3", "c", id="and where a run has none, the summary is meant"),
        pytest.param("metrics.`mae.mean` > 0", "b", id="a quoted name is a whole name"),
        pytest.param("metrics.`mae`.mean = 4 OR metrics.`mae`.mean = 3", "bc", id="and what follows it a summary"),
        pytest.param("metrics.mae.mean IS NULL AND metrics.mae.min IS NOT NULL", "", id="a whole name is there too"),
        pytest.param("metrics.acc = 'nan'", "c", id="NaN"),
        pytest.param("'NaN' = metrics.acc OR metrics.acc.max = 'NAN'", "c", id="NaN in any case and place"),
        pytest.param("metrics.acc != 'nan'", "ab", id="not NaN; what is missing is neither"),
        pytest.param("metrics.acc IN (0.7, 'nan')", "bc", id="a number or NaN"),
        pytest.param("isnan(metrics.acc)", "c", id="isnan"),
        pytest.param("NOT isnan(metrics.acc) AND isnan(metrics.acc) = false", "ab", id="not isnan"),
        pytest.param("isnan(params.lr)", "c", id="a param may be NaN, and a text is not"),
        pytest.param("abs(metrics.acc) = 'nan'", "c", id="NaN without a sign is NaN"),
        pytest.param("metrics.`val/loss` = 'inf' AND metrics.`val/loss` > '-Infinity'", "c", id="infinities"),
        pytest.param("isnan(duration) OR attempt = 'nan'", "", id="attributes are never NaN"),
        pytest.param(f"metrics.`{DROP}` = 1", "a", id="a name that is SQL is a name"),
        pytest.param("metrics.acc BETWEEN 0.6 AND 0.75 AND starred = false", "b", id="between"),
        pytest.param("metrics.acc NOT BETWEEN 0.6 AND 0.75", "a", id="not between"),
        pytest.param("metrics.acc > metrics.`val/loss`", "a", id="metric against metric"),
        pytest.param("metrics.acc = .7 OR metrics.acc = -.7 OR metrics.acc = 7.", "b", id="numbers without a zero"),
        pytest.param("metrics.a.b > -1 AND abs(metrics.a.b) > +6", "b", id="signs"),
        pytest.param("params.lr = 0.10", "a", id="params compare as numbers"),
        pytest.param("params.seed < 10", "b", id="nine is less than ten"),
        pytest.param("params.lr = 'auto'", "b", id="params compare as text"),
        pytest.param("params.lr != 0.5", "a", id="a text is not unequal to a number, it is no number"),
        pytest.param("params.optimizer.lr > 0.4", "a", id="a dotted param"),
        pytest.param("params.optimizer IN ('adam', 'lion')", "a", id="one of"),
        pytest.param("params.optimizer NOT IN ('adam', 'lion')", "b", id="none of"),
        pytest.param("params.lr IN (0.1, 'auto')", "ab", id="one of several kinds"),
        pytest.param("params.lr NOT IN (0.2, 'auto', true)", "ac", id="none of several kinds"),
        pytest.param("params.amp = true", "a", id="true is not the text true"),
        pytest.param("params.amp = 'true'", "ac", id="the text of true"),
        pytest.param("NOT params.amp", "b", id="a param as a flag"),
        pytest.param("params.depth IS NULL", "acd", id="None counts as missing"),
        pytest.param("params.optimizer LIKE 'a%'", "a", id="like"),
        pytest.param("params.optimizer ILIKE 's_d'", "b", id="ilike"),
        pytest.param("params.optimizer NOT LIKE 'a%'", "b", id="not like"),
        pytest.param("params.seed = params.depth", "b", id="param against param as numbers"),
        pytest.param("params.seed > metrics.acc.min AND params.lr = params.lr", "ab", id="param against metric"),
        pytest.param("tags.team = 'red'", "a", id="tag"),
        pytest.param(r"tags.path LIKE 'c:\new%'", "a", id="a backslash is itself"),
        pytest.param("lower(tags.team) = 'blue' AND length(tags.team) = 4", "b", id="functions of text"),
        pytest.param("upper(params.optimizer) = 'ADAM'", "a", id="function of a param"),
        pytest.param("status = 'FINISHED' or status = 'KILLED'", "ad", id="attribute"),
        pytest.param("attributes.attempt >= 2 AND runs.attempt <= 2", "b", id="prefixed attributes"),
        pytest.param("ATTEMPT = 2", "b", id="attributes in any case"),
        pytest.param("starred", "a", id="flag"),
        pytest.param("NOT starred AND true", "bcd", id="never starred is not starred"),
        pytest.param("duration > 1 AND duration < 2", "b", id="duration in seconds"),
        pytest.param("note = 'it''s fine'", "a", id="an apostrophe is doubled"),
        pytest.param("error IS NULL", "acd", id="no error"),
        pytest.param("started_at >= '2026-03-01' AND started_at < '2026-03-02'", "a", id="dates"),
        pytest.param("started_at = '2026-03-01T13:00:00+01:00'", "a", id="a time of another zone"),
        pytest.param("started_at BETWEEN '2026-03-01 11:00' AND '2026-03-02'", "ab", id="between times"),
        pytest.param("started_at > '2026-03-03' - INTERVAL '2 days'", "abc", id="a date less an interval"),
        pytest.param("ended_at < started_at + INTERVAL 2 minutes", "b", id="a time with an interval"),
        pytest.param("started_at < now() - INTERVAL '20 years'", "d", id="now"),
        pytest.param("run_id = '0192abc1'", "b", id="beginning of a run id"),
        pytest.param(f"run_id != '{IDS['a']}'", "bcd", id="whole run id"),
        pytest.param("run_id IN ('0192abc1', '0192abc2')", "bc", id="one of some run ids"),
        pytest.param("run_id = ''", "", id="no run id begins with nothing"),
        pytest.param("parent_run_id = '0192abc0'", "b", id="parent"),
        pytest.param("evaluates_run_id = '0192abc1'", "c", id="evaluated run"),
        pytest.param("git_edits > 2 AND code LIKE '%fit(%'", "b", id="uncommitted files and code"),
        pytest.param("NOT (NOT (starred))", "a", id="nested"),
        pytest.param("starred OR attempt = 2 AND status = 'FAILED'", "ab", id="AND binds before OR"),
        pytest.param("(starred OR attempt = 2) AND status = 'FAILED'", "b", id="parentheses"),
    ],
)
def test_a_filter_finds_the_runs_it_describes(db, text, names):
    assert found(db, text) == names


@pytest.mark.parametrize(
    ("order_by", "names"),
    [
        pytest.param(["metrics.acc DESC", "name"], "abcd", id="best first, NaN and missing last"),
        pytest.param(["metrics.acc", "name"], "bacd", id="ascending is meant when nothing is said"),
        pytest.param(["metrics.acc asc nulls first", "name desc"], "dcba", id="missing first"),
        pytest.param(["params.lr", "name"], "acbd", id="numbers, then texts, then nothing"),
        pytest.param(["params.seed", "name"], "bacd", id="params as numbers"),
        pytest.param(["started_at DESC"], "cbad", id="newest first"),
        pytest.param("started_at", "dabc", id="one term as text"),
        pytest.param(["metrics.`val/loss`.min DESC NULLS LAST"], "cbad", id="odd names"),
        pytest.param(["length(note)", "run_id DESC"], "adcb", id="functions"),
    ],
)
def test_runs_come_in_the_order_asked_for(db, order_by, names):
    assert found(db, "", order_by) == names


def test_a_metric_in_filter_and_order_is_joined_once(db):
    query = compile_query("metrics.acc > 0 AND metrics.`acc`.max < 1", ["metrics.acc DESC", "params.lr"])
    assert len(query.joins) == 2
    assert found(db, "metrics.acc > 0 AND metrics.acc.max < 1", ["metrics.acc DESC"]) == "ab"


def test_every_column_of_the_public_view_of_runs_can_be_asked_for(db):
    view = [name for name, *_ in db.execute("DESCRIBE runs").fetchall()]
    assert sorted(ATTRIBUTES) == sorted(view)
    for name in view:
        assert set(found(db, f"{name} IS NULL")) | set(found(db, f"{name} IS NOT NULL")) == set("abcd")


def test_a_filter_shares_a_query_with_parameters_of_others(db):
    compiled = compile_filter("metrics.acc > 0.75", first_parameter=3)
    sql = f"SELECT $1, r.name FROM _tb.runs AS r {' '.join(compiled.joins)} WHERE r.name <> $2 AND {compiled.where}"
    assert db.execute(sql, ["x", "b", *compiled.parameters]).fetchall() == [("x", "a")]


def test_a_filter_that_is_an_or_stands_beside_other_conditions(db):
    compiled = compile_filter("attempt = 1 OR attempt = 2")
    sql = f"SELECT r.name FROM _tb.runs AS r WHERE FALSE AND {compiled.where}"
    assert db.execute(sql, list(compiled.parameters)).fetchall() == []


def test_a_long_chain_of_conditions_is_no_nesting(db):
    text = " OR ".join(f"attempt={number}" for number in range(2, 600))
    assert found(db, text) == "bc"
    assert found(db, f"attempt IN ({', '.join(map(str, range(2, 1500)))})") == "bc"
