"""A tracked cell is the bare cell: whatever a front end receives is the same, the card aside."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
from corpus import CELLS, Cell
from kernel import STATE, Executed, Kernel, alike

from trackbook.capture.outputs import plain_text

SETUP = "%load_ext trackbook"
"""What makes a kernel track; `%load_ext trackbook` must do as well."""

CARD = "application/vnd.trackbook+json"
FIRST_LINE = "%%track corpus --tag kind=transparent"
BARE_LINE = "# bare"


@pytest.fixture(scope="module")
def playing(python, tmp_path_factory):
    """Play the corpus, bare and tracked, in two kernels side by side; the first time is remembered, and the second."""
    folder = tmp_path_factory.mktemp("corpus")

    def play(tracked: bool, time: int) -> list[tuple[Executed, dict]]:
        kernel = Kernel(python, folder / f"{'tracked' if tracked else 'bare'}{time}")
        try:
            if tracked:
                assert kernel.run(SETUP, store_history=False).status == "ok"
            return [_play(kernel, cell, tracked) for cell in CELLS]
        finally:
            kernel.close()

    @cache
    def both(time: int) -> dict[str, list[tuple[Executed, dict]]]:
        with ThreadPoolExecutor(2) as pool:
            bare, tracked = pool.map(play, [False, True], [time, time])
        return {cell.name: pair for cell, *pair in zip(CELLS, bare, tracked, strict=True)}

    return both


@pytest.fixture
def notebooks(playing):
    return playing(0)


def _play(kernel: Kernel, cell: Cell, tracked: bool) -> tuple[Executed, dict]:
    first = FIRST_LINE if tracked else None if cell.is_magic else f"{cell.margin}{BARE_LINE}"
    code = cell.body if first is None else f"{first}\n{cell.body}"
    done = kernel.run(
        code,
        metadata={"cellId": f"id-{cell.name}"},
        expressions=STATE,
        interrupt_at="started" if cell.interrupt else "",
    )
    return done, kernel.state()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_tracked_cell_is_the_bare_cell(playing, cell):
    bare, tracked = map(_seen, playing(0)[cell.name])
    if tracked != bare:  # on a busy machine a kernel may send a stream late; what is our doing shows every time
        bare, tracked = map(_seen, playing(1)[cell.name])
    assert tracked == bare


def _seen(played: tuple[Executed, dict]) -> dict:
    done, state = played
    return {"received": _received(done), "reply": _reply(done), "state": alike(state)}


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_the_card_is_the_last_output_and_the_only_one_of_ours(notebooks, cell):
    _, (tracked, _) = notebooks[cell.name]
    # An earlier card may be completed by its commit at any time; that is an update in its own place.
    shown = [content for kind, content in tracked.messages if not kind.startswith(("comm_", "update_display"))]
    kinds = [CARD in content.get("data", ()) for content in shown]
    assert kinds.count(True) == 1
    assert kinds[-1]


def _received(done: Executed) -> list:
    """All messages in order; text that waits in two streams at once has no order between them."""
    received: list = []
    waiting: dict[str, str] = {}

    def flush() -> None:
        received.extend(("stream", {"name": name, "text": text}) for name, text in sorted(waiting.items()))
        waiting.clear()

    for kind, content in done.messages:
        if CARD in content.get("data", ()):
            continue
        if kind == "stream":
            waiting[content["name"]] = waiting.get(content["name"], "") + content["text"]
            continue
        flush()
        received.append((kind, content | {"code": _body(content["code"])} if kind == "execute_input" else content))
    flush()
    return _without_first_line(alike(received))


def _reply(done: Executed) -> dict:
    return _without_first_line(alike({key: value for key, value in done.reply.items() if key not in _OF_A_KERNEL}))


_OF_A_KERNEL = {"engine_info", "parent"}


# Above the body, and with the margin that its cell has.
_FIRST_LINES = re.compile(rf"\A(?:{FIRST_LINE}|[ \t]*(?:>>> |In \[2\]: )?{BARE_LINE})\n")


def _body(code: str) -> str:
    return _FIRST_LINES.sub("", code, count=1)


# How a traceback quotes line 1: an empty line where the cell was tracked, the comment where it was bare.
_QUOTED_FIRST_LINE = re.compile(rf"^ *1 *({BARE_LINE})? *$")


def _without_first_line(value):
    """Take out the line above the body wherever it is quoted; line numbers below it stay."""
    if isinstance(value, str):
        lines = value.replace(FIRST_LINE, BARE_LINE).splitlines(keepends=True)
        return "".join(line for line in lines if not _QUOTED_FIRST_LINE.match(plain_text(line).rstrip("\n")))
    if isinstance(value, dict):
        return {key: _without_first_line(item) for key, item in value.items()}
    return [_without_first_line(item) for item in value] if isinstance(value, list) else value
