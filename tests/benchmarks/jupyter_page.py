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


@contextmanager
def notebook_page(folder: Path, *cells: str) -> Iterator[Any]:
    """Open a notebook of these cells, ready to run; gives Playwright's page."""
    import nbformat

    made = [nbformat.v4.new_code_cell(source, id=f"cell{place}") for place, source in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with _blank_page(folder) as (page, lab, fixtures):
        notebook = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
        nbformat.write(notebook, lab.root / "measured.ipynb")
        yield fixtures.load(page, f"{lab.url}/lab/tree/measured.ipynb?token={lab.token}&reset")


@contextmanager
def empty_page(folder: Path, extensions: Path | None = None) -> Iterator[tuple[Any, str, Path]]:
    """Serve JupyterLab and open a page that has loaded nothing; gives it, where JupyterLab is, and its folder.

    extensions: the one folder to look for JupyterLab's extensions in, instead of all that are installed.
    """
    with _blank_page(folder, extensions) as (page, lab, _):
        yield page, f"{lab.url}/lab?token={lab.token}&reset", lab.root


@contextmanager
def _blank_page(folder: Path, extensions: Path | None = None) -> Iterator[tuple[Any, Any, Any]]:
    from playwright.sync_api import sync_playwright

    fixtures = _browser_fixtures()
    home = Path(tempfile.mkdtemp(prefix="lab", dir=folder))
    with fixtures.serving("lab", "LabApp", home, extensions=extensions) as lab, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=fixtures.FLAGS)
        page = browser.new_page(viewport={"width": 1180, "height": 900})
        page.set_default_timeout(120_000)
        yield page, lab, fixtures
        browser.close()


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
