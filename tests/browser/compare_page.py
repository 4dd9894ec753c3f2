"""A comparison in a page, as its user has it: what is drawn, what is chosen, what it says."""

from __future__ import annotations

import json

from pages import SETUP, run_cell, until, write_notebook

_DRAWN = """node => [...node.querySelectorAll('.js-plotly-plot')].some(plot =>
    plot._fullData?.length && plot.style.visibility === ''
    && Math.abs(plot._fullLayout.width - node.clientWidth) < 30)"""
_TRACES = """node => JSON.stringify(node.querySelector('.js-plotly-plot')?.data ?? [],
    (key, value) => ArrayBuffer.isView(value) ? [...value] : value)"""


class ComparePage:
    """One comparison of a page."""

    def __init__(self, page, root):
        self.page, self.node = page, root
        self.area = root.locator(".nsewdrag").first
        """Where the first plot's curves are."""

        self.notice = root.locator("[role=status]").first

    def call(self):
        return self.node.locator(".tb-Call code").inner_text()

    def text(self):
        return self.node.inner_text()

    def traces(self):
        """Return what the first figure draws, as plotly has it."""
        return json.loads(self.node.evaluate(_TRACES))

    def drawn(self, part):
        """Return a part of the first trace, as its x or its dimensions; nothing while it is being drawn anew."""
        return next((trace.get(part, []) for trace in self.traces()), [])

    def figure(self, what):
        """Ask the first figure: an expression over `plot`."""
        return self.node.evaluate(f"node => {{ const plot = node.querySelector('.js-plotly-plot'); return {what}; }}")

    def span(self):
        """How much of the x axis is in view."""
        low, high = self.figure("plot._fullLayout.xaxis.range")
        return high - low

    def tab(self, title):
        return self.node.locator(".tb-Tabs button", has_text=title)

    def open(self, title):
        self.tab(title).click()
        self.calls(f'view="{title.lower()}"')

    def button(self, name):
        return self.node.get_by_role("button", name=name, exact=True)

    def box(self, label):
        return self.node.get_by_label(label, exact=True)

    def menu(self, label):
        boxes = self.node.locator(".widget-dropdown", has=self.page.locator(f"label:text-is('{label}')"))
        return boxes.locator("select").first

    def choose(self, label, value):
        """Choose from a menu as a user does, and wait until the call follows."""
        before = self.call()
        self.menu(label).select_option(value)
        self.until(lambda: self.call() != before, f"{label} = {value}")

    def search(self, placeholder, text):
        """Type a name into a field that searches, and take it."""
        self._enter(self.node.get_by_placeholder(placeholder).first, text)

    def write(self, label, text):
        """Type into a field that has a label, and leave it by Enter."""
        self._enter(self.node.locator(".widget-text", has_text=label).locator("input"), text)

    def _enter(self, field, text):
        field.fill(text)
        field.press("Enter")

    def saved_picture(self):
        """Press the button that saves PNG, and open what the browser downloads."""
        from PIL import Image

        with self.page.expect_download() as download:
            self.button("save PNG").click()
        assert download.value.suggested_filename == "trackbook-compare.png"
        return Image.open(download.value.path())

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def press_above(self, title):
        """Press a button above the figure; they come when the pointer is over it."""
        self.area.hover()
        self.node.locator(f".modebar-btn[data-title='{title}']").click()

    def drag(self, start, end, steps=8):
        """Drag from one place of the page to another: x and y in pixels."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=steps)
        mouse.up()

    def until(self, question, what="it"):
        """Wait until a question about the comparison is answered with yes."""
        until(self.page, question, what, lambda: f"the panel says: {self.text()[:1500]}", seconds=30)

    def calls(self, text):
        """Wait until the call that makes this view says so."""
        self.until(lambda: text in self.call(), text)

    def says(self, text):
        self.until(lambda: text in self.text(), text)

    def draws(self, *kinds):
        """Wait until the first traces of the figure are of these kinds."""
        self.until(lambda: [trace["type"] for trace in self.traces()][: len(kinds)] == list(kinds), f"{kinds}")

    def wait_drawn(self):
        """Wait until a figure has come, as wide as the panel."""
        self.until(lambda: self.node.evaluate(_DRAWN), "a figure")


def show_comparison(open_notebook, path, *cells):
    """Open a notebook whose first cell loads trackbook and whose last shows a comparison; all are run."""
    write_notebook(path, SETUP, *cells)
    page = open_notebook(path)
    for index in range(len(cells) + 1):
        cell = run_cell(page, index)
    root = cell.locator(".tb-Compare")
    root.wait_for()
    return ComparePage(page, root)
