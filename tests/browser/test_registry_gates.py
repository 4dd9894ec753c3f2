"""A gate of the project's own that takes its time, in a real JupyterLab: whoever waits sees what is going on."""

from __future__ import annotations

import re

import pytest
from pages import SETUP, cell_of, look, run_cell, start_cell, until, wait_idle, write_notebook
from registry_page import churn, forget_store, show_registry

import trackbook as tb

GATE = """
import pathlib, time

def reviewed(facts, asked):
    while not pathlib.Path("go").exists():
        time.sleep(0.05)
"""
RULES = "[registry.gates.Production]\nsignature = true\nreviewed = true\ndescription = true\n"


@pytest.fixture
def place(lab, request):
    yield lab.root / request.node.name[:40]
    forget_store()


def gated_churn(place):
    """Models whose project has a gate of its own between two of ours, as an installed package brings one."""
    somebody = churn(place)
    (place / "our_gates.py").write_text(GATE)
    installed = place / "our_gates-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: our-gates\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[trackbook.gates]\nreviewed = our_gates:reviewed\n")
    (place / "trackbook.toml").write_text(RULES)
    tb.describe("churn", "with November's data", 4)
    return somebody


def test_the_dialog_lists_what_passed_what_is_tried_and_what_waits(open_next, place):
    somebody = gated_churn(place)
    registry = show_registry(open_next, place / "slow.ipynb")
    registry.choose_version(4)
    registry.button("Promote ▾").click()
    registry.item("to Production").click()
    gates = registry.dialog.locator(".tb-Gates > *")

    def lines():
        return [text.replace("\n", " ") for text in gates.all_inner_texts()]

    registry.until(lambda: re.search(r", for ([3-9]|\d\d) s", " ".join(lines())), "how long it takes")
    first, second, third = lines()
    assert (first, third) == ("✓ passed signature", "waiting description")
    assert second.startswith("trying… reviewed 2 of 3, for ")
    assert registry.dialog.get_by_role("button", name="Promote").is_disabled()
    look(registry.node, "registry_slow_gate")
    (place / "go").touch()
    registry.until(lambda: lines() == [f"✓ passed {gate}" for gate in ("signature", "reviewed", "description")], "all")
    (place / "go").unlink()
    registry.dialog.get_by_role("button", name="Promote", exact=True).click()
    registry.until(lambda: "trying… reviewed" in " ".join(lines()), "the same gates with the decision itself")
    look(registry.node, "registry_slow_gate_again")
    assert somebody.stages()[4] == "None"
    (place / "go").touch()
    registry.says("Promoted version 4 of churn to Production.")
    assert somebody.stages()[4] == "Production"


def test_a_cell_that_promotes_says_which_gate_it_waits_for(open_next, place):
    somebody = gated_churn(place)
    write_notebook(place / "cell.ipynb", SETUP, "tb.promote('churn', 4, reason='reviewed')")
    page = open_next(place / "cell.ipynb")
    run_cell(page, 0)
    start_cell(page, 1)
    output = cell_of(page, 1).locator(".jp-OutputArea")
    trying = re.compile(r"^Trying the gate reviewed \(2 of 3\), ([3-9]|\d\d) s…\s*$")
    until(page, lambda: trying.match(output.inner_text()), "which gate", output.inner_text)
    look(cell_of(page, 1), "promote_slow_gate")
    (place / "go").touch()
    wait_idle(page)
    said = output.inner_text().splitlines()
    assert said[0].startswith("3 of 3 gates tried in ")
    assert "Trying" not in output.inner_text()
    assert output.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0, "red, as a fault is"
    assert "<Version churn 4 Production>" in said[-1]
    look(cell_of(page, 1), "promote_slow_gate_done")
    assert somebody.stages()[4] == "Production"
