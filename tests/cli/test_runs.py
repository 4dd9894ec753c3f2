"""What a person sees of runs on the command line, and what a program reads."""

import re

import pytest

import trackbook as tb
from trackbook.store import delete_run

ESCAPES = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202ekcatta"


def test_runs_are_listed_newest_first_with_their_results(call, two_runs):
    answer = call("runs")
    head, newest, oldest = answer.out.splitlines()
    assert head.split()[:5] == ["run", "name", "status", "started", "took"]
    assert newest.split()[:3] == [two_runs[1].run_id[:13], "calm-fox", "FAILED"]
    assert oldest.split()[1] == "brave-otter"
    assert "0.914" in newest
    assert answer.err == ""


def test_numbers_stand_at_the_right_and_texts_at_the_left(call):
    for name, value in [("a", 1.5), ("a-long-name", 100.25)]:
        with tb.start_run(name):
            tb.log_metric("acc", value)
    _, long, short = call("runs").out.splitlines()
    assert long.endswith("100.25")
    assert short.endswith("   1.5")
    assert short.split()[1] == "a"


def test_a_table_leaves_out_what_every_run_left_at_its_default(call):
    with tb.start_run("forest") as run:
        run.log_params({"depth": 3})
        run.log_params({"bootstrap": True, "ccp_alpha": 0.0}, default=True)
    table = call("runs").out.splitlines()[0].split()
    assert "depth" in table
    assert not {"bootstrap", "ccp_alpha"} & set(table)
    assert call("runs", "params.bootstrap", "--format", "csv").csv()["params.bootstrap"].tolist() == [True]


def test_a_filter_chooses_runs(call, two_runs):
    assert call("runs", "metrics.acc > 0.91", "--format", "csv").csv()["name"].tolist() == ["calm-fox"]


def test_runs_can_be_ordered_and_limited(call, two_runs):
    answer = call("runs", "--order-by", "metrics.acc ASC", "--limit", "1", "--format", "json")
    assert [run["name"] for run in answer.json()] == ["brave-otter"]


def test_a_wrong_filter_is_one_sentence_that_points_at_the_fault(call, two_runs):
    answer = call("runs", "metrics.acc >> 1")
    assert answer.code == 1
    assert answer.out == ""
    assert answer.err.startswith("Error: ")
    assert answer.err.rstrip().endswith("^")


def test_deleted_runs_are_listed_when_asked_for(call, store, two_runs):
    delete_run(store, "calm-fox", actor="ana")
    assert call("runs", "--format", "csv").csv()["name"].tolist() == ["brave-otter"]
    assert call("runs", "--deleted", "--format", "csv").csv()["name"].tolist() == ["calm-fox"]


def test_json_has_times_in_utc_and_null_for_what_is_missing(call, two_runs):
    newest, oldest = call("runs", "--format", "json").json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", newest["started_at"])
    assert newest["metrics.loss"] is None
    assert oldest["metrics.loss"] == 0.6


def test_json_has_no_nan_and_names_infinities(call):
    with tb.start_run("odd"):
        tb.log_metrics({"nan": float("nan"), "up": float("inf"), "down": float("-inf")})
        tb.log_params({"nested": {"x": float("nan")}, "list": [1, float("inf")]})
    (run,) = call("runs", "--format", "json").json()
    assert (run["metrics.nan"], run["metrics.up"], run["metrics.down"]) == (None, "Infinity", "-Infinity")
    assert run["params.list"] == [1, "Infinity"]


def test_a_table_drops_columns_that_do_not_fit_and_says_which(call, two_runs):
    answer = call("runs", env={"COLUMNS": "50"})
    assert max(map(len, answer.out.splitlines())) <= 50
    assert "columns do not fit: " in answer.err
    assert "acc" in answer.err


def test_a_long_table_stops_and_says_that_there_is_more(call):
    for number in range(51):
        with tb.start_run(f"r{number}"):
            pass
    answer = call("runs")
    assert len(answer.out.splitlines()) == 51
    assert "--limit" in answer.err
    assert len(call("runs", "--limit", "60").out.splitlines()) == 52


def test_wide_letters_keep_the_columns_in_line(call):
    for name in ("実験その一", "plain"):
        with tb.start_run(name):
            pass
    _, plain, wide = call("runs").out.splitlines()
    assert plain.index("FINISHED") == wide.index("FINISHED") + 5


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["runs"], id="runs"),
        pytest.param(["runs", "--format", "json"], id="runs as JSON"),
        pytest.param(["show", "last"], id="show"),
        pytest.param(["show", "last", "--format", "json"], id="show as JSON"),
        pytest.param(["diff", "plain", "last"], id="diff"),
        pytest.param(["diff", "plain", "last", "--format", "table"], id="diff as table"),
        pytest.param(["sql", "SELECT value FROM params"], id="sql"),
        pytest.param(["metrics", "last", "nothing"], id="an error that names runs and metrics"),
    ],
)
def test_what_is_in_the_store_cannot_steer_the_terminal(call, words):
    with tb.start_run("plain"):
        pass
    with tb.start_run("evil\u202eliam") as run:
        tb.log_params({"evil": ESCAPES})
        tb.set_tag("evil", ESCAPES)
        tb.log_text("x", "evil.txt")
        run.fail(RuntimeError(ESCAPES))
    answer = call(*words)
    raw = re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", answer.out + answer.err)
    assert raw == []


def test_show_has_everything_about_a_run(call, two_runs):
    text = call("show", "brave-otter").out
    assert two_runs[0].run_id in text
    for line in ("status      FINISHED (cell)", "experiment  churn", "lr         0.1", "optimizer  adam", "team  ads"):
        assert line in text
    loss = next(line for line in text.splitlines() if line.split()[:1] == ["loss"])
    assert loss.split() == ["loss", "0.6", "0.5", "0.5", "0.9", "0.666667", "3"]


def test_show_ends_with_the_traceback_of_a_failed_run(call, two_runs):
    assert call("show", "last").out.rstrip().endswith("ValueError: no rows left")


def test_show_as_json_has_each_metric_with_its_summary(call, two_runs):
    run = call("show", two_runs[0].run_id[:13], "--format", "json").json()
    assert run["metrics"]["loss"]["best"] == 0.5
    assert run["metrics"]["loss"]["count"] == 3
    assert run["params"] == {"lr": 0.1, "optimizer": "adam"}


def test_an_unknown_run_is_one_sentence_with_a_near_name(call, two_runs):
    answer = call("show", "brave-oter")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "Error: There is no run 'brave-oter' in this store. Did you mean brave-otter?\n"


def test_points_come_in_the_order_logged(call, two_runs):
    points = call("metrics", "brave-otter", "loss", "--format", "csv").csv()
    assert points["value"].tolist() == [0.9, 0.5, 0.6]
    assert points["step"].tolist() == [0, 1, 2]


def test_a_table_of_points_tells_nan_from_nothing(call):
    with tb.start_run("odd"):
        tb.log_metric("loss", float("nan"))
    assert call("metrics", "odd", "loss").out.splitlines()[1].endswith("NaN")
    assert call("metrics", "odd", "loss", "--format", "json").json()[0]["value"] is None


def test_an_unknown_metric_says_which_there_are(call, two_runs):
    answer = call("metrics", "brave-otter", "los")
    assert answer.code == 1
    assert "It has: acc, loss." in answer.err


def test_diff_says_what_differs_between_two_runs(call, two_runs):
    text = call("diff", "brave-otter", "calm-fox").out
    assert "lr         0.1 → 0.01" in text
    assert "acc   0.908 → 0.914  +0.006  better" in text


def test_diff_is_data_too(call, two_runs):
    rows = {(row["what"], row["name"]): row for row in call("diff", "brave-otter", "last", "--format", "json").json()}
    assert rows["metric", "acc"]["delta"] == pytest.approx(0.006)
    assert rows["param", "depth"]["a"] is None
    assert rows["run", "status"]["b"] == "FAILED"
