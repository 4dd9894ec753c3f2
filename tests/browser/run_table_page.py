"""A run table in a page, as its user has it: what is seen, what is pressed."""

from __future__ import annotations

from pages import SETUP, run_cell, until, write_notebook

_BY_PLACE = "[...node.querySelectorAll('.tb-Row')].sort((a, b) => a.offsetTop - b.offsetTop)"


class RunTablePage:
    """One run table of a page."""

    def __init__(self, page, root):
        self.page, self.node = page, root
        self.rows = root.locator(".tb-Row")
        self.grid = root.locator("[role=grid]")
        self.notice = root.locator(".tb-Notice")

    def names(self):
        return self.node.evaluate(f"node => {_BY_PLACE}.map(row => row.querySelector('.tb-name')?.textContent ?? '')")

    def row(self, name):
        return self.node.locator(".tb-Row", has=self.page.locator(f".tb-name:text-is('{name}')"))

    def row_at(self, place):
        return self.node.locator(f".tb-Row[aria-rowindex='{place + 2}']")

    def column(self, title):
        """Return the texts of a column that is in view, from top to bottom."""
        place = self.title(title).locator("..").get_attribute("aria-colindex")
        return self.node.evaluate(
            f"(node, at) => {_BY_PLACE}.map(row => row.querySelector(`[aria-colindex='${{at}}']`)?.textContent ?? '')",
            place,
        )

    def titles(self):
        return self.node.evaluate(
            """node => [...node.querySelectorAll('.tb-Title')]
                .sort((a, b) => a.getAttribute('aria-colindex') - b.getAttribute('aria-colindex'))
                .map(title => title.querySelector('.tb-Words').textContent)"""
        )

    def title(self, text):
        return self.node.locator(".tb-Title button", has=self.page.locator(f".tb-Words:text-is('{text}')"))

    def box(self, title):
        return self.node.get_by_label(f"filter {title}", exact=True)

    @property
    def filter(self):
        return self.node.get_by_label("filter", exact=True)

    @property
    def groups(self):
        return self.node.get_by_label("group", exact=True)

    def button(self, name):
        return self.node.get_by_role("button", name=name, exact=True)

    def call(self):
        return self.node.locator(".tb-Call").inner_text()

    def count(self):
        return self.node.locator(".tb-Count").inner_text().replace("\u202f", "")

    def foot(self):
        return self.node.locator(".tb-Foot").inner_text()

    def selected(self):
        return self.node.evaluate(
            f"""node => {_BY_PLACE}.filter(row => row.getAttribute('aria-selected') === 'true')
                .map(row => row.querySelector('.tb-name').textContent)"""
        )

    def seen(self):
        """Return each visible row with how far it is from the table's upper edge."""
        return self.node.evaluate(
            """node => { const top = node.querySelector('.tb-Scroll').getBoundingClientRect();
                return [...node.querySelectorAll('.tb-Row')]
                    .map(row => [row.querySelector('.tb-name').textContent, row.getBoundingClientRect().top - top.top])
                    .filter(([, at]) => at > 50 && at < top.height).sort((a, b) => a[1] - b[1]); }"""
        )

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def until(self, question, what="it"):
        """Wait until a question about the table is answered with yes."""
        until(self.page, question, what, lambda: f"rows: {self.names()[:8]}, notice: {self.notice.text_content()!r}")

    def says(self, text):
        self.until(lambda: self.notice.is_visible() and text in self.notice.inner_text(), f"notice {text!r}")


def show_table(open_notebook, path, *cells):
    """Open a notebook whose first cell loads trackbook and whose second shows a run table; both are run."""
    write_notebook(path, SETUP, *cells)
    page = open_notebook(path)
    run_cell(page, 0)
    root = run_cell(page, 1).locator(".tb-RunTable")
    root.locator(".tb-Row .tb-name:not(:empty)").first.wait_for()
    return RunTablePage(page, root)
