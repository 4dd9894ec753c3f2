"""A user's own questions from the shell."""

import pytest

import trackbook as tb


def test_a_query_sees_what_was_logged_a_moment_ago(call, two_runs):
    answer = call("sql", "SELECT name, value FROM metrics ORDER BY value DESC LIMIT 1", "--format", "json")
    assert answer.json() == [{"name": "acc", "value": 0.914}]


def test_a_query_can_come_from_stdin(call, two_runs):
    assert call("sql", "-", "--format", "csv", typing="SELECT count(*) AS n FROM runs").out == "n\n2\n"


def test_every_kind_of_value_is_valid_json(call, two_runs):
    query = (
        "SELECT run_id, [1, NULL] AS list, {'a': 1.5} AS struct, 'ab'::BLOB AS bytes, NULL AS nothing, "
        "DATE '2026-11-23' AS day, INTERVAL 90 SECOND AS span, 1.25::DECIMAL(4, 2) AS exact, 'NaN'::DOUBLE AS nan "
        "FROM runs WHERE name = 'calm-fox'"
    )
    (row,) = call("sql", query, "--format", "json").json()
    assert row["run_id"] == two_runs[1].run_id
    assert (row["list"], row["struct"], row["bytes"], row["nothing"]) == ([1, None], {"a": 1.5}, "6162", None)
    assert (row["span"], row["exact"], row["nan"]) == (90, 1.25, None)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("DELETE FROM _tb.runs", id="delete"),
        pytest.param("UPDATE _tb.runs SET name = 'x'", id="update"),
        pytest.param("DROP VIEW runs", id="drop"),
        pytest.param("CREATE TABLE _tb.mine (a INTEGER)", id="create"),
    ],
)
def test_a_query_changes_nothing(call, two_runs, query):
    answer = call("sql", query)
    assert answer.code == 1
    assert "only reads" in answer.err
    assert sorted(tb.runs()["name"]) == ["brave-otter", "calm-fox"]


def test_a_query_reads_and_writes_no_other_files(call, two_runs, tmp_path):
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for query in (f"SELECT * FROM '{tmp_path}/secret.csv'", f"COPY (SELECT 1) TO '{tmp_path}/new.csv'"):
        answer = call("sql", query)
        assert (answer.code, answer.out) == (1, "")
    assert not (tmp_path / "new.csv").exists()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("SELECT nme FROM runs", 1, id="an unknown column"),
        pytest.param("SELEC 1", 1, id="no SQL"),
        pytest.param("  ", 2, id="nothing"),
    ],
)
def test_a_wrong_query_is_said_in_words(call, two_runs, query, code):
    answer = call("sql", query)
    assert answer.code == code
    assert "Error: " in answer.err
    assert "Traceback" not in answer.err
