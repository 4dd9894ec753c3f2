"""The run table in a real JupyterLab: runs sorted, filtered, grouped, walked through, compared and changed in place."""

from __future__ import annotations

import pytest
from pages import run_cell
from run_table_page import show_table
from table_study import study

TABLE = "table = tb.run_table()\ntable"


@pytest.fixture
def place(lab, request):
    return lab.root / request.node.name[:40]


def test_runs_are_sorted_and_filtered(open_next, place):
    study(place)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    table.title("accuracy").click()
    table.until(lambda: table.column("accuracy")[0] == max(table.column("accuracy")), "the best on top")
    table.until(lambda: _sorted(table, "accuracy") == "descending", "the title's word for it")
    table.title("max_depth").click(modifiers=["Shift"])
    table.until(lambda: "metrics.accuracy DESC', 'params.max_depth ASC" in table.call(), "a second key")
    table.title("val_loss").click()
    table.until(lambda: _sorted(table, "val_loss") == "ascending", "lower is better")

    table.filter.fill("params.max_depth = 8 AND")
    fault = table.node.locator(".tb-Fault")
    fault.wait_for()
    assert "A value is missing" in fault.inner_text() or "expected" in fault.inner_text()
    marked = fault.locator("pre").inner_text().split("\n")
    assert marked[1].index("^") >= len("params.max_depth = 8")
    assert len(table.names()) > 8
    table.filter.fill("params.max_depth = 8")
    table.press("Enter")
    table.until(lambda: set(table.column("learning_rate")) and "of 24" in table.count(), "the filter")
    table.until(fault.is_hidden, "a filter without a fault")
    table.box("accuracy").fill("> 0.9")
    table.box("accuracy").press("Enter")
    table.until(lambda: "metrics.accuracy > 0.9" in table.call(), "the term of a column")
    table.box("accuracy").fill("> > 0.9")
    table.until(lambda: table.box("accuracy").get_attribute("aria-invalid") == "true", "the fault in a column")
    table.box("accuracy").fill("")
    table.filter.fill("")
    table.until(lambda: table.count() == "24 runs", "all again")


def _sorted(table, title):
    return table.title(title).locator("..").get_attribute("aria-sort")


def test_runs_are_grouped(open_next, place):
    study(place)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    table.groups.select_option("params.max_depth")
    table.until(lambda: "max_depth = 8 (6 runs)" in table.names(), "groups")
    group = table.row("max_depth = 8 (6 runs)")
    table.until(lambda: "±" in group.inner_text() and "best" in group.inner_text(), "mean, deviation and best")
    group.click()
    table.until(lambda: group.get_attribute("aria-expanded") == "true", "an open group")
    table.until(lambda: len(table.names()) > 6, "its runs")
    table.press("ArrowLeft")
    table.until(lambda: len(table.names()) == 3, "a closed group")
    table.press("ArrowRight")
    table.until(lambda: len(table.names()) > 6, "an open group")
    table.press("Enter")
    table.until(lambda: len(table.names()) == 3, "a closed group")
    table.press("Space")
    table.until(lambda: "6 selected" in table.foot(), "a whole group selected")
    table.groups.select_option(label="by another param or tag…")
    table.node.get_by_label("model").click()
    table.until(lambda: table.names() == ["model = xgboost (24 runs)"], "another param")
    table.groups.select_option("tags.team")
    table.until(lambda: sorted(table.names()) == ["team = ads (12 runs)", "team = search (12 runs)"], "a tag")
    table.groups.select_option("experiment")
    table.until(lambda: table.names() == ["churn (24 runs)"], "experiments")
    table.groups.select_option("cell")
    table.until(lambda: len(table.names()) == 2 and "credit.ipynb" in table.names()[0], "cells")
    table.groups.select_option("")
    table.until(lambda: len(table.names()) > 8, "no groups")


def test_runs_are_changed_in_place_and_every_change_is_undone(open_next, place):
    study(place)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    table.page.set_viewport_size({"width": 2000, "height": 900})  # the columns of tags are in view
    first = table.names()[0]
    table.row(first).locator(".tb-Mark").click()
    table.says("Starred 1 run.")
    starred = table.row(first).locator(".tb-starred")
    table.until(lambda: starred.count() == 1, "the star")
    table.notice.get_by_role("button", name="Undo").click()
    table.says("Undone: Starred 1 run.")
    table.until(lambda: starred.count() == 0, "no star")

    table.row(first).click()
    table.until(lambda: table.row(first).get_attribute("aria-selected") == "true", "the selected row")
    table.press("*")
    table.says("Starred 1 run.")
    table.press("Control+z")
    table.says("Undone")

    table.press("t")
    table.type("stage=candidate")
    table.press("Enter")
    table.says("Tagged 1 run with stage=candidate.")
    table.until(lambda: "candidate" in table.row(first).inner_text(), "the tag's column")
    table.press("t")
    table.type("-stage")
    table.press("Enter")
    table.says("Took the tag stage off 1 run.")
    table.until(lambda: "candidate" not in table.row(first).inner_text(), "no tag")
    table.press("n")
    table.type("look again")
    table.press("Enter")
    table.says("Noted on 1 run.")
    table.until(lambda: table.row(first).locator(".tb-Note").count() == 1, "the note")

    table.row(first).locator(".tb-name").dblclick()
    table.type("renamed-otter")
    table.press("Enter")
    table.until(lambda: table.names()[0] == "renamed-otter ✎", "the new name")
    table.press("Control+z")
    table.until(lambda: table.names()[0].startswith(first), "the old name")
    table.press("F2", "Escape")
    table.node.locator(".tb-Prompt").wait_for(state="detached")


def test_runs_are_compared_with_a_baseline_deleted_and_restored(open_next, place):
    store = study(place)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    second = table.names()[1]
    table.row(second).click()
    table.press("p")
    table.until(lambda: table.row(second).locator(".tb-Delta", has_text="base").count() > 0, "the baseline")
    for good in ("good", "bad"):
        deltas = table.node.locator(f".tb-Delta.tb-{good}")
        table.until(lambda deltas=deltas: {text[0] for text in deltas.all_inner_texts()} == {"▲", "▼"}, f"{good} ones")
    table.until(lambda: "baseline=" in table.call(), "the call's word for it")
    table.press("p")
    table.until(lambda: "baseline=" not in table.call(), "no baseline")

    gone = table.names()[1:4]
    table.row(gone[2]).click(modifiers=["Shift"])
    table.press("Delete")
    table.until(lambda: not {*gone} & {*table.names()}, "deleted")
    table.node.get_by_label("deleted").check()
    table.until(lambda: table.names() == gone, "the deleted")
    table.row(gone[0]).click()
    table.button("restore").click()
    table.says(f"Restored {gone[0]}.")
    table.row(gone[1]).click()
    table.press("Delete")
    table.says(f"Restored {gone[1]}.")
    table.row(gone[2]).click(button="right")
    table.node.get_by_role("menuitem", name="Restore").click()
    table.says(f"Restored {gone[2]}.")
    table.node.get_by_label("deleted").uncheck()
    table.until(lambda: {*gone} <= {*table.names()}, "restored")
    with store.asking() as db:
        actions = [row[0] for row in db.execute("SELECT action FROM audit ORDER BY seq").fetchall()]
    assert actions == ["delete"] * 3 + ["restore"] * 3


def test_the_table_is_walked_with_keys_and_python_reads_what_is_selected(open_next, place):
    study(place)
    table = show_table(
        open_next, place / "look.ipynb", TABLE,
        "print('selected', len(table.selected), table.filter, list(table.to_frame()['name'])[:1])",
        "table.filter = 'params.max_depth = 4'\ntable.selected = list(table.to_frame()['run_id'][:2])",
    )  # fmt: skip
    names = table.names()
    table.row(names[1]).click()

    def selects(*places):
        table.until(lambda: table.selected() == [names[place] for place in places], f"rows {places} selected")

    table.press("ArrowDown", "Space")
    selects(1, 2)
    table.press("Shift+ArrowDown")
    selects(2, 3)
    table.press("Shift+ArrowUp", "Shift+ArrowUp")
    selects(1, 2)
    table.row(names[6]).click(modifiers=["Control"])
    table.row(names[4]).click(modifiers=["Shift"])
    selects(4, 5, 6)
    table.row(names[8]).click(modifiers=["Control"])
    table.row(names[9]).click(modifiers=["Control", "Shift"])
    selects(4, 5, 6, 8, 9)
    table.press("Escape")
    selects()
    table.press("Control+a")
    table.until(lambda: "24 selected" in table.foot(), "all selected")
    table.button("select none").click()
    table.press("End")
    table.until(lambda: "brave-otter" in table.names(), "the last row")
    table.press("Home", "PageDown", "PageUp", "ArrowUp")
    table.until(lambda: table.names()[0] == names[0], "the first row")

    table.press("?")
    table.node.locator(".tb-Keys", has_text="Ctrl+Z").wait_for()
    table.press("Escape")
    table.node.locator(".tb-Keys").wait_for(state="detached")
    table.press("/")
    table.type("name = 'nobody'")
    table.press("Enter")
    table.node.locator(".tb-Empty", has_text="No run fits").wait_for()
    table.press("Control+a", "Delete", "Enter", "Escape")
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
    table.until(lambda: len(table.selected()) == 2 and "9 of 24" in table.count(), "set in Python")


def test_everything_is_reached_without_a_mouse_and_the_focus_is_seen(open_next, place):
    study(place)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    names = table.names()
    table.filter.focus()
    stops = []
    for _ in range(40):
        stops.append(
            table.node.evaluate(
                """node => { const now = document.activeElement, look = getComputedStyle(now);
                    return [node.contains(now), look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1,
                            now.getAttribute('aria-label') ?? now.textContent]; }"""
            )
        )
        if not stops[-1][0]:
            break
        table.press("Tab")
    inside = [stop for stop in stops if stop[0]]
    assert all(seen for _, seen, _ in inside), inside
    reached = " ".join(name for _, _, name in inside)
    for name in ("filter", "group", "columns", "runs", "filter accuracy", "keys", "copy"):
        assert name in reached
    table.press("Shift+Tab")  # back into the table, to its last button
    assert table.node.evaluate("node => node.contains(document.activeElement)")

    table.filter.focus()
    table.press("Escape", "ArrowDown", "Space", "*")
    table.says("Starred 1 run.")
    table.press("ContextMenu")
    table.node.get_by_role("menuitem", name="Open").wait_for()
    table.press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter")
    table.until(lambda: "baseline=" in table.call(), "the baseline")
    table.press("c")
    table.page.locator(".jp-OutputArea .js-plotly-plot, .jp-OutputArea .tb-Compare").first.wait_for()
    table.press("Delete")
    table.says("Deleted")
    table.until(lambda: names[1] not in table.names(), "deleted")
    table.press("Control+z")
    table.until(lambda: names[1] in table.names(), "there again")


def test_the_menu_of_a_run_and_the_buttons_do_what_the_keys_do(open_next, place):
    study(place)
    table = show_table(open_next, place / "look.ipynb", TABLE)
    table.page.set_viewport_size({"width": 2000, "height": 900})  # the columns of tags are in view
    table.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copied = "() => navigator.clipboard.readText()"
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
        table.button("Cancel").click()
    choose("Tag…")
    table.type("no equals sign")
    table.button("Save").click()
    table.says("A tag is written name=value")
    choose("Copy run id")
    table.until(lambda: len(table.page.evaluate(copied)) == 36, "the run's id on the clipboard")
    choose("Open")
    table.page.locator(".tb-Card", has_text="learning_rate").last.wait_for()
    table.page.get_by_role("button", name="Close", exact=True).click()
    choose("Compare")
    table.page.locator(".jp-OutputArea .tb-Compare").first.wait_for()
    choose("Delete")
    table.until(lambda: name not in table.names(), "deleted")
    table.press("Control+z")
    table.until(lambda: name in table.names(), "there again")

    table.row(name).click()
    table.button("star").click()
    table.says("Took the star off 1 run.")
    table.button("pin").click()
    table.until(lambda: "baseline=" in table.call(), "the baseline")
    table.button("tag…").click()
    table.type("team=core")
    table.press("Enter")
    table.until(lambda: "core" in table.row(name).inner_text(), "the tag")
    table.button("note…").click()
    table.type("by button")
    table.button("Save").click()
    table.says("Noted on 1 run.")
    table.button("copy").click()
    table.until(lambda: table.page.evaluate(copied) == table.call(), "the call on the clipboard")
    table.button("keys").click()
    table.node.locator(".tb-Keys").wait_for()
    table.press("Escape")
    table.row(table.names()[0]).click()
    table.row(table.names()[1]).click(modifiers=["Shift"])
    table.button("compare").click()
    table.page.locator(".jp-OutputArea .tb-Compare").first.wait_for()
    table.button("delete").click()
    table.says("Deleted 2 runs")
