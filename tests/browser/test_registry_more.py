"""The decisions under ⋯ in the registry browser: each is clicked, made, and taken back."""

from __future__ import annotations

import pytest
from pages import look
from registry_page import churn, forget_store, show_registry

import trackbook as tb


@pytest.fixture
def place(lab, request):
    yield lab.root / request.node.name[:40]
    forget_store()


def newest(model="churn"):
    """What was decided last about a model, and why."""
    return tuple(tb.audit(model).iloc[-1][["action", "reason"]])


def test_a_version_is_approved_and_copied_and_its_model_renamed_and_each_is_undone(open_next, place):
    somebody = churn(place)
    registry = show_registry(open_next, place / "more.ipynb")
    registry.choose_version(4)

    def decide(item, verb, typed=""):
        registry.button("more decisions").click()
        registry.item(item).click()
        if typed:
            registry.dialog.get_by_role("combobox").fill(typed)
        made = registry.dialog.get_by_role("button", name=verb, exact=True)
        registry.until(lambda: registry.changes() and made.is_visible(), "what will change")
        registry.reason.fill(f"{verb} for Europe")
        look(registry.node, f"registry_{verb.lower()}")
        changes = [text.split("\t") for text in registry.changes()]
        made.click()
        return changes

    def undo(said):
        registry.notice.get_by_role("button", name="Undo").click()
        registry.says(f"Undone: {said}")

    changes = decide("Approve…", "Approve")
    assert changes == [["approved for Production by", "nobody", "→", "you"]]
    registry.until(lambda: newest() == ("approve", "Approve for Europe"), "the approval in the trail")
    undo("Approved version 4 of churn for Production.")
    assert newest()[0] == "withdraw"

    changes = decide("Copy to another model…", "Copy", "churn-eu")
    assert changes == [["next version of churn-eu", "nothing yet", "→", "a copy of version 4"]]
    registry.until(lambda: registry.title.inner_text() == "churn-eu · version 1", "the copy")
    assert tb.get_version("models:/churn-eu/1").copied_from == "churn/4"
    undo("Copied version 4 of churn to version 1 of churn-eu.")
    assert somebody.stages("churn-eu") == {}

    registry.models.get_by_role("option").filter(has_text="fraud").first.click()
    registry.until(lambda: registry.title.inner_text() == "fraud · version 1", "fraud")
    decide("Rename fraud…", "Rename", "fraud-eu")
    registry.until(lambda: registry.title.inner_text() == "fraud-eu · version 1", "the new name")
    assert newest("fraud-eu") == ("rename", "Rename for Europe")
    assert tb.get_version("models:/fraud-eu/Staging").version == 1
    undo("Renamed fraud to fraud-eu.")
    registry.until(lambda: registry.title.inner_text() == "fraud · version 1", "the old name")
    assert "fraud-eu" not in tb.registered_models()["model"].tolist()
