"""A version's facts, its timeline, and two versions side by side, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from trackbook.store.registry.reading import AuditEntry
from trackbook.views.registry.html import RegistryPicture, models_picture, picture_html, picture_text, versions_picture
from trackbook.views.registry.signature import signature_fields, signature_texts
from trackbook.views.registry.timeline import timeline

NOON = datetime(2026, 11, 25, 12)  # noqa: DTZ001 - UTC without its name, as the store has it
EVIL = "<img src=x onerror=alert(1)>"
SIGNATURE = {
    "inputs": '[{"type": "double", "name": "age", "required": true}, {"type": "string", "name": "plan", "required": false}]',
    "outputs": '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1, 2]}}]',
    "params": '[{"name": "threshold", "default": 0.5, "shape": null, "type": "double"}]',
}


def told(action, before, after, subject="model churn"):
    (moment,) = timeline([AuditEntry(7, NOON, "ana", action, subject, before, after, "why", "a.ipynb [3]", "")], UTC)
    return moment


@pytest.mark.parametrize(
    ("action", "before", "after", "subject", "words", "versions"),
    [
        ("register", "", "3 None", "model churn", "registered version 3", (3,)),
        ("promote", "2 Production, 3 None", "2 Archived, 3 Production", "model churn",
         "promoted version 3 None → Production, version 2 Production → Archived", (3, 2)),
        ("rollback Production", "3 Production", "3 Archived", "model churn",
         "rolled Production back: version 3 Production → Archived", (3,)),
        ("delete", "1 None", "1 deleted", "model churn", "deleted version 1 (None)", (1,)),
        ("restore", "1 deleted", "1 Archived", "model churn", "restored version 1 (Archived)", (1,)),
        ("alias", "1", "2", "model churn@champion", "pointed @champion from version 1 to version 2", (2, 1)),
        ("alias", "1", "", "model churn@champion", "took the alias @champion away from version 1", (1,)),
        ("rollback", "2", "1", "model churn@champion", "rolled back @champion from version 2 to version 1", (1, 2)),
        ("describe", "", "the best", "model churn/3", "described version 3: “the best”", (3,)),
        ("describe", "old", "", "model churn", "took the description of the model away", ()),
        ("tag", "", "team=ads", "model churn/3", "tagged version 3 with team=ads", (3,)),
        ("tag", "team=ads", "", "model churn", "took the tag team=ads off the model", ()),
        ("approve", "", "Production", "model churn/3", "approved version 3 for Production", (3,)),
        ("override", "It is worse.", "to Production all the same", "model churn/3",
         "let version 3 to Production all the same although: It is worse.", (3,)),
        ("rename", "churn", "leaving", "model churn", "renamed it from churn to leaving", ()),
        ("invented", "a", "b", "model churn", "invented the model: a → b", ()),
    ],
)  # fmt: skip
def test_each_decision_is_told_in_words(action, before, after, subject, words, versions):
    moment = told(action, before, after, subject)
    assert (moment.words, moment.versions) == (words, versions)


def test_a_decision_says_who_when_where_and_why():
    moment = told("register", "", "1 None")
    assert (moment.who, moment.reason, moment.place) == ("ana", "why", "a.ipynb [3]")
    assert moment.exact == "2026-11-25 12:00:00 UTC"
    assert moment.at == NOON.replace(tzinfo=UTC).timestamp()


def test_a_signature_is_listed_by_what_goes_in_and_comes_out():
    fields = [(field.part, field.name, field.type, field.note) for field in signature_fields(SIGNATURE)]
    assert fields == [
        ("input", "age", "double", ""),
        ("input", "plan", "string", "optional"),
        ("output", "–", "int64 [any × 2]", ""),
        ("param", "threshold", "double", "default 0.5"),
    ]
    assert signature_texts(SIGNATURE)["input plan"] == "string optional"


def test_what_is_no_signature_is_none():
    assert signature_fields(None) is None
    assert signature_fields({"inputs": "no json"}) is None
    assert signature_texts(None) == {}


def test_a_picture_escapes_what_was_typed_and_says_how_many_are_left_out():
    lines = [
        {"name": EVIL, "versions": 2, "newest": 2, "stages": [[EVIL, [2]]], "aliases": [[EVIL, 1]]},
        *({"name": f"m{at}", "versions": 0, "newest": 0, "stages": [], "aliases": []} for at in range(60)),
    ]
    picture = models_picture(lines, EVIL, f"tb.registry({EVIL!r})")
    html, text = picture_html(picture), picture_text(picture)
    assert "<img" not in html
    assert html.count("&lt;img") >= 5
    assert "and 11 more" in html
    assert "and 11 more" in text
    assert text.splitlines()[-1].startswith("tb.registry(")


def test_a_model_s_picture_has_a_line_a_version():
    lines = [
        {"version": 2, "stage": "Production", "deleted": False, "aliases": ["champion"], "at": 0.0},
        {"version": 1, "stage": "None", "deleted": True, "aliases": [], "at": 0.0},
    ]
    picture = versions_picture("churn", lines, "tb.registry('churn')", UTC)
    assert picture.rows == (
        ("2", "Production", "@champion", "1970-01-01 00:00"),
        ("1", "deleted", "", "1970-01-01 00:00"),
    )
    assert picture.sentence == "churn: 2 versions"


def test_an_empty_picture_is_its_sentence_and_call():
    picture = RegistryPicture("There is none.", "tb.registry()", ("model",), ())
    assert picture_text(picture) == "There is none.\ntb.registry()"
    assert "<table" not in picture_html(picture)
