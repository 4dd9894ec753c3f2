"""Our panels as tabs of a page, and the kernels that the server runs for them."""

from __future__ import annotations

import json
import urllib.request

from pages import command, until

_CLOSE = """() => {
    for (const each of [...window.jupyterapp.shell.widgets('main')]) if (each.id.startsWith('trackbook-')) each.close();
}"""


class PanelTabs:
    """Our tabs of a page."""

    def __init__(self, page, lab):
        self.page, self._lab = page, lab

    def open(self, panel, shows, **arguments):
        """Open a panel and wait until it shows something."""
        command(self.page, f"trackbook:{panel}", **arguments)
        return self.shown(panel, shows)

    def shown(self, panel, shows):
        """Wait until the panel that is open shows something."""
        tab = self.page.locator(f".tb-PanelTab[id^='trackbook-{panel}-']:visible")
        until(self.page, lambda: shows in "".join(tab.all_inner_texts()), shows, tab.all_inner_texts, seconds=60)
        return tab

    def kernels(self):
        """Paths of the panels' sessions that the server runs, and how many windows are connected to each."""
        with urllib.request.urlopen(f"{self._lab.url}/api/sessions?token={self._lab.token}") as answer:
            running = [each for each in json.load(answer) if each["path"].startswith("trackbook panels")]
        return {each["path"]: each["kernel"]["connections"] for each in running}

    def close(self, name):
        self.page.locator(".lm-TabBar-tab", has_text=name).locator(".lm-TabBar-tabCloseIcon").click()

    def close_all(self):
        mine = self.page.evaluate("() => window.sessionStorage.getItem('trackbook:panels')")
        self.page.evaluate(_CLOSE)
        until(self.page, lambda: mine not in self.kernels(), "the end of the panels' kernel", self.kernels)
