"""A real JupyterLab in a real browser; skipped where there is no Chromium."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what the tests share is beside them: pages.py and the like
from lab_extension import install_extension
from lab_window import Window, load, new_page

CHROMIUM = os.environ.get("TRACKBOOK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
KERNEL_6 = os.environ.get("TRACKBOOK_KERNEL_6")
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
QUIET = {"fetchNews": "false", "checkForUpdates": False}


@dataclass(frozen=True)
class Lab:
    url: str
    token: str
    root: Path


def pytest_collection_modifyitems(items):
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: apt-get install chromium"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    with serving("lab", "LabApp", tmp_path_factory.mktemp("lab")) as served:
        yield served


@pytest.fixture(scope="session")
def notebook_7(tmp_path_factory):
    pytest.importorskip("notebook")
    with serving("notebook", "JupyterNotebookApp", tmp_path_factory.mktemp("notebook")) as served:
        yield served


@pytest.fixture(scope="session")
def unserved_lab(tmp_path_factory):
    """JupyterLab with our extension, on a server where somebody has disabled its part."""
    with serving("lab", "LabApp", tmp_path_factory.mktemp("unserved"), served=False) as served:
        yield served


@contextmanager
def serving(program, app, home, *, served=True, extensions=None):
    """Run a Jupyter server; extensions: the one folder it takes JupyterLab's extensions from."""
    root, token = home / "root", secrets.token_hex(16)
    root.mkdir()
    folder = home / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    (folder / "notification.jupyterlab-settings").write_text(json.dumps(QUIET))
    places = {name: str(home / name.lower()) for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")}
    if KERNEL_6:
        _offer_kernel_6(Path(places["DATA_DIR"]))
    install_extension(Path(places["DATA_DIR"]), Path(places["CONFIG_DIR"]), served=served)
    environment = {
        **os.environ,
        **{f"JUPYTER_{name}": place for name, place in places.items()},
        # In a virtual environment its own copy of our extension, which grows old, would come first.
        "JUPYTER_PREFER_ENV_PATH": "no",
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    command = [
        sys.executable, "-m", "jupyter", program, "--no-browser", "--allow-root", "--ip=127.0.0.1",
        "--ServerApp.port=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
        f"--{app}.expose_app_in_browser=True",
    ]  # fmt: skip
    if extensions:
        command.append(f"--{app}.labextensions_path={extensions}")
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            facts = Path(places["RUNTIME_DIR"]) / f"jpserver-{server.pid}.json"
            yield Lab(_url_when_ready(server, facts, token, home / "server.log"), token, root)
        finally:
            server.terminate()
            server.wait(15)


def _url_when_ready(server, facts, token, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            url = json.loads(facts.read_text())["url"].rstrip("/")
            urllib.request.urlopen(f"{url}/api/status?token={token}", timeout=2)
        except (OSError, ValueError):
            time.sleep(0.1)
        else:
            return url
    raise RuntimeError("the server did not start: " + log.read_text()[-4000:])


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        loop = asyncio._get_running_loop()
        yield browser
        asyncio._set_running_loop(loop)  # hidden from the test that happened to be the last
        browser.close()


@pytest.fixture
def place(lab, tmp_path):
    """A folder of JupyterLab's that is this test's own; it is yet to be made."""
    return lab.root / tmp_path.name


@pytest.fixture(scope="session")
def kernel_6():
    """What a notebook says of a kernel of ipykernel 6, with the oldest DuckDB."""
    if not KERNEL_6:
        pytest.skip("TRACKBOOK_KERNEL_6 names no Python that has trackbook and ipykernel 6.29")
    return {"name": "six", "display_name": "Python 6", "language": "python"}


def _offer_kernel_6(data):
    """Offer it before JupyterLab starts: a page that is open hears of a new kernel only a minute later."""
    folder = data / "kernels" / "six"
    folder.mkdir(parents=True)
    start = [KERNEL_6, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": start, "display_name": "Python 6", "language": "python"}))


@pytest.fixture
def open_notebook(lab, chromium):
    """Open a notebook of JupyterLab's folder; the page is ready to run cells."""
    with _new_page(chromium) as page:
        yield lambda name: load(page, f"{lab.url}/lab/tree/{_within(lab, name)}?token={lab.token}&reset")


@pytest.fixture(scope="session")
def _window(lab, chromium):
    window = Window(lab, chromium)
    loop = asyncio._get_running_loop()
    yield window
    asyncio._set_running_loop(loop)  # hidden from the test that happened to be the last
    window.close()


@pytest.fixture
def open_next(lab, _window, request):
    """Open a notebook in the window of the tests before; a second time in a test, JupyterLab is loaded anew."""
    failed = request.session.testsfailed
    ways = chain([_window.open], repeat(_window.load))
    yield lambda name: next(ways)(_within(lab, name))
    if request.session.testsfailed > failed:
        _window.close()  # nobody knows what is left in it


@pytest.fixture
def open_beside(lab, chromium):
    """Open a notebook as a colleague does: in a window of its own, while the first one stays open."""
    with _new_page(chromium) as page:
        yield lambda name: load(
            page, f"{lab.url}/lab/workspaces/beside/tree/{_within(lab, name)}?token={lab.token}&reset"
        )


@pytest.fixture
def open_in_notebook_7(notebook_7, chromium):
    """Open a notebook of Notebook 7's folder; the page is ready to run cells."""
    with _new_page(chromium) as page:
        yield lambda name: load(
            page, f"{notebook_7.url}/notebooks/{_within(notebook_7, name)}?token={notebook_7.token}"
        )


@contextmanager
def _new_page(chromium):
    page = new_page(chromium)
    yield page
    page.context.close()


def _within(served, name):
    return (served.root / name).relative_to(served.root).as_posix()
