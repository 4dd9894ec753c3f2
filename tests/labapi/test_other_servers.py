"""Servers that are set up otherwise: below another address, with users who may only read; and how a server ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from trackbook.labapi.routes import ROUTES
from trackbook.tracking.start import use_store

READ_ONLY = """
from jupyter_server.auth import Authorizer

class ReadOnly(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return action == "read" or resource != "trackbook"
"""


@pytest.fixture(scope="module")
def other(start_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("other")
    root = folder / "real"
    root.mkdir()
    (folder / "root").symlink_to(root)
    (folder / "only_readers.py").write_text(READ_ONLY)
    process, server = start_server(
        folder, folder / "root", "--ServerApp.base_url=/user/ana/", "--Trackbook.storage_quota=1000",
        "--ServerApp.authorizer_class=only_readers.ReadOnly",
    )  # fmt: skip
    yield server
    process.terminate()
    process.wait(20)


def test_all_is_below_the_servers_own_address_and_root_also_when_that_is_a_link(other, home, log):
    use_store(other.root / "trackbook.duckdb")
    log("below")
    assert "/user/ana" in other.url
    assert other.get("stores", notebook="a.ipynb")["current"]["path"] == "trackbook.duckdb"
    assert [run["name"] for run in other.get("runs")["runs"]] == ["below"]


def test_one_who_may_only_read_changes_nothing(other):
    for path, _ in ROUTES:
        if "[" not in path and "*" not in path:
            assert other.ask("POST", path, {}).status == 403, path


def test_the_servers_configuration_is_heard(other, home, log):
    use_store(other.root / "trackbook.duckdb")
    log()
    told = other.get("storage")
    assert told["quota"] == 1000
    assert "more than the 1\u202fkB that it should" in told["warning"]


def test_a_server_ends_at_once_though_pages_listen(start_server, tmp_path, home, log):
    root = tmp_path / "root"
    root.mkdir()
    use_store(root / "trackbook.duckdb")
    log()
    process, server = start_server(tmp_path, root)
    feed = server.feed()
    feed.wait(lambda told: told["tell"] == "changed")
    began = time.monotonic()
    process.terminate()
    process.wait(20)
    assert time.monotonic() - began < 10
    assert "Traceback" not in server.log.read_text()


def test_what_a_server_did_before_it_was_restarted_is_changed_back_otherwise_and_it_says_how(
    start_server, tmp_path, home, log
):
    root = tmp_path / "root"
    root.mkdir()
    use_store(root / "trackbook.duckdb")
    run = log()
    body = {"store": "trackbook.duckdb", "ids": [run.run_id], "deed": "star"}
    process, server = start_server(tmp_path, root)
    way = server.post("runs/change", **body)["undo"]
    process.terminate()
    process.wait(20)
    process, server = start_server(tmp_path, root)
    answer = server.ask("POST", "undo", {"store": "trackbook.duckdb", "undo": way})
    process.terminate()
    process.wait(20)
    assert answer.status == 404
    assert "restarted" in answer.body["message"]
    assert "tb.audit()" in answer.body["message"]


def test_a_server_that_nobody_asks_imports_nearly_nothing_of_ours(tmp_path):
    code = (
        "import sys\nfrom jupyter_server.serverapp import ServerApp\n"
        "before = {name.partition('.')[0] for name in sys.modules}\n"
        "app = ServerApp(jpserver_extensions={'trackbook.labapi': True}, open_browser=False, allow_root=True)\n"
        "app.initialize(['--port=0'], new_httpserver=False)\n"
        "assert 'trackbook.labapi.loading' in sys.modules\n"
        "print(*sorted(name for name in sys.modules if name.startswith('trackbook.')))\n"
        "print(*({'duckdb', 'numpy', 'pandas', 'pyarrow', 'ipywidgets'} & set(sys.modules) - before))"
    )
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    environment = {**os.environ, **{name: str(tmp_path / name) for name in names}}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["trackbook.config", "trackbook.labapi", "trackbook.labapi.loading"]


def test_jupyter_lists_the_extension_as_sound(tmp_path):
    listed = subprocess.run(
        [sys.executable, "-c", "import trackbook.labapi as api; print(api._jupyter_server_extension_points())"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "trackbook.labapi" in listed.stdout


def test_plain_trackbook_needs_no_jupyter_server():
    code = (
        "import sys; sys.modules['jupyter_server'] = sys.modules['tornado'] = None\n"
        "import trackbook, trackbook.labapi\n"
        "from trackbook.store import locate\nprint('fine')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "fine\n", done.stderr
