"""The registry browser in a real JupyterLab: versions promoted, archived and rolled back in place."""

from __future__ import annotations

import pytest
from pages import look, picture, safe, theme
from registry_page import churn, forget_store, show_registry

import trackbook as tb


@pytest.fixture
def place(lab, request):
    yield lab.root / request.node.name[:40]
    forget_store()


def test_a_version_is_promoted_with_a_reason_and_rolled_back(open_next, place):
    somebody = churn(place)
    registry = show_registry(open_next, place / "churn.ipynb")
    registry.until(lambda: registry.title.inner_text() == "churn · version 3", "the version in use")
    registry.choose_version(4)
    registry.button("Promote ▾").click()
    registry.item("to Production").click()
    registry.until(lambda: len(registry.changes()) == 3, "what will change")
    assert [text.split("\t") for text in registry.changes()] == [
        ["Production", "version 3", "→", "version 4"],
        ["version 4", "None", "→", "Production"],
        ["version 3", "Production", "→", "Archived"],
    ]
    assert somebody.stages()[4] == "None"
    registry.reason.fill("retrained on November's data")
    look(registry.node, "registry_dialog")
    picture(registry.node, "registry")
    registry.dialog.get_by_role("button", name="Promote").click()
    registry.says("Promoted version 4 of churn to Production.")
    registry.until(lambda: "version 4 Production" in registry.lines(registry.versions)[0], "the stage in the list")
    assert "churn Production v4" in registry.lines(registry.models)[0]
    assert somebody.stages() == {1: "None", 2: "Archived", 3: "Archived", 4: "Production"}
    last = tb.audit("churn").iloc[-1]
    assert (last["action"], last["reason"]) == ("promote", "retrained on November's data")

    registry.button("Roll back…").click()
    registry.until(lambda: "version 4" in " ".join(registry.changes()), "what will change")
    assert registry.changes()[0].split("\t") == ["Production", "version 4", "→", "version 3"]
    registry.reason.fill("complaints from the call centre")
    registry.press("Enter")
    registry.says("Rolled Production of churn back to version 3.")
    assert somebody.stages()[3] == "Production"
    history = registry.tab("History")
    history.locator("li").first.wait_for()
    assert "complaints from the call centre" in history.locator("li").first.inner_text()
    look(registry.node, "registry_history")
    theme(registry.page, "Dark")
    look(registry.node, "registry_dark")
    theme(registry.page, "Light")
    safe(registry.page)
