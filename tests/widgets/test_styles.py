"""Panels of one page have style sheets of their own, and none of them may change how another one looks."""

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).parents[2] / "js" / "style"
OWN = {"compare": ".tb-Compare", "live": ".tb-Live", "registry": ".tb-Registry", "run_table": ".tb-RunTable"}
SELECTORS = re.compile(r"(?:^|[};/])([^{};@]+)\{")


@pytest.mark.parametrize("name", OWN)
def test_every_rule_of_a_panel_is_bound_to_that_panel(name):
    sheet = re.sub(r"/\*.*?\*/", "", (STYLES / f"{name}.css").read_text(), flags=re.DOTALL)
    listed = [each.strip() for each in SELECTORS.findall(sheet)]
    assert len(listed) > 10
    free = [rule for rule in listed if not all(OWN[name] in part for part in re.split(r",(?![^(]*\))", rule))]
    assert free == []
