"""All of a run as text and as HTML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from trackbook.tracking.past import PastRun
from trackbook.views.past_run import past_run_bundle

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e\n\"'"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).replace(tzinfo=None)  # as the store gives it
OUTPUT = {"kind": "stream", "name": "stdout", "mime": "text/plain", "text": "hi\n", "blob": None, "cut": 0}
DATA = {"name": "X", "role": "", "kind": "numpy", "digest": "ab" * 32, "sampled": True, "row_count": 12_000}


def run(**facts):
    known = {
        "store": None, "run_id": "0192", "experiment": "churn", "name": "base", "status": "FINISHED", "ended_by": "cell",
        "started_at": NOON, "ended_at": NOON + timedelta(seconds=3), "notebook": "a.ipynb",
        "cell_id": "c1", "attempt": 2, "code": "", "error": "", "traceback": "", "note": "", "parent_run_id": None,
        "evaluates_run_id": None, "git_commit": "", "git_branch": "", "git_edits": 0, "git_patch": "", "params": {},
        "defaults": {}, "metrics": {}, "tags": {}, "outputs": [], "datasets": [], "artifacts": [], "models": [], "environment": {},
    }  # fmt: skip
    return PastRun(**known | facts)


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.seen, self.open = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_everything_that_was_kept_is_on_the_page():
    bundle = past_run_bundle(
        run(
            code="\nfit(\n    1  +  2\n)",
            params={"lr": 0.1},
            defaults={"tol": 1e-4},
            metrics={"acc": 0.123456789},
            tags={"team": "ads"},
            note="good",
            git_commit="a" * 40,
            git_branch="main",
            git_edits=1,
            git_patch="+x = 1",
            outputs=[OUTPUT | {"position": 0}],
            datasets=[DATA | {"column_count": 3, "size": None}],
            artifacts=[{"path": "roc.png", "kind": "figure", "size": 1200}],
            environment={"python": "3.11.7", "platform": "Linux", "packages": {"a": "1"}},
        ),
        zone=UTC,
    )
    text = bundle["text/plain"].replace("\u202f", " ")
    assert text.splitlines()[0] == "● base #2 of this cell · 3 s · 2026-11-23 12:00"
    for line in (
        "note        good",
        "metrics     acc  0.123457",
        "params      lr  0.1",
        "tags        team  ads",
        "data        X  numpy 12 000 × 3 #abababab… sampled",
        "artifacts   roc.png  1.2 kB figure",
        "outputs     0  stdout hi",
        "git         aaaaaaaaaaaa main, 1 file edited",
        "python      3.11.7 on Linux, 1 package",
        "defaults    tol 0.0001",
        "code\n    fit(\n        1  +  2\n    )",
        "uncommitted changes\n    +x = 1",
    ):
        assert f"  {line}" in text


@pytest.mark.parametrize("field", ["name", "experiment", "notebook", "code", "error", "traceback", "note", "git_patch"])
def test_what_the_user_typed_is_never_markup(field):
    bundle = past_run_bundle(run(**{field: HOSTILE}, params={HOSTILE: HOSTILE}, tags={HOSTILE: HOSTILE}))
    page = Tags(bundle["text/html"])
    assert page.seen <= {"div", "span", "time", "table", "tbody", "tr", "td", "details", "summary", "pre"}
    assert page.open == []
    for form in bundle.values():
        assert "\x1b" not in form
        assert "\u202e" not in form


@pytest.mark.parametrize(
    ("status", "ended_by", "word"),
    [("RUNNING", None, "● running base"), ("KILLED", "lost", "● lost base"), ("FAILED", "error", "● failed base")],
)
def test_a_run_that_did_not_finish_says_so(status, ended_by, word):
    facts = run(status=status, ended_by=ended_by, ended_at=None if status == "RUNNING" else NOON)
    assert past_run_bundle(facts)["text/plain"].startswith(word)


def test_thousands_of_values_are_cut_and_counted():
    text = past_run_bundle(run(metrics={f"m{n}": float(n) for n in range(5000)}))["text/plain"]
    assert "and 4800 more" in text
    assert len(text.splitlines()) < 250
