"""A notebook in which our extension is at work: badges under cells, their box, the button of a cell, the status bar."""

from __future__ import annotations

from pages import SETUP, cell_of, run_cell, until, write_notebook

TRACKED = "%%track {name}\nlr = {lr}\naccuracy = sum([0.5, lr])\naccuracy"
BASELINE = TRACKED.format(name="baseline", lr=0.3)
_OURS = ".tb-CellBadge, .tb-HoverBox, .tb-Status, .Toastify__toast, .jp-Dialog"
_SOURCE = "index => window.jupyterapp.shell.currentWidget.content.widgets[index].model.sharedModel.getSource()"
_ACTIVATE = """index => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.deselectAll();
    content.activeCellIndex = index;
}"""

_RUN = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cell = panel.content.activeCell.model.id;
    const base = document.location.origin + '/trackbook/api/';
    const token = JSON.parse(document.getElementById('jupyter-config-data').textContent).token;
    const ask = async route => (await fetch(base + route, { headers: { Authorization: `token ${token}` } })).json();
    const { current } = await ask(`stores?notebook=${panel.context.path}`);
    const { runs } = await ask(`runs?store=${current.path}`);
    return { store: current.path, runId: runs.find(each => each.cellId === cell).id };
}"""
_IN_VIEW = """node => {
    const box = node.getBoundingClientRect();
    const view = node.closest('.jp-WindowedPanel-outer').getBoundingClientRect();
    return box.top >= view.top - 1 && box.bottom <= view.bottom + 1;
}"""


class NotebookPage:
    """The notebook in front of a page."""

    def __init__(self, page):
        self.page = page
        self.box = page.locator(".tb-HoverBox")
        self.status = page.locator(".tb-Status:visible")
        self.toasts = page.locator(".Toastify__toast")
        self.toggle = page.locator("jp-button[data-command='trackbook:toggle-cell']:visible")

    def badge(self, index):
        return cell_of(self.page, index).locator(".tb-CellBadge")

    def says(self, index):
        """What the badge of a cell says, in one line; empty without one."""
        badge = self.badge(index)
        return " ".join(badge.first.inner_text().split()) if badge.count() else ""

    def shows(self, index, *texts, seconds=15):
        """Wait until a badge says all of this."""
        self.until(lambda: all(text in self.says(index) for text in texts), f"{texts} on the badge", index, seconds)

    def hover(self, index):
        """Look at a badge until its box is there; returns the rows of the table in it."""
        self.badge(index).locator("button").hover()
        self.box.wait_for()
        return self.rows()

    def rows(self):
        return [" ".join(text.split()) for text in self.box.locator("tbody tr").all_inner_texts()]

    def activate(self, index):
        self.page.evaluate(_ACTIVATE, index)

    def scroll(self, index):
        """Bring a cell into view."""
        self.page.evaluate(
            "index => { window.jupyterapp.shell.currentWidget.content.scrollToItem(index, 'center'); }", index
        )

    def source(self, index):
        return self.page.evaluate(_SOURCE, index)

    def run(self):
        """Return store and id of the last run of the active cell, as the commands take them."""
        return self.page.evaluate(_RUN)

    def flashed(self, text):
        """Wait until a cell flashes; returns whether all of it is in view."""
        cell = self.page.locator(".jp-CodeCell.tb-Flash", has_text=text)
        cell.wait_for()
        return cell.evaluate(_IN_VIEW)

    def safe(self):
        """Nothing that anybody typed has become an element, or has been run."""
        assert self.page.evaluate("() => window.hacked ?? null") is None
        assert self.page.locator(f":is({_OURS}) :is(img[src=x], [onerror])").count() == 0

    def until(self, question, what, index=1, seconds=15):
        until(
            self.page, question, what, lambda: f"badge {self.says(index)!r}, {self.status.all_inner_texts()}", seconds
        )


def opened(open_page, path, *cells):
    """Open a notebook of these cells after one that loads trackbook, which has been run."""
    page = open_page(write_notebook(path, SETUP, *cells))
    run_cell(page, 0)
    return NotebookPage(page)
