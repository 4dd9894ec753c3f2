"""Paths that a browser names: what leaves the server's root is refused, however it is written."""

from __future__ import annotations

import urllib.parse

import pytest

import trackbook as tb
from trackbook.labapi.errors import OutsideRoot
from trackbook.labapi.roots import Root
from trackbook.store import Location
from trackbook.tracking.start import use_store

LEAVING = [
    "../x.duckdb",
    "a/../../x.duckdb",
    "/etc/passwd",
    "//etc/x.duckdb",
    "..\\x.duckdb",
    "a\\..\\..\\x.duckdb",
    "~/x.duckdb",
    "RTC:../x.duckdb",
    "RTC:/x.duckdb",
    "x.duckdb\0.txt",
    "a" * 5000,
]
LOOKING = ("runs", "experiments", "cells", "models", "models/versions", "storage", "feed", "stores")
DOING = ("runs/change", "models/preview", "models/decide", "undo", "storage/collect")


@pytest.mark.parametrize("path", LEAVING, ids=ascii)
def test_a_path_that_leaves_the_root_is_forbidden_everywhere(server, path):
    for address in LOOKING:
        name = "notebook" if address == "stores" else "store"
        answer = server.ask("GET", address, **{name: path})
        assert answer.status == 403, (address, answer)
    for address in DOING:
        body = {"store": path, "model": "m", "version": 1, "deed": "archive", "ids": []}
        assert server.ask("POST", address, body).status == 403, address


def test_a_notebook_outside_is_forbidden_too(server, store):
    assert server.ask("GET", "cells", store=store, notebook="../secret.ipynb").status == 403


def test_a_path_is_decoded_once_and_never_again(server):
    twice = urllib.parse.quote("%2e%2e%2fx.duckdb")
    answer = server.raw("GET", f"runs?store={twice}", headers={"Authorization": f"token {server.token}"})
    assert answer.status == 200  # a strange name of a store that is not there
    once = server.raw("GET", "runs?store=%2e%2e%2fx.duckdb", headers={"Authorization": f"token {server.token}"})
    assert once.status == 403


def test_links_are_followed_before_it_is_judged(server, place, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    use_store(outside / "trackbook.duckdb")
    with tb.start_run("secret"):
        pass
    (place / "file.duckdb").symlink_to(outside / "trackbook.duckdb")
    (place / "folder").symlink_to(outside)
    (place / "loop.duckdb").symlink_to(place / "loop.duckdb")
    for name in ("file.duckdb", "folder/trackbook.duckdb"):
        assert server.ask("GET", "runs", store=f"{place.name}/{name}").status == 403, name
    assert server.ask("GET", "runs", store=f"{place.name}/loop.duckdb").status in {400, 403}


@pytest.mark.parametrize("part", ["", "spools", "blobs", "locks"])
def test_a_store_whose_folder_is_a_link_that_leaves_the_root_is_forbidden(server, place, store, log, tmp_path, part):
    run = log("kept outside")
    folder = place / "trackbook.duckdb.d" / part
    outside = tmp_path / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    before = sorted(outside.rglob("*"))
    for address in LOOKING:
        named = {"notebook": f"{place.name}/a.ipynb"} if address == "stores" else {"store": store}
        answer = server.ask("GET", address, **named)
        refused = answer.body.get("current", {}).get("fault") if address == "stores" else answer.status == 403
        assert refused, (address, answer)
    body = {"store": store, "ids": [run.run_id], "deed": "star"}
    answer = server.ask("POST", "runs/change", body)
    assert answer.status == 403
    assert "leaves the folder" in answer.body["message"]
    assert store not in [each["path"] for each in server.get("stores")["known"]]
    assert sorted(outside.rglob("*")) == before, "nothing was written outside"


def test_a_link_inside_the_root_is_no_harm(server, place, log):
    log("linked")
    (place / "same.duckdb").symlink_to(place / "trackbook.duckdb")
    (place / "here").symlink_to(place)
    found = server.get("runs", store=f"{place.name}/here/trackbook.duckdb")
    assert [run["name"] for run in found["runs"]] == ["linked"]


def test_a_file_that_is_no_store_is_a_400_and_stays_as_it_is(server, place):
    (place / "notes.duckdb").write_text("not a database")
    (place / "notes.txt").write_text("notes")
    for name in ("notes.duckdb", "notes.txt"):
        answer = server.ask("GET", "runs", store=f"{place.name}/{name}")
        assert answer.status == 400
        assert answer.body["message"].endswith((".", "changed."))
    assert (place / "notes.duckdb").read_text() == "not a database"
    assert server.get("stores", notebook=f"{place.name}/a.ipynb")["current"]["fault"] == ""


def test_nothing_is_decided_in_a_store_that_is_not_there(server, place):
    answer = server.ask("POST", "storage/collect", {"store": f"{place.name}/none.duckdb"})
    assert answer.status == 404
    assert not list(place.glob("none*"))


def test_a_store_above_the_root_is_not_opened(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "trackbook.duckdb").write_bytes(b"")
    root = tmp_path / "served"
    root.mkdir()
    with pytest.raises(OutsideRoot):
        Root(root).store_of("", "study.ipynb")


def test_a_configured_store_may_lie_outside_and_is_named_in_full(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACKBOOK_STORE", raising=False)
    root, file = tmp_path / "served", tmp_path / "team" / "all.duckdb"
    root.mkdir()
    chosen = Root(root, str(file))
    assert chosen.store_of("", "study.ipynb") == Location(file)
    assert chosen.store_of(chosen.named(file)) == Location(file)
    with pytest.raises(OutsideRoot):
        chosen.store_of(str(tmp_path / "team" / "other.duckdb"))


def test_a_notebook_is_found_under_every_name_that_it_was_kept_under(tmp_path):
    root = tmp_path / "served"
    (root / "deep").mkdir(parents=True)
    names = Root(root).names_of("deep/study.ipynb", Location(root / "trackbook.duckdb"))
    assert "deep/study.ipynb" in names
    assert str(root / "deep" / "study.ipynb") in names
