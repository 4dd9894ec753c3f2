"""Many processes at one registry, and kill -9 in the middle of its decisions."""

from __future__ import annotations

import os
import random
import signal

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import trackbook as tb
from trackbook.errors import StoreReadOnly
from trackbook.store.packages import kept_files, missing_files
from trackbook.tracking.start import use_store
from trackbook.versioning.asking import verify_audit
from trackbook.versioning.history import play

REGISTER = """
import sys
import trackbook as tb
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    print(tb.register("churn", sys.argv[1]).version, flush=True)
"""

PROMOTE = """
import sys
import trackbook as tb
print("ready", flush=True)
sys.stdin.readline()
tb.promote("churn", int(sys.argv[1]), reason=f"by {sys.argv[1]}")
"""


@pytest.fixture
def fitted(home):
    """A run with a small model."""
    with tb.start_run("fit") as run:
        rows = np.array([[0.0], [1.0], [2.0], [3.0]])
        tb.log_model(LogisticRegression().fit(rows, [0, 0, 1, 1]), input_example=rows[:2])
    return run


def start_together(children):
    for one in children:
        assert one.hear() == "ready"
    for one in children:
        one.say("go")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("processes", "each"), [(4, 10), pytest.param(16, 50, marks=pytest.mark.long)])
def test_versions_are_numbered_without_gaps_or_doubles_whatever_registers_at_once(fitted, child, processes, each):
    children = [child(REGISTER, fitted.run_id, each) for _ in range(processes)]
    start_together(children)
    given = [int(line) for one in children for line in one.finish().split()]
    assert sorted(given) == list(range(1, processes * each + 1))
    assert sorted(tb.versions("churn")["version"]) == sorted(given)
    assert verify_audit() == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("processes", [4, pytest.param(16, marks=pytest.mark.long)])
def test_of_many_who_promote_at_once_one_is_in_production_and_each_has_its_entry(fitted, child, processes):
    for _ in range(processes):
        tb.register("churn", fitted)
    children = [child(PROMOTE, version) for version in range(1, processes + 1)]
    start_together(children)
    for one in children:
        one.finish()
    stages = tb.versions("churn")["stage"].tolist()
    assert stages.count("Production") == 1
    assert stages.count("Archived") == processes - 1
    promotions = tb.audit("churn").query("action == 'promote'")
    assert sorted(promotions["reason"]) == sorted(f"by {version}" for version in range(1, processes + 1))
    assert verify_audit() == []
    agrees_with_its_trail()


def agrees_with_its_trail():
    """What the trail says is what the rows say."""
    from trackbook.store.registry.reading import aliases_of, audit_entries, stages_of
    from trackbook.tracking.start import current_store

    with current_store().asking() as db:
        played = play(audit_entries(db, "model "))
        for name, model in played.items():
            assert model.stages == stages_of(db, name)
            assert model.aliases == aliases_of(db, name)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=pytest.mark.long)])
def test_whoever_is_killed_leaves_no_version_without_files_and_no_stage_without_its_entry(
    home, nursery, tmp_path, until, rounds
):
    dice = random.Random(rounds)
    returned = {"registered": set(), "promoted": set()}
    for number in range(rounds):
        report = tmp_path / str(number)
        pid = nursery("models").bear("keep models", home, report)
        doing = dice.choice(["logged", "registered", "promoted"])
        until(lambda report=report, doing=doing: doing in nursery.returned(report))
        let_time_pass(dice.uniform(0.0, 0.1))
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: nursery.is_gone(pid))
        for kind, numbers in nursery.returned(report).items():
            returned.setdefault(kind, set()).update(map(int, numbers))
        check(home, returned)
    assert returned["promoted"], "nobody lived long enough"


@pytest.mark.parametrize("merged", [True, False])
def test_whoever_may_only_read_asks_and_loads_all_the_same(home, fitted, read_only, merged):
    tb.register("churn", fitted, alias="champion")
    tb.promote("churn", 1)
    if not merged:
        with tb.start_run("waiting"):
            pass
    use_store(read_only(home.location.file.parent) / "trackbook.duckdb")
    assert tb.load_model("models:/churn/Production").predict([[9.0]]) == [1]
    assert tb.versions("churn")["stage"].tolist() == ["Production"]
    assert len(tb.registry_at("2999-01-01")) == len(tb.registered_models()) == 1
    assert len(tb.audit("churn")) == 3
    with pytest.raises(StoreReadOnly, match="cannot be written"):
        tb.archive("churn", 1)


def let_time_pass(seconds):
    """The moment of a death is drawn by lot; nothing waits for anything here."""
    from threading import Event

    Event().wait(seconds)


def check(home, returned):
    frame = tb.versions() if len(tb.registered_models()) else None
    there = set() if frame is None else set(frame["version"])
    assert returned["registered"] <= there
    assert there == set(range(1, len(there) + 1))
    assert verify_audit() == []
    agrees_with_its_trail()
    trail = tb.audit()
    assert {int(after.split()[0]) for after in trail[trail["action"] == "register"]["after"]} == there
    promotions = " ".join(trail[trail["action"] == "promote"]["after"])
    assert all(f"{version} Production" in promotions for version in returned["promoted"])
    with home.asking() as db:
        for (model_id,) in db.execute("SELECT CAST(model_id AS VARCHAR) FROM _tb.versions").fetchall():
            files = kept_files(db, model_id)
            assert "MLmodel" in {file.path for file in files}
            assert missing_files(db, home.location, files) == []
        assert db.execute("SELECT * FROM _tb.rejected").fetchall() == []
    if there:
        assert tb.load_model(f"models:/churn/{max(there)}") is not None
