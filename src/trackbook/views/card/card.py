"""The card after a tracked cell: facts in, lines out, and the bundle a front end displays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.records import EndedBy, RunStatus
from trackbook.views.card.facts import CardFacts
from trackbook.views.card.html import card_html
from trackbook.views.card.json import card_json
from trackbook.views.card.kept import kept_line
from trackbook.views.card.metrics import metrics_line
from trackbook.views.card.params import params_line
from trackbook.views.card.text import card_text
from trackbook.views.literals import LONGEST_HOVER, cut, one_line
from trackbook.views.numbers import ago, clock, duration, exact_time
from trackbook.views.pieces import Line, Piece, Tone, item

if TYPE_CHECKING:
    from datetime import tzinfo

__all__ = ["MIME_TYPE", "CardFacts", "card_lines", "mime_bundle"]

MIME_TYPE = "application/vnd.trackbook+json"
_MOST_WARNINGS = 5
_LONGEST_NAME = 60
_LONGEST_SENTENCE = 300
_LONGEST_ERROR = 200  # the traceback stands above it
_WORDS = {
    EndedBy.ERROR: ("failed", Tone.ERROR),
    EndedBy.INTERRUPT: ("interrupted", Tone.WARNING),
    EndedBy.STOP: ("stopped", Tone.WARNING),
    EndedBy.LOST: ("lost", Tone.ERROR),
}
_STATUS_WORDS = {
    RunStatus.RUNNING: ("running", Tone.RUNNING),
    RunStatus.FINISHED: ("", Tone.GOOD),
    RunStatus.FAILED: ("failed", Tone.ERROR),
    RunStatus.KILLED: ("killed", Tone.ERROR),
}


def card_lines(facts: CardFacts, now: float | None = None, zone: tzinfo | None = None) -> tuple[Line, ...]:
    """Say what a card says, one line each: head, params, metrics or the error, kept, warnings, the offer.

    now: seconds since the epoch; makes the time relative (`3 min ago`), for a face that draws it anew.
    Without it the time is the clock's, because a card stays in the notebook and `just now` would not stay true.
    zone: of the clock; None is the local one.
    """
    # An interrupted training has results worth reading; only an error takes their place.
    failed = facts.status is RunStatus.FAILED and facts.ended_by is not EndedBy.INTERRUPT and facts.error
    found = [
        _head(facts, now, zone),
        params_line(facts),
        _error(facts.error) if failed else metrics_line(facts),
        kept_line(facts),
        *_warnings(facts.warnings),
        _offer(facts.offer),
    ]
    return tuple(line for line in found if line)


def mime_bundle(facts: CardFacts, now: float | None = None, zone: tzinfo | None = None) -> dict[str, object]:
    """Make what `display(..., raw=True)` takes: plain text, HTML and our own JSON (see `card_json`)."""
    lines = card_lines(facts, now, zone)
    return {"text/plain": card_text(lines), "text/html": card_html(lines), MIME_TYPE: card_json(facts)}


def _head(facts: CardFacts, now: float | None, zone: tzinfo | None) -> Line:
    word, tone = _STATUS_WORDS[facts.status]
    if facts.status is not RunStatus.RUNNING and facts.ended_by in _WORDS:
        word, tone = _WORDS[facts.ended_by]
    name = one_line(facts.run_name) or one_line(facts.run_id)
    about = f"run {one_line(facts.run_id)} of experiment {one_line(facts.experiment)}"
    first = item(
        Piece("●", tone, word or "finished"),
        Piece(word, tone),
        Piece(cut(name, _LONGEST_NAME), Tone.STRONG, about),
        Piece(f"#{facts.attempt} of this cell" if facts.attempt else "", Tone.QUIET),
    )
    evaluated = one_line(facts.evaluation_of)
    rest = [
        Piece(f"evaluates {cut(evaluated)}" if evaluated else "", hover=evaluated),
        Piece(duration(facts.duration), Tone.QUIET, f"{facts.duration} s"),
        _when(facts.ended_at, now, zone),
    ]
    return Line("head", (first, *(item(piece) for piece in rest if piece.text)))


def _when(ended_at: float | None, now: float | None, zone: tzinfo | None) -> Piece:
    if ended_at is None:
        return Piece("")
    try:
        text = clock(ended_at, zone) if now is None else ago(ended_at, now, zone)
        return Piece(text, Tone.QUIET, f"ended {exact_time(ended_at, zone)}", ended_at)
    except (ValueError, OverflowError, OSError):  # no such moment in any calendar
        return Piece("")


def _error(error: str) -> Line:
    text = one_line(error)
    return Line("error", (item(Piece(cut(text, _LONGEST_ERROR), Tone.ERROR, cut(text, LONGEST_HOVER))),), "error")


def _warnings(sentences: tuple[str, ...]) -> list[Line]:
    lines = [
        Line("warning", (item(Piece("⚠", Tone.WARNING, "warning"), Piece(cut(one_line(sentence), _LONGEST_SENTENCE))),))
        for sentence in sentences[:_MOST_WARNINGS]
    ]
    more = len(sentences) - _MOST_WARNINGS
    if more > 0:
        rest = "\n".join(one_line(sentence) for sentence in sentences[_MOST_WARNINGS:])
        lines.append(
            Line("warning", (item(Piece("⚠", Tone.WARNING, "warning"), Piece(f"+{more} more", Tone.QUIET, rest)),))
        )
    return lines


def _offer(offer: str) -> Line | None:
    text = one_line(offer)
    return (
        Line("offer", (item(Piece("→", Tone.RUNNING), Piece(cut(text, _LONGEST_SENTENCE), Tone.QUIET)),))
        if text
        else None
    )
