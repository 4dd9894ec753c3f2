"""What the browser tests do with a page: write a notebook, run its cells, wait for a sign, take a picture."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat

PICTURES = Path(__file__).parent / "pictures"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
SETUP = "%load_ext trackbook\nimport trackbook as tb"
EVIL = "<img src=x onerror=\"window.hacked='{}'\">"
"""Markup that would tell of itself if it were run; the place it stands in goes into the braces."""

_AFTER_A_TWIN = ".jp-OutputArea-child:has([data-trackbook-twin]) + .jp-OutputArea-child"
_GHOSTS = ("Loading widget", "Error displaying widget")
_TRANSITIONS = 700
"""Milliseconds of the front end's, for the sake of a picture."""

_RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
_IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
_COMMAND = "([name, args]) => { window.jupyterapp.commands.execute(name, args); }"
_SAVED = "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
_SHUT_DOWN = "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }"
_RESTART = """() => {
    window.ran = false;
    window.jupyterapp.shell.currentWidget.sessionContext.restartKernel().then(() => { window.ran = true; });
}"""
_ASIDE = """async (code) => {
    await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code }).done;
}"""
_REPLACE = """([index, source]) => {
    window.jupyterapp.shell.currentWidget.content.widgets[index].model.sharedModel.setSource(source);
}"""


def write_notebook(path, *cells, kernel=KERNEL):
    """Write a notebook of these code cells; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [nbformat.v4.new_code_cell(source, id=f"cell{at}") for at, source in enumerate(cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
    return path


def start_cell(page, index):
    """Run a cell and wait for nothing."""
    page.evaluate(_RUN_CELL, index)


def run_cell(page, index):
    """Run a cell to its end; returns it."""
    start_cell(page, index)
    wait_idle(page)
    return cell_of(page, index)


def cell_of(page, index):
    return page.locator(".jp-Notebook .jp-CodeCell").nth(index)


def wait_idle(page):
    """Wait until the cell that was started has ended."""
    page.wait_for_function(_IDLE)


def run_aside(page, code):
    """Run code in the kernel beside the cells, to its end."""
    page.evaluate(_ASIDE, code)


def replace_cell(page, index, source):
    page.evaluate(_REPLACE, [index, source])


def command(page, name, **arguments):
    """Give the front end a command, as its menus do."""
    page.evaluate(_COMMAND, [name, arguments])


def restart(page):
    page.evaluate(_RESTART)
    wait_idle(page)


def save(page):
    command(page, "docmanager:save")
    page.wait_for_function(_SAVED)


def shut_down(page):
    """End the kernel of the notebook."""
    page.evaluate(_SHUT_DOWN)


def theme(page, name):
    """Change to the light or the dark theme: "Light" or "Dark"."""
    command(page, "apputils:change-theme", theme=f"JupyterLab {name}")
    page.locator(f"body[data-jp-theme-name='JupyterLab {name}']").wait_for(state="attached")


def until(page, question, what="it", says=lambda: "", seconds=15):
    """Wait until a question about the page is answered with yes; `says` tells what is there instead."""
    for _ in range(seconds * 40):
        if question():
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{what} never came; {says()}")


def safe(page):
    """Nothing that anybody typed has become an element, or has been run."""
    assert page.evaluate("() => window.hacked ?? null") is None
    assert page.locator(".jp-OutputArea img[src=x], .jp-OutputArea [onerror]").count() == 0


def no_ghosts(page):
    """What a saved notebook shows are twins, and nothing of the widgets that no kernel has any more."""
    texts = page.locator(f"{_AFTER_A_TWIN}:visible").all_inner_texts()
    assert [text for text in texts if any(ghost in text for ghost in _GHOSTS)] == []


def look(node, name):
    """Keep a picture for whoever draws the panels, where TRACKBOOK_LOOKS names a folder."""
    if folder := os.environ.get("TRACKBOOK_LOOKS"):
        node.page.wait_for_timeout(_TRANSITIONS)
        node.screenshot(path=Path(folder) / f"{name}.png")


def picture(node, name):
    """Take a picture of the README anew, where TRACKBOOK_PICTURES is set."""
    if os.environ.get("TRACKBOOK_PICTURES"):
        node.page.wait_for_timeout(_TRANSITIONS)
        node.screenshot(path=PICTURES / f"{name}.png")
