"""Content under its hash: kept once, verified on read, collected late."""

from __future__ import annotations

import hashlib
import io
import os
import time

import pytest

from trackbook.errors import StoreDamaged
from trackbook.store import collect_garbage, delete_run, read_blob, verify_store
from trackbook.store.blobs import blob_files, blob_path
from trackbook.tracking.artifacts import log_text
from trackbook.tracking.start import start_run

SMALL, LARGE = b"small", b"large" * 50_000
DAY = 24 * 3600


def keep(home, content, path="file.bin"):
    from trackbook.tracking.artifacts import keep as keep_artifact

    run = start_run("keeper")
    keep_artifact(run, content, path, "file")
    run.end()
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_content_comes_back_whole_before_and_after_a_merge(home, content):
    digest, size = home.put_blob(content)
    assert (digest, size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert keep(home, content) == digest
    for _ in range(2):
        assert read_blob(home, digest) == content
    assert verify_store(home) == []


def test_a_stream_and_its_bytes_are_one_blob(home):
    assert home.put_blob(io.BytesIO(LARGE)) == home.put_blob(LARGE)
    assert len(list(blob_files(home.location))) == 1


def test_equal_content_is_kept_once_small_inside_the_file_large_beside_it(home):
    for _ in range(3):
        keep(home, SMALL)
        keep(home, LARGE)
        home.merge()
    with home.asking() as db:
        assert db.execute("SELECT size FROM _tb.blobs").fetchall() == [(len(SMALL),)]
        assert db.execute("SELECT count(*) FROM artifacts").fetchone() == (6,)
    assert [path.stat().st_size for path in blob_files(home.location)] == [len(LARGE)]


def test_damage_is_found_on_reading_and_by_verify(home):
    digest = keep(home, LARGE)
    home.merge()
    path = blob_path(home.location, digest)
    path.write_bytes(b"L" + LARGE[1:])
    with pytest.raises(StoreDamaged, match="trackbook verify"):
        read_blob(home, digest)
    assert verify_store(home) == [f"Blob {digest} is damaged: its content has another hash."]
    path.unlink()
    with pytest.raises(StoreDamaged, match="is missing"):
        read_blob(home, digest)
    assert verify_store(home) == [f"Blob {digest} is missing."]


def test_damage_inside_the_file_is_found_too(home):
    digest = keep(home, SMALL)
    with home.deciding() as db:
        db.execute("UPDATE _tb.blobs SET content = 'other'::BLOB")
    with pytest.raises(StoreDamaged):
        read_blob(home, digest)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "a" * 63, "A" * 64, "", "a" * 64 + "\n", "/" + "a" * 63])
def test_only_a_digest_names_a_blob(home, digest):
    with pytest.raises(ValueError, match="no SHA-256"):
        blob_path(home.location, digest)


def test_a_blob_that_was_lost_before_its_merge_is_noted_and_its_run_stays(home):
    run = start_run("x")
    log_text("x", "a.txt", run=run)
    for path in blob_files(home.location):
        path.unlink()
    with home.asking() as db:
        assert db.execute("SELECT count(*) FROM artifacts").fetchone() == (1,)
        assert db.execute("SELECT place FROM _tb.rejected").fetchall() == [("blobs",)]


def test_garbage_is_collected_when_old_and_named_by_nobody(home):
    named = keep(home, LARGE)
    unnamed, _ = home.put_blob(LARGE + b"!")
    assert collect_garbage(home) == (0, 0), "a young blob may be about to be named"
    assert collect_garbage(home, now=time.time() + DAY + 60) == (0, 1)
    assert [path.name for path in blob_files(home.location)] == [named]
    assert unnamed != named


def test_putting_old_content_again_makes_it_young(home):
    digest, _ = home.put_blob(LARGE)
    long_ago = time.time() - 2 * DAY
    os.utime(blob_path(home.location, digest), (long_ago, long_ago))
    home.put_blob(LARGE)
    assert collect_garbage(home) == (0, 0)


def test_a_blob_named_only_in_a_spool_is_spared(home):
    run = start_run("x")
    log_text("x" * 100_000, "a.txt", run=run)
    assert collect_garbage(home, now=time.time() + 10 * DAY) == (0, 0)
    assert len(list(blob_files(home.location))) == 1


def test_a_deleted_run_goes_with_all_that_was_its_own(home):
    with start_run("gone") as run:
        run.log_metric("loss", 1.0)
        run.log_params({"lr": 1})
        log_text("small", "a.txt", run=run)
        log_text("x" * 100_000, "b.txt", run=run)
    with start_run("stays") as stays:
        stays.log_metric("loss", 2.0)
    delete_run(home, "gone", actor="me")
    later = time.time() + 60
    assert collect_garbage(home, deleted_before=0.0) == (0, 0)
    assert collect_garbage(home, deleted_before=later, now=later + 2 * DAY) == (1, 2)
    with home.asking() as db:
        for table, count in {"runs": 1, "series": 1, "points": 1, "params": 0, "artifacts": 0, "blobs": 0}.items():
            assert db.execute(f"SELECT count(*) FROM _tb.{table}").fetchone() == (count,), table
    assert verify_store(home) == []
