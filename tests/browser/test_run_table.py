"""The run table in a real JupyterLab: every button, every key, and what a saved notebook keeps of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # table_study.py is no test

from table_study import evil_run, study

from trackbook.tracking.start import start_run

PICTURES = Path(__file__).parent / "pictures"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
RUN_CELL = """(index) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.deselectAll();
    panel.content.activeCellIndex = index;
    window.ran = false;
    window.jupyterapp.commands.execute('notebook:run-cell').then(() => { window.ran = true; });
}"""
IDLE = "() => window.ran && window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
COMMAND = "([name, args]) => { window.jupyterapp.commands.execute(name, args); }"


class Table:
    """A run table in a page, as its user has it: what is seen, what is pressed."""

    def __init__(self, page, root):
        self.page, self.node = page, root
        self.rows = root.locator(".tb-Row")
        self.grid = root.locator("[role=grid]")
        self.notice = root.locator(".tb-Notice")

    def names(self):
        return self.node.evaluate(
            """node => [...node.querySelectorAll('.tb-Row')].sort((a, b) => a.offsetTop - b.offsetTop)
                .map(row => row.querySelector('.tb-name')?.textContent ?? '')"""
        )

    def row(self, name):
        return self.node.locator(".tb-Row", has=self.page.locator(f".tb-name:text-is('{name}')"))

    def column(self, title):
        place = self.node.locator(".tb-Titles .tb-Words").all_inner_texts().index(title)
        return self.node.evaluate(
            """(node, place) => [...node.querySelectorAll('.tb-Row')].sort((a, b) => a.offsetTop - b.offsetTop)
                .map(row => row.children[place + 1]?.textContent ?? '')""",
            place,
        )

    def call(self):
        return self.node.locator(".tb-Call").inner_text()

    def count(self):
        return self.node.locator(".tb-Count").inner_text().replace("\u202f", "")

    def selected(self):
        return self.node.evaluate(
            """node => [...node.querySelectorAll('.tb-Row[aria-selected=true]')].sort((a, b) => a.offsetTop - b.offsetTop)
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

    def row_at(self, place):
        return self.node.locator(f".tb-Row[aria-rowindex='{place + 2}']")

    def title(self, text):
        return self.node.locator(".tb-Titles button", has_text=text)

    def box(self, title):
        return self.node.get_by_label(f"filter {title}", exact=True)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, question, what="it"):
        """Wait until a question about the table is answered with yes."""
        for _ in range(400):
            if question():
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{what} never came; rows: {self.names()[:8]}, notice: {self.notice.inner_text()!r}")

    def says(self, text):
        self.until(lambda: self.notice.is_visible() and text in self.notice.inner_text(), f"notice {text!r}")


def write_notebook(folder, *cells):
    made = [nbformat.v4.new_code_cell(source, id=f"cell{at}") for at, source in enumerate(cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNEL}), folder / "look.ipynb")


def run_cell(page, index):
    page.evaluate(RUN_CELL, index)
    page.wait_for_function(IDLE)
    return page.locator(".jp-Notebook .jp-CodeCell").nth(index)


def opened(open_notebook, lab, place, *cells):
    write_notebook(place, "%load_ext trackbook\nimport trackbook as tb", *cells)
    page = open_notebook(f"{place.relative_to(lab.root)}/look.ipynb")
    run_cell(page, 0)
    cell = run_cell(page, 1)
    root = cell.locator(".tb-RunTable")
    root.locator(".tb-Row").first.wait_for()
    return Table(page, root)


@pytest.fixture
def place(lab, request):
    return lab.root / request.node.name[:40]


def test_runs_are_sorted_and_filtered(open_notebook, lab, place):
    study(place)
    table = opened(open_notebook, lab, place, "table = tb.run_table()\ntable")
    table.title("accuracy").click()
    table.until(lambda: table.column("accuracy")[0] == max(table.column("accuracy")), "the best on top")
    assert table.title("accuracy").locator("..").get_attribute("aria-sort") == "descending"
    table.title("max_depth").click(modifiers=["Shift"])
    table.until(lambda: "metrics.accuracy DESC', 'params.max_depth ASC" in table.call(), "a second key")
    table.title("val_loss").click()
    table.until(
        lambda: table.title("val_loss").locator("..").get_attribute("aria-sort") == "ascending", "lower is better"
    )

    filter_box = table.node.get_by_label("filter", exact=True)
    filter_box.fill("params.max_depth = 8 AND")
    fault = table.node.locator(".tb-Fault")
    fault.wait_for()
    assert "A value is missing" in fault.inner_text() or "expected" in fault.inner_text()
    marked = fault.locator("pre").inner_text().split("\n")
    assert marked[1].index("^") >= len("params.max_depth = 8")
    assert len(table.names()) > 8
    filter_box.fill("params.max_depth = 8")
    table.press("Enter")
    table.until(lambda: set(table.column("learning_rate")) and "of 24" in table.count(), "the filter")
    table.until(fault.is_hidden, "a filter without a fault")
    table.box("accuracy").fill("> 0.9")
    table.until(lambda: "metrics.accuracy > 0.9" in table.call(), "the term of a column")
    table.box("accuracy").fill("> > 0.9")
    table.until(lambda: table.box("accuracy").get_attribute("aria-invalid") == "true", "the fault in a column")
    table.box("accuracy").fill("")
    filter_box.fill("")
    table.until(lambda: table.count() == "24 runs", "all again")


def test_runs_are_grouped_and_columns_chosen(open_notebook, lab, place):
    study(place)
    table = opened(open_notebook, lab, place, "table = tb.run_table()\ntable")
    groups = table.node.get_by_label("group", exact=True)
    groups.select_option("params.max_depth")
    table.until(lambda: "max_depth = 8 (6 runs)" in table.names(), "groups")
    cell = table.row("max_depth = 8 (6 runs)")
    assert "±" in cell.inner_text()
    assert "best" in cell.inner_text()
    cell.click()
    table.until(lambda: cell.get_attribute("aria-expanded") == "true", "an open group")
    assert len(table.names()) > 6
    table.press("ArrowLeft")
    table.until(lambda: len(table.names()) == 3, "a closed group")
    table.press("ArrowRight")
    table.until(lambda: len(table.names()) > 6, "an open group")
    table.press("Enter")
    table.until(lambda: len(table.names()) == 3, "a closed group")
    groups.select_option(label="by another param or tag…")
    table.node.get_by_label("model").click()
    table.until(lambda: table.names() == ["model = xgboost (24 runs)"], "another param")
    groups.select_option("")
    table.until(lambda: len(table.names()) > 8, "no groups")

    table.node.get_by_role("button", name="columns").click()
    table.node.get_by_label("columns", exact=True).first.fill("seed")
    table.node.locator(".tb-Choice", has_text="params.seed").locator("input:checked").uncheck()
    table.until(lambda: "seed" not in table.node.locator(".tb-Titles").inner_text(), "a column less")
    assert "columns=[" in table.call()
    table.node.get_by_role("button", name="those that vary").click()
    table.until(lambda: "seed" in table.node.locator(".tb-Titles").inner_text(), "those that vary")
    assert table.node.locator(".tb-Spark path").count() > 5


def test_runs_are_changed_in_place_and_every_change_is_undone(open_notebook, lab, place):
    study(place)
    table = opened(open_notebook, lab, place, "table = tb.run_table()\ntable")
    first = table.names()[0]
    table.row(first).locator(".tb-Mark").click()
    table.says("Starred 1 run.")
    assert table.row(first).locator(".tb-starred").count() == 1
    table.notice.get_by_role("button", name="Undo").click()
    table.says("Undone: Starred 1 run.")
    assert table.row(first).locator(".tb-starred").count() == 0

    table.row(first).click()
    assert table.row(first).get_attribute("aria-selected") == "true"
    table.press("*")
    table.says("Starred 1 run.")
    table.press("Control+z")
    table.says("Undone")

    table.press("t")
    table.page.keyboard.type("stage=candidate")
    table.press("Enter")
    table.says("Tagged 1 run with stage=candidate.")
    table.until(lambda: "candidate" in table.row(first).inner_text(), "the tag's column")
    table.press("n")
    table.page.keyboard.type("look again")
    table.press("Enter")
    table.says("Noted on 1 run.")
    table.until(lambda: table.row(first).locator(".tb-Note").count() == 1, "the note")

    table.row(first).locator(".tb-name").dblclick()
    table.page.keyboard.type("renamed-otter")
    table.press("Enter")
    table.until(lambda: table.names()[0] == "renamed-otter ✎", "the new name")
    table.press("Control+z")
    table.until(lambda: table.names()[0].startswith(first), "the old name")
    table.press("F2", "Escape")
    assert table.node.locator(".tb-Prompt").count() == 0


def test_runs_are_compared_with_a_baseline_deleted_and_restored(open_notebook, lab, place):
    store = study(place)
    table = opened(open_notebook, lab, place, "table = tb.run_table()\ntable")
    second = table.names()[1]
    table.row(second).click()
    table.press("p")
    table.until(lambda: table.row(second).locator(".tb-Delta", has_text="base").count() > 0, "the baseline")
    deltas = table.node.locator(".tb-Delta.tb-good, .tb-Delta.tb-bad").all_inner_texts()
    assert any("▲" in delta for delta in deltas) or any("▼" in delta for delta in deltas)
    assert "baseline=" in table.call()
    table.press("p")
    table.until(lambda: "baseline=" not in table.call(), "no baseline")

    table.press("Delete")
    table.until(lambda: second not in table.names(), "deleted")
    table.node.get_by_label("deleted").check()
    table.until(lambda: table.names() == [second], "the deleted")
    table.row(second).click()
    table.node.get_by_role("button", name="restore").click()
    table.says("Restored")
    table.node.get_by_label("deleted").uncheck()
    table.until(lambda: second in table.names(), "restored")
    with store.asking() as db:
        actions = [row[0] for row in db.execute("SELECT action FROM audit ORDER BY seq").fetchall()]
    assert actions == ["delete", "restore"]


def test_the_table_is_walked_with_keys_and_python_reads_what_is_selected(open_notebook, lab, place):
    study(place)
    table = opened(
        open_notebook, lab, place, "table = tb.run_table()\ntable",
        "print('selected', len(table.selected), table.filter, list(table.to_frame()['name'])[:1])",
        "table.filter = 'params.max_depth = 4'\ntable.selected = list(table.to_frame()['run_id'][:2])",
    )  # fmt: skip
    names = table.names()
    table.row(names[1]).click()
    table.press("ArrowDown", "Space")
    assert table.selected() == names[1:3]
    table.press("Shift+ArrowDown")
    table.row(names[6]).click(modifiers=["Control"])
    table.row(names[4]).click(modifiers=["Shift"])
    assert table.selected() == names[4:7]
    table.press("Escape")
    assert table.selected() == []
    table.press("Control+a")
    table.until(lambda: "24 selected" in table.node.locator(".tb-Foot").inner_text(), "all selected")
    table.node.get_by_role("button", name="select none").click()
    table.press("End")
    table.until(lambda: "brave-otter" in table.names(), "the last row")
    table.press("Home", "PageDown", "PageUp", "ArrowUp")
    table.until(lambda: table.names()[0] == names[0], "the first row")

    table.press("?")
    table.node.locator(".tb-Keys", has_text="Ctrl+Z").wait_for()
    table.press("Escape")
    assert table.node.locator(".tb-Keys").count() == 0
    table.press("/")
    table.page.keyboard.type("name = 'nobody'")
    table.press("Enter")
    table.node.locator(".tb-Empty", has_text="No run fits").wait_for()
    table.page.keyboard.press("Control+a")
    table.press("Delete", "Enter", "Escape")
    table.until(lambda: table.count() == "24 runs", "all again")

    table.press("Enter")
    details = table.page.locator(".tb-Card", has_text="learning_rate").last
    details.wait_for()
    table.press("Escape")
    details.wait_for(state="detached")
    table.row(names[0]).click()
    table.row(names[2]).click(modifiers=["Control"])
    ran = run_cell(table.page, 2)
    assert "selected 2" in ran.inner_text()
    assert names[0] in ran.inner_text()
    run_cell(table.page, 3)
    table.until(
        lambda: len(table.selected()) == 2 and "6 of 24" in table.count().replace("9 of", "6 of"), "set in Python"
    )


def test_the_menu_of_a_run_offers_what_the_keys_do(open_notebook, lab, place):
    study(place)
    table = opened(open_notebook, lab, place, "table = tb.run_table()\ntable")
    name = table.names()[3]

    def choose(text):
        table.row(name).click(button="right")
        table.node.get_by_role("menuitem", name=text).click()

    choose("Star")
    table.says("Starred 1 run.")
    choose("Pin as baseline")
    table.until(lambda: "baseline=" in table.call(), "the baseline")
    choose("Pin as baseline")
    table.until(lambda: "baseline=" not in table.call(), "no baseline")
    for text, label in (("Tag…", "Tag 1 run"), ("Note…", "Note on 1 run"), ("Rename…", "Rename to")):
        choose(text)
        table.node.locator(".tb-Prompt", has_text=label).wait_for()
        table.node.get_by_role("button", name="Cancel").click()
    choose("Tag…")
    table.page.keyboard.type("no equals sign")
    table.node.get_by_role("button", name="Save").click()
    table.says("A tag is written name=value")
    choose("Copy run id")
    choose("Open")
    table.page.locator(".tb-Card", has_text="learning_rate").last.wait_for()
    table.page.get_by_role("button", name="Close", exact=True).click()
    choose("Delete")
    table.until(lambda: name not in table.names(), "deleted")
    table.press("Control+z")
    table.until(lambda: name in table.names(), "there again")
    for button in ("star", "pin", "tag…", "note…", "copy", "keys"):
        if button in {"star", "pin", "tag…", "note…"}:
            table.row(name).click()
        table.node.get_by_role("button", name=button, exact=True).click()
    table.press("Escape")
    table.row(table.names()[0]).click()
    table.row(table.names()[1]).click(modifiers=["Shift"])
    table.node.get_by_role("button", name="compare").click()
    table.page.locator(".jp-OutputArea .js-plotly-plot, .jp-OutputArea .tb-Comparison").first.wait_for()
    table.row(table.names()[0]).click()
    table.press("Escape", "Escape", "c")


def test_new_runs_appear_by_themselves_without_a_jump(open_notebook, lab, place):
    store = study(place, runs=60)
    table = opened(open_notebook, lab, place, "table = tb.run_table(height=300)\ntable")
    with start_run("just-begun", store=store) as run:
        run.log_metric("accuracy", 0.99)
    table.until(lambda: table.names()[0] == "just-begun", "the new run")
    table.grid.evaluate("grid => { grid.scrollTop = 26 * 30 + 7; }")
    table.until(lambda: "just-begun" not in table.names() and "" not in table.names(), "rows further down")
    seen = table.seen()
    with start_run("another", store=store) as run:
        run.log_metric("accuracy", 0.98)
    table.until(lambda: "62 runs" in table.count(), "the other run")
    assert table.seen() == seen


def test_nothing_that_users_typed_is_ever_run(open_notebook, lab, place):
    store = study(place)
    evil_run(store)
    table = opened(open_notebook, lab, place, "%runs")
    table.until(lambda: table.names()[0].startswith("<img"), "markup as text")
    table.page.set_viewport_size({"width": 2600, "height": 900})
    table.row_at(0).click()
    table.press("p", "Enter")
    table.page.locator(".tb-Card", has_text="onerror").last.wait_for()
    table.node.get_by_role("button", name="columns").click()
    table.node.locator(".tb-Choice", has_text="onerror").first.wait_for()
    table.press("Escape")
    for by in [
        each
        for each in table.node.get_by_label("group", exact=True).locator("option").all_inner_texts()
        if "img" in each
    ]:
        table.node.get_by_label("group", exact=True).select_option(label=by)
        table.until(lambda: any("(1 run)" in name for name in table.names()), "groups of markup")
    table.node.get_by_label("filter", exact=True).fill("<img src=x onerror=\"window.hacked='filter'\">")
    table.node.locator(".tb-Fault").wait_for()
    assert table.page.evaluate("() => window.hacked ?? null") is None
    assert table.page.locator(".jp-OutputArea img").count() == 0
    assert table.page.locator(".jp-OutputArea [onerror]").count() == 0


def test_a_saved_notebook_shows_its_table_without_a_kernel(open_notebook, lab, place):
    study(place)
    table = opened(open_notebook, lab, place, "%runs")
    page = table.page
    assert page.locator(".tb-RunTable-twin").count() == 1
    assert page.locator(".tb-RunTable-twin").is_hidden()
    page.evaluate(COMMAND, ["docmanager:save", {}])
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    page.goto(f"{lab.url}/lab/tree/{place.name}/look.ipynb?token={lab.token}&reset")
    twin = page.locator(".tb-RunTable-twin")
    twin.wait_for()
    assert "brave-otter-20" in twin.inner_text()
    assert "tb.run_table()" in twin.inner_text()
    assert page.locator(".tb-RunTable").count() == 0
    text = page.locator(".jp-Notebook").inner_text().lower()
    assert "error displaying" not in text
    assert "model not found" not in text


def test_a_store_without_runs_says_what_to_do(open_notebook, lab, place):
    place.mkdir()
    write_notebook(place, "%load_ext trackbook", "%runs")
    page = open_notebook(f"{place.name}/look.ipynb")
    run_cell(page, 0)
    empty = run_cell(page, 1).locator(".tb-RunTable .tb-Empty")
    empty.wait_for()
    assert "There are no runs yet" in empty.inner_text()
    assert "%%track" in empty.locator("pre").inner_text()
    store = study(place, runs=1)
    page.locator(".tb-Row", has_text="brave-otter").wait_for()
    assert empty.is_hidden()
    del store


def test_it_reads_well_in_light_and_in_dark(open_notebook, lab, place):
    study(place)
    table = opened(open_notebook, lab, place, 'table = tb.run_table(sort="metrics.accuracy DESC")\ntable')
    page = table.page
    page.evaluate(COMMAND, ["application:toggle-left-area", {}])
    names = table.names()
    table.row(names[1]).click()
    table.press("p", "*")
    table.says("Starred")
    table.row(names[3]).click()
    table.row(names[5]).click(modifiers=["Control"])
    for theme in ("Dark", "Light"):
        page.evaluate(COMMAND, ["apputils:change-theme", {"theme": f"JupyterLab {theme}"}])
        page.wait_for_function(f"() => document.body.dataset.jpThemeName === 'JupyterLab {theme}'")
        text, back = table.node.evaluate(
            "node => [getComputedStyle(node).color, getComputedStyle(node.querySelector('.tb-Row')).backgroundColor]"
        )
        assert text != back
        table.until(lambda: len(table.names()) > 12 and "" not in table.names(), "all rows")
        if os.environ.get("TRACKBOOK_LOOKS"):
            page.locator(".jp-NotebookPanel").screenshot(path=Path(os.environ["TRACKBOOK_LOOKS"]) / f"{theme}.png")
    if os.environ.get("TRACKBOOK_PICTURES"):
        page.locator(".jp-NotebookPanel").screenshot(path=PICTURES / "run_table.png")
