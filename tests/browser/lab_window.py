"""One window with JupyterLab for test after test: to load JupyterLab takes five seconds, to open a notebook not one."""

from __future__ import annotations

_SIZE = {"width": 1180, "height": 900}
_TIMEOUT = 60_000
"""Milliseconds."""

_READY = """async (patience) => {
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error('no kernel came')), patience));
    const ready = async () => {
        const widget = window.jupyterapp.shell.currentWidget;
        await widget.context.ready; await widget.sessionContext.ready; await widget.sessionContext.session.kernel.info;
    };
    await Promise.race([ready(), late]);
}"""
_OPEN = """async (path) => {
    const { commands, shell } = window.jupyterapp;
    const others = [...shell.widgets('main')];
    const opened = await commands.execute('docmanager:open', { path, factory: 'Notebook' });
    await opened.context.ready;
    for (const other of others) {
        if (other.context) {
            await other.sessionContext.shutdown();
            other.context.model.dirty = false;  // else JupyterLab asks whether to save
        }
        other.close();
    }
    shell.activateById(opened.id);
    if (shell.leftCollapsed) shell.expandLeft();
    if (document.body.dataset.jpThemeName !== 'JupyterLab Light')
        await commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' });
}"""
_AS_AT_FIRST = """path => document.querySelectorAll('.jp-NotebookPanel').length === 1
    && window.jupyterapp.shell.currentWidget?.context?.path === path
    && document.body.dataset.jpThemeName === 'JupyterLab Light'"""


def new_page(chromium):
    """Return a page that shares nothing with any other."""
    context = chromium.new_context(viewport=_SIZE, device_scale_factor=1.5)
    page = context.new_page()
    page.set_default_timeout(_TIMEOUT)
    return page


def load(page, address):
    """Load JupyterLab or Notebook 7 with a notebook; returns the page, ready to run cells."""
    page.goto(address)
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    page.evaluate(_READY, _TIMEOUT)
    return page


class Window:
    """A window in which each test finds its notebook and nothing of the tests before."""

    def __init__(self, lab, chromium):
        self._lab, self._chromium = lab, chromium
        self._page = None

    def open(self, path):
        """Open a notebook beside no other one, with the layout and the theme that everybody begins with."""
        if self._page is None:
            self._page = new_page(self._chromium)
            return self.load(path)
        page = self._page
        for other in page.context.pages[1:]:
            other.close()
        page.set_viewport_size(_SIZE)
        page.mouse.move(0, 0)
        page.evaluate(_OPEN, path)
        page.wait_for_function(_AS_AT_FIRST, arg=path)
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.evaluate(_READY, _TIMEOUT)
        return page

    def load(self, path):
        """Load JupyterLab anew with this notebook, as somebody does who comes back to it."""
        return load(self._page, f"{self._lab.url}/lab/tree/{path}?token={self._lab.token}&reset")

    def close(self):
        """Close the window; the next notebook gets a new one."""
        if self._page is not None:
            self._page.context.close()
            self._page = None
