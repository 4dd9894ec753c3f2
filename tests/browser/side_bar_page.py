"""The side bar of a JupyterLab, as its user has it."""

from __future__ import annotations

from pages import command, until

_OURS = "#trackbook-sidebar, .lm-Menu, .tb-CodeDiff, .lm-mod-drag-image"


class SideBarPage:
    """The side bar of a page."""

    def __init__(self, page):
        self.page, self.node = page, page.locator("#trackbook-sidebar")
        self.window = page.locator("#main")
        self.tree = self.node.get_by_role("tree")
        self.dialog = self.node.locator(".tb-Dialog")
        self.reason = self.dialog.get_by_label("reason", exact=True)
        self.notice = self.node.locator(".tb-Notice")
        self.filter = self.node.locator(".tb-Filter")
        self.menu = page.locator(".lm-Menu-content")

    def lines(self, kind=""):
        """Texts of the lines in view, of all kinds or of one: run, experiment, model, version."""
        return self.tree.evaluate(
            """(node, kind) => [...node.querySelectorAll(`.tb-Leaf${kind && `.tb-${kind}`}`)].map(
                line => [...line.querySelectorAll(':scope > span')].map(part => part.textContent).filter(Boolean).join(' '))""",
            kind,
        )

    def line(self, text, kind=""):
        return self.tree.locator(f".tb-Leaf{kind and f'.tb-{kind}'}").filter(has_text=text).first

    def shows(self, text, kind=""):
        """Wait for a line."""
        self.until(lambda: any(text in line for line in self.lines(kind)), f"a line with {text!r}")

    def gone(self, text, kind=""):
        self.until(lambda: not any(text in line for line in self.lines(kind)), f"a bar without {text!r}")

    def ask(self, line, *choices):
        """Open the menu of a line and choose from it."""
        line.click(button="right")
        for choice in choices:
            self.menu.get_by_text(choice, exact=True).click()

    def ask_about_all(self, choice):
        """Choose from the menu at the head."""
        self.node.get_by_role("button", name="More").click()
        self.menu.get_by_text(choice, exact=True).click()

    def write(self, text):
        """Type what is asked below the head, and save it."""
        self.node.locator(".tb-Prompt-input").wait_for()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.press("Enter")

    def select(self, *runs):
        """Select runs with the mouse."""
        for name in runs:
            self.line(name, "run").click(modifiers=["Control"])

    def unfold(self, name, kind="model"):
        """Wait for a line and open it."""
        self.shows(name, kind)
        self.line(name, kind).click()

    def propose(self, version, choice):
        """Choose a decision about a version; returns what it would change."""
        self.ask(self.line(version, "version"), choice)
        self.until(lambda: len(self.changes()) > 0, "what will change")
        return self.changes()

    def confirm(self, reason):
        """Decide upon what was proposed."""
        self.reason.fill(reason)
        self.press("Enter")
        self.dialog.wait_for(state="hidden")

    def undo(self):
        """Take back what the notice tells of."""
        self.notice.get_by_role("button", name="Undo").click()
        self.says("Undone")

    def search(self, text):
        self.filter.fill(text)
        self.filter.press("Enter")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def changes(self):
        return [text.split("\t") for text in self.dialog.locator(".tb-Changes tr").all_inner_texts()]

    def says(self, text):
        self.until(lambda: self.notice.is_visible() and text in self.notice.inner_text(), f"notice {text!r}")

    def until(self, question, what="it", seconds=15):
        until(
            self.page,
            question,
            what,
            lambda: f"lines: {self.lines()}, notice: {self.notice.text_content()!r}",
            seconds=seconds,
        )

    def safe(self):
        """Nothing that anybody typed has become an element, or has been run."""
        assert self.page.evaluate("() => window.hacked ?? null") is None
        assert self.page.locator(f":is({_OURS}) :is(img, script, [onerror])").count() == 0


def show_side_bar(page):
    """Bring the side bar to the front, as its icon does."""
    command(page, "trackbook:show-sidebar")
    page.locator("#trackbook-sidebar").wait_for(state="visible")
    return SideBarPage(page)
