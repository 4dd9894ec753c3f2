"""The card in a page: whatever people call their things, it stays one well-formed card."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.records import Attempt, DatasetFacts, EndedBy, GitState, RunStatus
from trackbook.views.card.card import MIME_TYPE, CardFacts, card_lines, mime_bundle

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</span></div>",
    "&lt;b&gt; &amp;",
    "style=';color:red'",
    "\x1b[31mred\x1b[0m",
    "two\r\nlines\u2028three",
    "\ud800",
    "\u202eright to left",
    "{name} %s $x",
    "שלום 日本 é🦆",
    "",
]
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(), max_size=60))
times = st.floats(allow_nan=True, allow_infinity=True)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
params = st.dictionaries(texts, values, max_size=12)
metrics = st.dictionaries(texts, st.floats(), max_size=12)
whole = st.integers(0, 10**12)
datasets = st.builds(
    DatasetFacts,
    texts,
    texts,
    texts,
    st.booleans(),
    st.none() | whole,
    st.none() | whole,
    st.just(()),
    st.none() | whole,
)
facts = st.builds(
    CardFacts,
    run_id=texts,
    run_name=texts,
    experiment=texts,
    status=st.sampled_from(RunStatus),
    ended_by=st.none() | st.sampled_from(EndedBy),
    attempt=st.integers(0, 10**6),
    duration=times,
    ended_at=st.none() | times,
    params=params,
    default_count=st.integers(0, 99),
    defaults=params,
    previous=st.none() | st.builds(Attempt, texts, st.integers(0, 9), params, metrics),
    metrics=metrics,
    better=st.dictionaries(texts, st.sampled_from(["higher", "lower", None])),
    outputs=st.integers(0, 30),
    figures=st.integers(0, 30),
    datasets=st.lists(datasets, max_size=5).map(tuple),
    git=st.none() | st.builds(GitState, texts, texts, texts, st.integers(0, 99), texts, st.booleans()),
    artifacts=st.lists(st.tuples(texts, st.none() | whole), max_size=5).map(tuple),
    error=texts,
    warnings=st.lists(texts, max_size=7).map(tuple),
    offer=texts,
    evaluation_of=texts,
)

OURS = {"div", "span", "time"}
ATTRIBUTES = {"class", "role", "aria-label", "style", "title", "datetime"}


class Reader(HTMLParser):
    """Reads a card as a browser would, and notes what is not ours."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.strange, self.styles, self.text = [], [], set(), []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.strange += [tag] * (tag not in OURS)
        self.strange += [name for name, _ in attributes if name not in ATTRIBUTES]
        self.styles |= {value for name, value in attributes if name == "style"}

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.strange.append(f"/{tag}")

    def handle_comment(self, data):
        self.strange.append("comment")

    def handle_decl(self, declaration):
        self.strange.append("declaration")

    def handle_pi(self, data):
        self.strange.append("instruction")

    def handle_data(self, data):
        self.text.append(data)


def squeezed(text):
    return re.sub(r"[\s·]+", " ", text).strip()


@settings(max_examples=150, deadline=None)
@given(facts)
def test_any_run_gives_a_card_that_is_only_ours(run):
    lines, bundle = card_lines(run), mime_bundle(run)
    read = Reader(bundle["text/html"])
    assert read.open == []
    assert read.strange == []
    assert not any(re.search(r"url\(|expression|[<>&\"]", style) for style in read.styles)
    shown = [text for line in lines for item in line.items for text in [" ".join(piece.text for piece in item.pieces)]]
    for text in shown:
        assert squeezed(text) in squeezed("".join(read.text)), "what was typed is shown as it was typed"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", bundle["text/plain"]), "no colours, no control characters"
    assert len(bundle["text/plain"].splitlines()) == len(lines)
    bundle["text/plain"].encode()
    bundle["text/html"].encode()
    json.dumps(bundle[MIME_TYPE], allow_nan=False).encode()


@pytest.mark.parametrize("name", [name for name in NASTY if name], ids=range(len(NASTY) - 1))
def test_a_name_is_never_markup(name):
    run = CardFacts(name, name, name, RunStatus.FAILED, error=name, warnings=(name,), offer=name, params={name: name})
    read = Reader(mime_bundle(run)["text/html"])
    assert (read.open, read.strange) == ([], [])


def bundle(**facts):
    return mime_bundle(CardFacts("id", "name", "experiment", RunStatus.FINISHED, **facts))["text/html"]


def test_a_page_without_network_shows_the_whole_card():
    html = bundle(metrics={"a": 1.0}, params={"lr": 1e-3})
    assert not re.search(r"https?:|src=|@import|<script|<style|<link", html)


def test_a_colour_always_comes_with_a_word():
    previous = Attempt("id", 1, {}, {"loss": 0.3, "acc": 0.8})
    html = bundle(metrics={"loss": 0.4, "acc": 0.9}, better={"loss": "lower", "acc": "higher"}, previous=previous)
    assert re.search(r"--tb-bad\)[^>]*>worse<", html)
    assert re.search(r"--tb-good\)[^>]*>better<", html)


def test_a_change_nobody_can_judge_has_no_colour():
    html = bundle(metrics={"size": 2.0}, previous=Attempt("id", 1, {}, {"size": 1.0}))
    assert re.search(r"--tb-quiet\)[^>]*>▲ \+1<", html)


def test_the_hover_has_the_whole_truth():
    html = bundle(metrics={"acc": 0.9142857}, ended_at=1_795_442_000.0)
    assert 'title="0.9142857"' in html
    assert 'datetime="2026-11-23T13:53:20+00:00"' in html
    assert re.search(r'title="ended 2026-11-2\d \d\d:\d\d:20', html)
