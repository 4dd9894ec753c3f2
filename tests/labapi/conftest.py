"""A real Jupyter server in a process of its own, real stores, real HTTP."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

import trackbook as tb
from trackbook.tracking.start import use_store

if TYPE_CHECKING:
    from pathlib import Path

if find_spec("jupyter_server") is None:  # trackbook itself does without
    collect_ignore_glob = ["test_*.py"]

ENABLED = {"ServerApp": {"jpserver_extensions": {"trackbook.labapi": True}}}


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Server:
    url: str
    token: str
    root: Path
    log: Path

    def raw(self, method, path, data=None, headers=None, *, api="trackbook/api/"):
        """Ask as anybody may; no credentials but those given."""
        request = urllib.request.Request(f"{self.url}/{api}{path}", data=data, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), dict(error.headers))

    def ask(self, method, path, body=None, **query):
        """Ask as the extension does; the answer's JSON."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": f"token {self.token}"}
        answer = self.raw(method, path, None if body is None else json.dumps(body).encode(), headers)
        answer.body = json.loads(answer.body)
        return answer

    def get(self, path, **query):
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, answer
        return answer.body

    def post(self, path, **body):
        answer = self.ask("POST", path, body)
        assert answer.status == 200, answer
        return answer.body

    def feed(self, **query):
        return Feed(self, urllib.parse.urlencode(query))


class Feed:
    """A page that listens: everything told so far, read by a thread of its own."""

    def __init__(self, server, query):
        request = urllib.request.Request(
            f"{server.url}/trackbook/api/feed?{query}", headers={"Authorization": f"token {server.token}"}
        )
        self.answer = urllib.request.urlopen(request, timeout=60)
        self.told, self.heard = [], threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for line in self.answer:
                if line.startswith(b"data: "):
                    with self.heard:
                        self.told.append(json.loads(line[6:]))
                        self.heard.notify_all()
        except (OSError, ValueError, AttributeError):
            pass

    def wait(self, fits, seconds=15):
        with self.heard:
            assert self.heard.wait_for(lambda: any(map(fits, self.told)), seconds), self.told
            return next(each for each in self.told if fits(each))

    def forget(self):
        with self.heard:
            self.told.clear()

    def close(self):
        self.answer.fp.raw._sock.shutdown(2)


def start(folder, root, *options, password=""):
    token = secrets.token_hex(16)
    config = folder / "config" / "jupyter_server_config.d"
    config.mkdir(parents=True, exist_ok=True)
    (config / "trackbook.json").write_text(json.dumps(ENABLED))
    env = {key: value for key, value in os.environ.items() if not key.startswith("TRACKBOOK_")}
    env |= {name: str(folder / name.lower()) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    env["JUPYTER_CONFIG_DIR"] = str(config.parent)
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
                "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
                *options,
            ],
            env=env, stdout=out, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
    info = folder / "jupyter_runtime_dir" / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + 60
    while True:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text()[-4000:])
        try:
            url = json.loads(info.read_text())["url"].rstrip("/")
            urllib.request.urlopen(f"{url}/api/status?token={token}", timeout=5).close()
            break
        except (OSError, ValueError):
            time.sleep(0.05)
    return process, Server(url, token, root, log)


@pytest.fixture(scope="session")
def start_server():
    """Start another server: (folder for its files, root, options); gives its process and how to ask it."""
    return start


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for all tests; each has a folder of its own below its root."""
    folder = tmp_path_factory.mktemp("server")
    root = folder / "root"
    root.mkdir()
    process, server = start(folder, root)
    yield server
    process.terminate()
    process.wait(20)


@pytest.fixture
def place(server, tmp_path_factory, home, request):
    """A folder below the root with a store of its own, which this process logs to; the store's name for the server."""
    folder = server.root / f"{request.node.name[:40]}-{secrets.token_hex(3)}".replace("[", "-").replace("]", "")
    folder.mkdir()
    use_store(folder / "trackbook.duckdb")
    return folder


@pytest.fixture
def store(server, place):
    return f"{place.name}/trackbook.duckdb"


@pytest.fixture
def log():
    def log(name="fit", *, experiment="churn", **metrics):
        with tb.start_run(name, experiment=experiment) as run:
            tb.log_metrics(metrics)
        return run

    return log
