"""A page of a real JupyterLab in Chromium for benchmarks, by the fixtures of the browser tests."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = os.environ.get("TRACKBOOK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.began = performance.now();
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"


class _Folders:
    """What the fixture of the server takes of pytest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def mktemp(self, name: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=name, dir=self._folder))


@contextmanager
def notebook_page(folder: Path, *cells: str) -> Iterator[Any]:
    """Open a notebook of these cells, ready to run; gives Playwright's page."""
    import nbformat
    from playwright.sync_api import sync_playwright

    fixtures = _browser_fixtures()
    serving = fixtures.lab.__wrapped__(_Folders(folder))
    lab = next(serving)
    made = [nbformat.v4.new_code_cell(source, id=f"cell{place}") for place, source in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), lab.root / "measured.ipynb")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=fixtures.FLAGS)
            page = browser.new_page(viewport={"width": 1180, "height": 900})
            page.set_default_timeout(120_000)
            yield fixtures.load(page, f"{lab.url}/lab/tree/measured.ipynb?token={lab.token}&reset")
            browser.close()
    finally:
        next(serving, None)


@contextmanager
def empty_page(folder: Path) -> Iterator[tuple[Any, str, Path]]:
    """Serve JupyterLab and open a page that has loaded nothing; gives it, where JupyterLab is, and the data folder."""
    from playwright.sync_api import sync_playwright

    fixtures = _browser_fixtures()
    serving = fixtures.lab.__wrapped__(_Folders(folder))
    lab = next(serving)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=fixtures.FLAGS)
            page = browser.new_page(viewport={"width": 1180, "height": 900})
            page.set_default_timeout(120_000)
            yield page, f"{lab.url}/lab?token={lab.token}&reset", lab.root.parent / "data_dir"
            browser.close()
    finally:
        next(serving, None)


def run_cell(page: Any, place: int) -> None:
    """Run a cell and wait until the kernel is idle."""
    page.evaluate(RUN_CELL, place)
    page.wait_for_function(IDLE)


def _browser_fixtures() -> Any:
    path = Path(__file__).parents[1] / "browser" / "conftest.py"
    spec = importlib.util.spec_from_file_location("browser_fixtures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
