"""What a project may ask of its registry, in trackbook.toml."""

from __future__ import annotations

import pytest

from trackbook.errors import BadInput
from trackbook.versioning.rules import STAGES, read_rules

WHOLE = """
[registry]
stages = ["None", "Staging", "Canary", "Production", "Archived"]

[registry.moves]
Staging = ["Canary", "Archived"]

[registry.gates.Production]
description = true
not_worse = "accuracy"
"""


def read(tmp_path, text):
    (tmp_path / "trackbook.toml").write_text(text)
    return read_rules(tmp_path / "trackbook.duckdb")


def test_without_a_file_the_stages_are_those_of_mlflow_and_every_move_is_allowed(tmp_path):
    rules = read_rules(tmp_path / "trackbook.duckdb")
    assert rules.stages == STAGES
    assert rules.ways_from("Staging") == ("None", "Production", "Archived")


def test_a_project_has_its_own_stages_moves_and_gates(tmp_path):
    rules = read(tmp_path, WHOLE)
    assert rules.ways_from("Staging") == ("Canary", "Archived")
    assert "Production" in rules.ways_from("Canary")
    assert rules.gates == {"Production": {"description": True, "not_worse": "accuracy"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[registry", "is no TOML"),
        ("registry = 3", "is no table"),
        ("[registry]\nstages = 'Production'", "are a list of names"),
        ("[registry]\nstages = ['None', 'a,b', 'Archived']", "is no name for a stage"),
        ("[registry]\nstages = ['None', 'latest', 'Archived']", "is no name for a stage"),
        ("[registry]\nstages = ['Production']", "need None"),
        ("[registry.moves]\nStaging = ['Prodution']", "a stage 'Prodution'"),
        ("[registry.gates.Prodution]\nsignature = true", "a stage 'Prodution'"),
        ("[registry.gates]\nProduction = 3", "is no table"),
        ("[registry]\nmoves = 3", "is no table"),
        ("[registry.gate.Production]\nsignature = true", "has 'gate'; it takes stages, moves, gates"),
        ("[registry]\nstages = ['None', 'Live', 'live', 'Archived']", "name one twice"),
        ("[registry]\nstages = ['None', ' Live', 'Archived']", "is no name for a stage"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(tmp_path, text, said):
    with pytest.raises(BadInput, match=said) as caught:
        read(tmp_path, text)
    assert "trackbook.toml" in str(caught.value)
