"""A registry browser in a page, as its user has it; and models to look at in it."""

from __future__ import annotations

import os

import numpy as np
from pages import EVIL, SETUP, run_cell, until, write_notebook
from sklearn.linear_model import LogisticRegression

import trackbook as tb
from trackbook.tracking.start import current_store, use_store

X = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, 0.1], [3.0, 0.7]])
Y = np.array([0, 0, 1, 1])
SHOW = "browser = tb.registry()\nbrowser"


class RegistryPage:
    """One registry browser of a page."""

    def __init__(self, page, root):
        self.page, self.node = page, root
        self.models = root.get_by_role("listbox", name="registered models")
        self.versions = root.get_by_role("listbox", name="versions")
        self.title = root.locator(".tb-VersionTitle")
        self.dialog = root.locator(".tb-Dialog")
        self.notice = root.locator(".tb-Notice")
        self.reason = self.dialog.get_by_label("reason", exact=True)

    def button(self, name):
        return self.node.get_by_role("button", name=name, exact=True)

    def item(self, name):
        return self.node.get_by_role("menuitem", name=name)

    def tab(self, name):
        self.node.get_by_role("tab", name=name).click()
        return self.node.locator(".tb-TabBody:not([hidden])")

    def lines(self, listed):
        return listed.evaluate(
            """node => [...node.querySelectorAll('.tb-Line')].map(
                line => [...line.querySelectorAll('.tb-LineName, .tb-LineNote')].map(part => part.textContent).join(' '))"""
        )

    def choose_version(self, number):
        self.versions.get_by_role("option").filter(has_text=f"version {number}").first.click()
        self.until(lambda: self.title.inner_text().endswith(f"version {number}"), f"version {number}")

    def changes(self):
        return self.dialog.locator(".tb-Changes tr").all_inner_texts()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, question, what="it"):
        until(
            self.page,
            question,
            what,
            lambda: f"title: {self.title.text_content()!r}, notice: {self.notice.text_content()!r}",
        )

    def says(self, text):
        self.until(lambda: self.notice.is_visible() and text in self.notice.inner_text(), f"notice {text!r}")


def show_registry(open_notebook, path, *cells):
    """Open a notebook whose first cell loads trackbook and whose second shows a registry browser; both are run."""
    write_notebook(path, SETUP, *(cells or (SHOW,)))
    page = open_notebook(path)
    run_cell(page, 0)
    root = run_cell(page, 1).locator(".tb-Registry")
    root.locator(".tb-VersionTitle:not(:empty)").wait_for()
    return RegistryPage(page, root)


class Elsewhere:
    """This process as somebody else's notebook: the same store, another person's hands."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        use_store(folder / "trackbook.duckdb")

    def log(self, name="churn-baseline", accuracy=0.9, depth=6, experiment="churn", **more):
        with tb.start_run(name, experiment=experiment) as run:
            tb.log_params({"max_depth": depth, "learning_rate": 0.1})
            tb.log_dataset(np.full((120, 3), len(name)), "train")
            tb.log_model(LogisticRegression(C=accuracy).fit(X, Y), input_example=X[:2])
            tb.log_metrics({"accuracy": accuracy, "f1": accuracy - 0.04} | more)
        return run

    def stages(self, model="churn"):
        with current_store().asking():
            frame = tb.versions(model)
        return dict(sorted(zip(frame["version"], frame["stage"], strict=True)))


def churn(folder):
    """Four versions of churn, the third in Production after the second, and two models more."""
    somebody = Elsewhere(folder)
    for at, (accuracy, depth) in enumerate(((0.897, 3), (0.908, 4), (0.914, 6), (0.921, 8))):
        tb.register("churn", somebody.log(f"churn-{at + 1}", accuracy, depth))
    tb.promote("churn", 2, reason="first that beats the rules of thumb")
    tb.promote("churn", 3, reason="beats version 2 on the holdout")
    tb.set_alias("churn", "champion", 3)
    tb.describe(
        "churn", "Gradient boosting on **October's** data.\n\n- holdout of 12,000 customers\n- see `credit.ipynb`", 3
    )
    with current_store().deciding() as db:
        db.execute("UPDATE _tb.versions SET created_at = created_at - to_days(9 * (5 - version))")
    tb.register("fraud", somebody.log("fraud-1", 0.81, 5, "fraud"))
    tb.promote("fraud", 1, "Staging", reason="to be looked at")
    tb.register("delays", somebody.log("delays-1", 0.77, 5, "delays"))
    return somebody


def evil_model(somebody):
    """Register a model in which everything that a browser shows is markup that would run a script."""
    name = EVIL.format("model")
    with tb.start_run(EVIL.format("run"), experiment=EVIL.format("experiment")) as run:
        tb.log_params({EVIL.format("param"): EVIL.format("value")})
        tb.log_dataset(np.full((3, 3), 1), EVIL.format("data"))
        tb.log_model(LogisticRegression().fit(X, Y), EVIL.format("package"), input_example=X[:2])
        tb.log_metric(EVIL.format("metric"), 0.5)
    tb.register(name, run, description=EVIL.format("description"), reason=EVIL.format("reason"))
    tb.register(name, run)
    tb.describe(name, f"# {EVIL.format('heading')}\n[x](javascript:window.hacked='link') `{EVIL.format('code')}`", 1)
    tb.describe(name, EVIL.format("about"))
    tb.tag_model(name, {"<script>tag</script>": EVIL.format("tag value")}, 1)
    tb.tag_model(name, {"<script>tag of all</script>": EVIL.format("tag value")})
    tb.set_alias(name, EVIL.format("alias").replace("/", "").replace("@", ""), 1, reason=EVIL.format("why"))
    with current_store().deciding() as db:
        db.execute(
            "UPDATE _tb.runs SET git_commit = $2, git_branch = $3, notebook = $4, cell_id = $5, code = $6 WHERE run_id = $1",
            [run.run_id, *map(EVIL.format, ("commit", "branch", "notebook", "cell", "code"))],
        )
        db.execute("UPDATE _tb.versions SET created_by = $1 WHERE model = $2", [EVIL.format("user"), name])
    del somebody
    return name


def forget_store():
    """Give this process back the store that it had."""
    from trackbook.tracking import start

    os.environ.pop("TRACKBOOK_STORE", None)
    start._chosen.clear()
