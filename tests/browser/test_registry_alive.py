"""The registry browser beside other people, busy kernels and wicked names; and without a mouse."""

from __future__ import annotations

import pytest
from pages import (
    EVIL,
    cell_of,
    look,
    restart,
    run_cell,
    safe,
    save,
    shut_down,
    start_cell,
    until,
    wait_idle,
    write_notebook,
)
from registry_page import SHOW, Elsewhere, churn, evil_model, forget_store, show_registry

import trackbook as tb


@pytest.fixture
def place(lab, request):
    yield lab.root / request.node.name[:40]
    forget_store()


def test_everything_is_decided_with_the_keyboard_alone(open_next, place):
    somebody = churn(place)
    registry = show_registry(open_next, place / "keys.ipynb")
    registry.models.focus()
    registry.press("ArrowDown", "ArrowDown", "Enter")
    registry.until(lambda: registry.title.inner_text() == "fraud · version 1", "fraud")
    registry.press("Tab", "Tab")  # over the versions to the decisions
    focused = registry.page.locator(":focus")
    assert focused.inner_text() == "Promote ▾"
    registry.press("Enter")
    registry.until(lambda: focused.get_attribute("role") == "menuitem", "the menu")
    registry.press("Enter")
    registry.until(lambda: len(registry.changes()) == 2, "what will change")
    assert registry.changes()[0].split("\t") == ["Production", "nobody", "→", "version 1"]
    registry.page.keyboard.type("looked at it")
    registry.press("Enter")
    registry.says("Promoted version 1 of fraud to Production.")
    assert somebody.stages("fraud") == {1: "Production"}
    assert focused.inner_text() == "Promote ▾"
    registry.press("Control+z")
    registry.says("Undone: Promoted version 1 of fraud to Production.")
    assert somebody.stages("fraud") == {1: "Staging"}
    registry.press("Tab", "Enter")
    registry.until(lambda: registry.dialog.is_visible() and registry.changes(), "the dialog")
    registry.press("Escape")
    registry.until(registry.dialog.is_hidden, "no dialog")
    registry.press("/")
    registry.page.keyboard.type("chur")
    registry.until(lambda: registry.lines(registry.models) == ["churn Production v3"], "what was searched for")
    assert somebody.stages("fraud") == {1: "Staging"}


def test_a_gate_that_fails_says_how_to_meet_it_and_then_passes(open_next, place):
    somebody = churn(place)
    (place / "trackbook.toml").write_text("[registry.gates.Production]\ndescription = true\nsignature = true\n")
    registry = show_registry(open_next, place / "gates.ipynb")
    registry.choose_version(4)
    registry.button("Promote ▾").click()
    registry.item("to Production").click()
    gates = registry.dialog.locator(".tb-Gate")
    registry.until(lambda: gates.count() == 2, "the gates")
    assert "✗ failed" in gates.nth(0).inner_text()
    assert "tb.describe" in gates.nth(0).inner_text()
    assert "✓ passed" in gates.nth(1).inner_text()
    assert registry.dialog.get_by_role("button", name="Promote all the same").is_disabled()
    look(registry.node, "registry_gates")
    registry.dialog.get_by_role("button", name="Cancel").click()
    registry.button("describe this version").click()
    registry.node.get_by_label("description, in Markdown").fill("with **November's** data")
    assert registry.node.locator(".tb-Preview strong").inner_text() == "November's"
    registry.press("Control+Enter")
    registry.says("Described version 4 of churn.")
    registry.button("Promote ▾").click()
    registry.item("to Production").click()
    registry.until(lambda: "✗" not in " ".join(gates.all_inner_texts()) and gates.count() == 2, "gates that pass")
    registry.dialog.get_by_role("button", name="Promote", exact=True).click()
    registry.says("Promoted version 4 of churn to Production.")
    assert somebody.stages()[4] == "Production"


def test_what_somebody_else_decides_is_seen_here(open_next, place):
    churn(place)
    registry = show_registry(open_next, place / "others.ipynb")
    registry.until(lambda: "Production v3" in registry.lines(registry.models)[0], "who is there")
    tb.promote("churn", 4, reason="from another notebook")
    registry.until(lambda: "Production v4" in registry.lines(registry.models)[0], "the news")
    assert registry.title.inner_text() == "churn · version 3"
    registry.until(lambda: "Archived" in registry.node.locator(".tb-VersionBody").inner_text(), "what became of it")
    compared = registry.tab("Compare")
    compared.get_by_label("compare with").select_option("1")
    registry.until(lambda: "version 1" in compared.locator("th").all_inner_texts(), "the other version")
    assert "max_depth" in compared.inner_text()
    look(registry.node, "registry_compare")
    lineage = registry.tab("Lineage")
    assert "follows\nversion 2 (Archived)" in lineage.inner_text()


def test_while_a_cell_runs_the_panel_says_that_clicks_wait(open_next, place):
    somebody = churn(place)
    registry = show_registry(
        open_next,
        place / "busy.ipynb",
        SHOW,
        "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.05)",
    )
    start_cell(registry.page, 2)
    until(registry.page, lambda: cell_of(registry.page, 2).locator("text='[*]:'").count() == 1, "a running cell")
    registry.versions.get_by_role("option").filter(has_text="version 1").click()
    waiting = registry.node.locator(".tb-Waiting")
    answered = registry.title.get_by_text("churn · version 1")
    registry.until(lambda: waiting.is_visible() or answered.count(), "a word about the wait, or the answer")
    if not answered.count():
        assert "Waiting for the kernel" in waiting.inner_text()
    (place / "go").touch()
    wait_idle(registry.page)
    registry.until(answered.count, "the answer")
    registry.until(waiting.is_hidden, "no more waiting")
    assert somebody.stages()[3] == "Production"


def test_a_saved_notebook_shows_who_is_where_without_a_kernel(open_next, place):
    churn(place)
    registry = show_registry(open_next, place / "saved.ipynb")
    page = registry.page
    twin = page.locator("[data-trackbook-twin]")
    assert twin.is_hidden()
    save(page)
    shut_down(page)
    page = open_next(place / "saved.ipynb")
    twin.wait_for()
    assert "Production v3" in twin.inner_text()
    restart(page)


def test_markup_in_every_field_is_shown_and_not_run(open_next, place):
    somebody = Elsewhere(place)
    name = evil_model(somebody)
    registry = show_registry(open_next, place / "evil.ipynb")
    registry.until(lambda: EVIL.format("model") in registry.title.inner_text(), "the model")
    registry.choose_version(1)
    registry.until(lambda: EVIL.format("heading") in registry.node.inner_text(), "the description")
    for said in (
        "about",
        "param",
        "value",
        "metric",
        "run",
        "experiment",
        "user",
        "branch",
        "data",
        "tag value",
        "code",
    ):
        assert EVIL.format(said) in registry.node.locator(".tb-VersionBody").inner_text(), said
    assert registry.node.locator("a[href^=javascript]").count() == 0
    for tab in ("Signature", "Gates", "Compare", "Lineage", "History"):
        body = registry.tab(tab)
        registry.until(lambda body=body: body.inner_text().strip(), tab)
        safe(registry.page)
    registry.until(lambda: EVIL.format("why") in body.inner_text(), "why")
    registry.button("Set alias…").click()
    registry.dialog.get_by_label("alias", exact=True).fill(EVIL.format("x").replace("/", ""))
    registry.until(registry.changes, "what will change")
    registry.reason.fill(EVIL.format("because"))
    registry.press("Enter")
    registry.says("Pointed @<img")
    safe(registry.page)
    assert tb.audit(name).iloc[-1]["reason"] == EVIL.format("because")


def test_the_words_behind_the_magic(open_next, place):
    churn(place)
    write_notebook(
        place / "magic.ipynb", "%load_ext trackbook", "%registry fraud", "%registry chrun", "%registry --help"
    )
    page = open_next(place / "magic.ipynb")
    run_cell(page, 0)
    run_cell(page, 1).locator(".tb-VersionTitle:text-is('fraud · version 1')").wait_for()
    assert "Did you mean 'churn'?" in run_cell(page, 2).locator(".jp-OutputArea").inner_text()
    assert "promote, archive, roll back" in run_cell(page, 3).locator(".jp-OutputArea").inner_text()
