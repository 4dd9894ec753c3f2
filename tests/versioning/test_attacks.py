"""A store that somebody mailed, and names made for a shell: what MLflow's security record has beyond the packages.

The classes that live in a package's own files are in tests/models/test_attacks.py, those of the server in tests/labapi.
"""

from __future__ import annotations

import os
import stat

import pytest

import trackbook as tb
from trackbook.errors import BadInput, RunNotFound, StoreDamaged
from trackbook.versioning import loading

ESCAPES = ["../evil", "../../evil", "/evil", "//proc/self/root/evil", "a/../../evil", "..\\evil", "C:\\evil", "C:evil"]


@pytest.fixture
def two_doors(tmp_path):
    """Each way by which a package leaves the store."""
    return (
        lambda: tb.load_model("models:/churn/1"),
        lambda: tb.export_model("models:/churn/1", tmp_path / "out" / "churn"),
    )


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where packages are unpacked, so that a test sees what is left beside them."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def tamper(home, sql, *values):
    home.merge()
    with home.deciding() as db:
        db.execute(sql, list(values))


@pytest.mark.parametrize("path", ESCAPES)
def test_a_store_cannot_have_a_file_written_outside_the_package(home, log, two_doors, temporary, tmp_path, path):
    tb.register("churn", log())
    tamper(home, "UPDATE _tb.model_files SET path = $1 WHERE path = 'requirements.txt'", path)
    before = sorted(tmp_path.parent.rglob("evil*"))
    for load in two_doors:
        with pytest.raises(StoreDamaged, match="would leave its folder"):
            load()
    assert sorted(tmp_path.parent.rglob("evil*")) == before
    assert list(temporary.iterdir()) == []
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("blob", ["../../secret", "/etc/passwd", "/dev/zero", "%2e%2e%2fsecret", "0" * 63])
def test_a_store_cannot_have_a_file_read_from_elsewhere(home, log, two_doors, temporary, tmp_path, blob):
    (tmp_path / "secret").write_text("secret")
    tb.register("churn", log())
    tamper(home, "UPDATE _tb.model_files SET blob = $1 WHERE path = 'requirements.txt'", blob)
    for load in two_doors:
        with pytest.raises((StoreDamaged, ValueError), match=r"is no SHA-256|is missing"):
            load()
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "out" / "churn").exists()


def test_nobody_else_can_put_anything_beside_a_package_while_it_is_loaded(log, temporary, monkeypatch):
    seen = []

    def load(folder, *, trust):
        seen.extend(stat.S_IMODE(place.stat().st_mode) for place in (folder.parent, folder))

    tb.register("churn", log())
    monkeypatch.setattr(loading, "load_package", load)
    before = os.umask(0)
    try:
        tb.load_model("models:/churn/1")
    finally:
        os.umask(before)
    assert seen == [0o700, 0o700]


@pytest.mark.parametrize("name", ["x; touch {mark}", "$(touch {mark})", "`touch {mark}`", "x' && touch {mark} #", "-c"])
def test_a_name_made_for_a_shell_reaches_none(log, rules, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    name = name.format(mark="mark")
    rules("[registry.gates.Production]\nloads = true\n")
    tb.register(name, log(name))
    assert tb.promote(name, 1, reason=name).stage == "Production"
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    "source", ["../../secret", "/etc/passwd", "file:///etc/passwd", "s3://bucket/model", "runs:/.."]
)
def test_a_version_is_made_of_a_logged_model_and_never_of_a_path(log, source):
    log()
    with pytest.raises((BadInput, RunNotFound)):
        tb.register("churn", source)
    assert tb.registered_models().empty
