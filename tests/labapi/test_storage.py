"""What a store takes of the disk, and taking away what nothing needs."""

from __future__ import annotations

import os
import time

import pytest

import trackbook as tb
from trackbook.labapi.storing import storage_told
from trackbook.store.blobs import blob_files
from trackbook.store.storage_sizes import StorageSizes

BIG = b"x" * 300_000


@pytest.fixture
def stored(place):
    """Two experiments, one with a big artifact, and a blob that no run names."""
    with tb.start_run("big", experiment="images") as run:
        (place / "big.bin").write_bytes(BIG)
        tb.log_artifact(place / "big.bin")
    with tb.start_run("small", experiment="tables"):
        tb.log_text("few words", "note.txt")
    digest, _ = run.store.put_blob(b"y" * 200_000)
    old = time.time() - 3 * 24 * 3600
    (orphan,) = [path for path in blob_files(run.store.location) if path.name == digest]
    os.utime(orphan, (old, old))
    return orphan


def test_each_experiment_says_what_it_takes(server, store, stored):
    told = server.get("storage", store=store)
    sizes = {each["name"]: each for each in told["experiments"]}
    assert sizes["images"]["bytes"] == 300_000
    assert sizes["images"]["runs"] == 1
    assert sizes["tables"]["bytes"] == 9
    assert told["blobs"] == 500_000
    assert told["file"] > 0
    assert told["garbage"] == 200_000


def test_collecting_takes_away_what_nothing_needs_and_nothing_else(server, store, stored):
    done = server.post("storage/collect", store=store)
    assert "1 file" in done["text"]
    assert not stored.exists()
    told = server.get("storage", store=store)
    assert (told["garbage"], told["blobs"]) == (0, 300_000)
    assert "nothing to remove" in server.post("storage/collect", store=store)["text"]


@pytest.mark.parametrize(
    ("quota", "said"),
    [(0, ""), (10_000, ""), (1_200, "nearly all of"), (900, "more than")],
)
def test_a_quota_that_is_near_or_passed_is_said(quota, said):
    sizes = StorageSizes(file=500, blobs=400, spools=100, garbage=50, experiments=[])
    told = storage_told(sizes, quota)["warning"]
    assert said in told
    assert bool(told) == bool(said)
