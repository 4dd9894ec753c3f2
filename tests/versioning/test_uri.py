"""The forms of a model's address."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.errors import BadInput
from trackbook.versioning.uri import RegisteredUri, RunUri, read_uri


@pytest.mark.parametrize(
    ("uri", "meant"),
    [
        ("models:/churn/3", RegisteredUri("churn", version=3)),
        ("models:/churn/Production", RegisteredUri("churn", stage="Production")),
        ("models:/churn@champion", RegisteredUri("churn", alias="champion")),
        ("models:/churn/latest", RegisteredUri("churn", alias="latest")),
        ("models:/team/churn/3", RegisteredUri("team/churn", version=3)),
        ("models:/team/churn@champion", RegisteredUri("team/churn", alias="champion")),
        ("models://churn/3", RegisteredUri("churn", version=3)),
        ("runs:/0192ab/model", RunUri("0192ab", "model")),
        ("runs:/0192ab/a/b", RunUri("0192ab", "a/b")),
        ("runs:/0192ab", RunUri("0192ab", "")),
    ],
)
def test_each_form_of_mlflow_is_understood(uri, meant):
    assert read_uri(uri) == meant


@pytest.mark.parametrize(
    "uri", ["", "churn", "models:/", "models:/churn", "models:/churn/", "s3://x/y", "file:/etc/passwd", "runs:/"]
)
def test_anything_else_is_told_the_forms_there_are(uri):
    with pytest.raises(BadInput, match="models:/NAME"):
        read_uri(uri)


@given(st.text())
def test_no_text_is_anything_but_an_address_or_a_sentence(text):
    with contextlib.suppress(BadInput):
        assert read_uri(text)


@given(st.text(min_size=1).filter(lambda name: name.strip("/") == name), st.integers(1, 10**6))
def test_a_version_of_any_name_is_found_again(name, version):
    assert read_uri(f"models:/{name}/{version}") == RegisteredUri(name, version=version)
