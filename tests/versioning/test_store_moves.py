"""Stores that are copied, mailed and upgraded keep their models, and their trail stays whole."""

from __future__ import annotations

import shutil

import pytest

import trackbook as tb
from trackbook.store import keeper_of, snapshot, tag_run
from trackbook.store.audit import Decision, write_audits
from trackbook.store.database import opened
from trackbook.store.migrations import MIGRATIONS, migrate
from trackbook.tracking.start import use_store
from trackbook.versioning.asking import newest_audit_hash, verify_audit

LARGE = 2_000_000
"""Bytes; such a file lies beside the store's file, not in it."""


@pytest.fixture
def grown(log):
    """A registered model with a file that lies beside the store."""
    import numpy as np
    from sklearn.neighbors import KNeighborsClassifier

    rows = np.random.default_rng(0).random((LARGE // 80, 10))
    tb.register(
        "churn", log(model=KNeighborsClassifier(algorithm="brute").fit(rows, rows[:, 0] > 0.5), example=rows[:2])
    )
    tb.promote("churn", 1, reason="first")
    return rows


def test_a_snapshot_loads_the_same_models_at_another_place(home, grown, tmp_path):
    snapshot(home, tmp_path / "copy" / "trackbook.duckdb")
    expected, head = tb.load_model("models:/churn/Production").predict(grown[:50]), newest_audit_hash()
    keeper_of(home).stop()
    shutil.rmtree(home.location.folder)
    use_store(tmp_path / "copy" / "trackbook.duckdb")
    assert (tb.load_model("models:/churn/Production").predict(grown[:50]) == expected).all()
    assert verify_audit() == []
    assert newest_audit_hash() == head


def test_an_export_has_the_versions_and_the_trail_as_tables(home, grown, tmp_path):
    import pandas as pd

    from trackbook.store.export import export_store

    assert export_store(home, tmp_path / "out").faults == ()
    versions = pd.read_parquet(tmp_path / "out" / "versions.parquet")
    assert versions[["model", "version", "stage"]].to_numpy().tolist() == [["churn", 1, "Production"]]
    assert pd.read_parquet(tmp_path / "out" / "audit.parquet")["reason"].tolist() == ["", "first"]


def test_a_store_from_before_there_were_models_takes_them_in_and_keeps_its_trail(home, log, tmp_path):
    old = tmp_path / "old" / "trackbook.duckdb"
    old.parent.mkdir()
    with opened(old) as db:
        migrate(db, old, MIGRATIONS[:5])
        write_audits(db, [Decision("me", "rename", "run 0192", "a", "b"), Decision("me", "tag", "run 0192")])
    use_store(old)
    run = log()
    tag_run(use_store(old), run.run_id, {"team": "ads"}, actor="me")
    assert tb.register("churn", run).version == 1
    assert tb.load_model("models:/churn/1").C == 1.0
    assert verify_audit() == []
    assert tb.audit()["action"].tolist() == ["rename", "tag", "tag", "register"]
    assert tb.sql("SELECT model, version FROM versions")["model"].tolist() == ["churn"]
