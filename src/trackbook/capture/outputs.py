"""What a cell showed, as a front end holds it at the end: messages in, outputs out.

Follows JupyterLab: adjacent streams are one, a carriage return overwrites its line, an
update replaces every display of its id, clear_output(wait=True) waits for the next output.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trackbook.records import Output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHOWN = frozenset({"stream", "display_data", "update_display_data", "execute_result", "error", "clear_output"})
"""The kinds of message that change what a cell shows."""

CARD_MIME = "application/vnd.trackbook+json"
LIMIT_BYTES = 10_000_000
"""Of all outputs of one cell together: a few dozen figures, or one plotly figure with its library."""

# Text between two controls goes in at once; a plain print() is two pieces.
_CONTROL = re.compile(r"(\r*\n|\r|\x08)")
_WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
_COLOURS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_BINARY = re.compile(r"(?:image|audio|video|font)/|application/(?:pdf|octet-stream|zip)$")


def reduce_outputs(messages: Iterable[tuple[str, Mapping[str, Any]]], limit_bytes: int = LIMIT_BYTES) -> list[Output]:
    """Reduce (message type, content) in order of arrival to what is left on the screen."""
    screen = Screen(limit_bytes)
    for kind, content in messages:
        screen.show(kind, content)
    return screen.outputs()


class _Terminal:
    """The text of one stream, carriage returns and backspaces replayed; holds its beginning and its end.

    As in JupyterLab, the cursor moves within the last line and a new line keeps what stands behind it.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.cut = 0
        self._limit = limit_bytes
        self._done: list[str] = []
        self._done_size = 0
        self._line = ""
        self._cursor = 0
        self._head: str | None = None

    def write(self, text: str) -> None:
        for piece in _CONTROL.split(text):
            if piece.endswith("\n"):
                self._finish(self._line + "\n")
            elif piece == "\r":
                self._cursor = 0
            elif piece == "\b":
                self._cursor = max(0, self._cursor - 1)
            elif piece:
                end = self._cursor + len(piece)
                self._line = self._line[: self._cursor] + piece + self._line[end:]
                self._cursor = end
        if len(self._line) > self._limit:
            self._finish(self._line)

    def size(self) -> int:
        """Bytes that are held, what was left out not counted."""
        return _weight(self._head or "") + _weight(self._end())

    def text(self, limit: int) -> tuple[str, int]:
        """Return the text, at most `limit` bytes of it, and how many were left out, now and before."""
        if self._head is None:
            return _shorten(self._end(), limit)
        return _both_ends(self._head, self._end(), limit, self.size() + self.cut)

    def _end(self) -> str:
        return "".join(self._done) + self._line

    def _finish(self, text: str) -> None:
        self._line, self._cursor = "", 0
        self._done.append(text)
        self._done_size += len(text)
        if self._done_size <= 2 * self._limit:
            return
        whole = "".join(self._done)
        half = self._limit // 2
        if self._head is None:
            self._head, whole = whole[:half], whole[half:]
        self.cut += _weight(whole[:-half] if half else whole)
        self._done = [whole[-half:] if half else ""]
        self._done_size = len(self._done[0])


@dataclass(slots=True)
class _Item:
    kind: str
    name: str = ""
    data: dict[str, str | bytes] = field(default_factory=dict)
    display_id: str = ""
    terminal: _Terminal | None = None
    cut: int = 0


class Screen:
    """Takes one message after the other and never holds much more than the limit, however long the cell."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._items: list[_Item] = []
        self._held = 0
        self._clear_next = False

    def show(self, kind: str, content: Mapping[str, Any]) -> None:
        """Apply one message; kinds that show nothing are ignored."""
        if kind not in SHOWN or CARD_MIME in content.get("data", ()):
            return
        if kind == "update_display_data":
            self._update(content)
            return
        if kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self._clear()
            return
        if self._clear_next:
            self._clear()
        if kind == "stream":
            self._write(str(content["name"]), str(content["text"]))
        elif kind == "error":
            text = plain_text("\n".join(content.get("traceback", ())))
            self._add(_Item(kind, name=str(content.get("ename", "")), data={"text/plain": text}))
        else:
            self._add(_Item(kind, data=_bundle(content.get("data", {})), display_id=_display_id(content)))

    def outputs(self) -> list[Output]:
        """List what is on the screen now, cut fairly where it is more than the limit."""
        sizes = [item.terminal.size() if item.terminal else _size(item.data) for item in self._items]
        share = _fair_share(sizes, self.limit_bytes)
        outputs = []
        for position, item in enumerate(self._items):
            if item.terminal is None:
                data, cut = _fit(item.data, share)
            else:
                text, cut = item.terminal.text(share)
                data = {"text/plain": text}
            outputs.append(Output(position, item.kind, item.name, dict(data), item.cut + cut))
        return outputs

    def _write(self, name: str, text: str) -> None:
        last = self._items[-1] if self._items else None
        if last is None or last.terminal is None or last.name != name:
            last = _Item("stream", name, terminal=_Terminal(self.limit_bytes))
            self._items.append(last)
        assert last.terminal is not None
        last.terminal.write(text)

    def _clear(self) -> None:
        self._items.clear()
        self._held = 0
        self._clear_next = False

    def _update(self, content: Mapping[str, Any]) -> None:
        display_id = _display_id(content)
        for item in self._items:
            if display_id and item.display_id == display_id:
                self._held -= _size(item.data)
                self._fill(item, _bundle(content.get("data", {})))

    def _add(self, item: _Item) -> None:
        self._items.append(item)
        self._fill(item, item.data)

    def _fill(self, item: _Item, data: dict[str, str | bytes]) -> None:
        # Four limits are held while the cell runs; the fair share is only known at its end.
        room = max(0, 4 * self.limit_bytes - self._held)
        item.data, item.cut = _fit(data, min(self.limit_bytes, room))
        self._held += _size(item.data)


def plain_text(text: str) -> str:
    """Text without the escape sequences of a terminal."""
    return _COLOURS.sub("", text)


def _display_id(content: Mapping[str, Any]) -> str:
    return str((content.get("transient") or {}).get("display_id") or "")


def _bundle(data: Mapping[str, Any]) -> dict[str, str | bytes]:
    """Read a MIME bundle; a widget counts as the text it comes with, since it dies with its kernel."""
    kept = {mime: _content(mime, value) for mime, value in data.items() if mime != _WIDGET_MIME}
    return kept or {"text/plain": ""}


def _content(mime: str, value: object) -> str | bytes:
    if isinstance(value, list) and not mime.endswith("json"):
        value = "".join(map(str, value))
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=repr)
    if _BINARY.match(mime) and not mime.endswith("+xml"):
        try:
            return base64.b64decode(value)
        except (binascii.Error, ValueError):
            return value
    return value


def _shorten(text: str, limit: int) -> tuple[str, int]:
    """Keep a text that fits, else its beginning and end; also returns how many bytes went."""
    size = _weight(text)
    return (text, 0) if size <= limit else _both_ends(text, text, limit, size)


def _both_ends(beginning: str, end: str, limit: int, size: int) -> tuple[str, int]:
    """Join `limit` bytes of a text of `size` bytes of which two parts are given; never half a character."""
    half = limit // 2
    first, raw = beginning.encode("utf-8", "replace")[:half], end.encode("utf-8", "replace")
    last = raw[len(raw) - min(half, len(raw)) :]
    cut = size - len(first) - len(last)
    return first.decode("utf-8", "ignore") + f"\n… {cut:,} bytes left out …\n" + last.decode("utf-8", "ignore"), cut


def _size(bundle: Mapping[str, str | bytes]) -> int:
    return sum(_weight(value) for value in bundle.values())


def _weight(value: str | bytes) -> int:
    if isinstance(value, str) and not value.isascii():
        return len(value.encode("utf-8", "replace"))
    return len(value)


def _fair_share(sizes: list[int], limit: int) -> int:
    """Find the most that one output may have so that all fit: small ones stay whole, large ones pay."""
    left = limit
    for rank, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - rank)
        if size > share:
            return share
        left -= size
    return limit


def _fit(bundle: dict[str, str | bytes], share: int) -> tuple[dict[str, str | bytes], int]:
    """Keep the smallest forms that fit whole; plain text alone may be shortened. Returns what is left and bytes cut."""
    if _size(bundle) <= share:
        return bundle, 0
    kept: dict[str, str | bytes] = {}
    dropped: dict[str, int] = {}
    for mime, value in sorted(bundle.items(), key=lambda entry: _weight(entry[1])):
        weight = _weight(value)
        if weight <= share:
            kept[mime] = value
            share -= weight
        else:
            dropped[mime] = weight
    cut = sum(dropped.values())
    if "text/plain" in dropped:
        whole = bundle["text/plain"]
        assert isinstance(whole, str)
        kept["text/plain"], lost = _shorten(whole, share)
        cut += lost - dropped["text/plain"]
    elif not kept:
        kept["text/plain"] = f"… {', '.join(sorted(dropped))}: {cut:,} bytes left out …"
    return {mime: kept[mime] for mime in (*bundle, "text/plain") if mime in kept}, cut
