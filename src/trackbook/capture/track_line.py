"""What a `%%track` line asks for: found at the head of a cell, split into words, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from trackbook.errors import BadTrackLine
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SUBCOMMANDS = ("on", "off", "show", "diff", "note", "tag", "ignore", "delete", "restore")
"""First words that make `%track WORD` a command of its own and no name of a run."""

CAPTURES = ("code", "data", "env", "git", "history", "metrics", "models", "outputs", "params")
"""What `--no-capture` can leave out."""

HELP = ("--help", "-h")
"""Words that ask what there is; such a line tracks nothing."""

SWITCHES = ("--live",)
"""Options without a value."""

OPTIONS = (
    "--experiment", "--into", "--live", "--params", "--metrics", "--tag", "--no-capture", "--model", "--register",
)  # fmt: skip

# IPython takes indentation and pasted prompts off before any transformer of ours; info.raw_cell still has them.
_HEAD = re.compile(r"\s*(?:>>> |In \[\d+\]: )?(%%?)track(?![^\s])[^\S\n]*(.*)")
_WORD = re.compile(r"""(?:\{[^{}]*\}|"[^"]*"|'[^']*'|[^\s"'])+""")
_PIECE = re.compile(r"""(\{[^{}]*\})|"([^"]*)"|'([^']*)'""")


@dataclass(frozen=True, slots=True)
class TrackLine:
    """What the user asked for in front of one cell; the default is a bare `%%track`."""

    name: str = ""
    """The run's name; empty lets the recorder choose."""

    experiment: str = ""
    """Empty is the notebook's."""

    into: str = ""
    """A run's id or name, or `last`: add to that run. Empty begins a new one."""

    params: tuple[str, ...] = ()
    """Names, dots allowed: these are the params, and nothing else is guessed. Empty guesses."""

    metrics: tuple[str, ...] = ()
    """Names: these are the metrics, and nothing else is guessed. Empty guesses."""

    tags: tuple[tuple[str, str], ...] = ()
    """(key, value) in the order typed; a later key wins."""

    no_capture: frozenset[str] = frozenset()
    """Some of CAPTURES: what to leave out."""

    live: bool = False
    """Show the live panel while the cell runs."""

    model: str = ""
    """Keep the fitted model of this name, or the only one there is under this name. Empty keeps what is small."""

    register: str = ""
    """Make the kept model the next version of this registered model."""


class FoundLine(NamedTuple):
    """Where a cell asks to be tracked."""

    row: int
    """0-based line; only empty lines come before it."""

    options: str
    """What stands behind `%%track`."""


def find_track_line(lines: Sequence[str]) -> FoundLine | None:
    """Find `%%track …`, or `%track …` above code, as first line that is not empty.

    A comment above it is something above it: other tools know cell magics by their first line only.
    """
    index = next((index for index, line in enumerate(lines) if line.strip()), None)
    if index is None or (head := _HEAD.match(lines[index])) is None:
        return None
    marks, options = head.groups()
    words = options.split()
    if asks_for_help(words):
        return None  # the magic of that name prints it
    if marks == "%":
        above_code = any(line.strip() for line in lines[index + 1 :])
        if not above_code or (words and words[0] in SUBCOMMANDS):
            return None
    return FoundLine(index, options)


def asks_for_help(words: Sequence[str]) -> bool:
    """Tell whether a line is a question, and no order."""
    return not set(HELP).isdisjoint(words)


def parse_track_line(raw_cell: str, expand: Callable[[str], str] = str) -> TrackLine | None:
    """Read the options of a cell as typed; None when its first line does not ask for tracking.

    `expand` replaces `{seed}` and `$seed` by the user's values (the shell's var_expand).
    Raises BadTrackLine, or BadName for a name that cannot be kept.
    """
    found = find_track_line(raw_cell.splitlines())
    if found is None:
        return None
    positional, options = _sort_words(iter(_words(found.options, expand)))
    return TrackLine(
        name=_only(positional, "name", check="run"),
        experiment=_only(options.get("--experiment", []), "--experiment", check="experiment"),
        into=_only(options.get("--into", []), "--into"),
        params=_names("--params", options.get("--params", [])),
        metrics=_names("--metrics", options.get("--metrics", [])),
        tags=tuple(_tag(value) for value in options.get("--tag", [])),
        no_capture=frozenset(_captures(_names("--no-capture", options.get("--no-capture", [])))),
        live="--live" in options,
        model=_only(options.get("--model", []), "--model", check="model"),
        register=_only(options.get("--register", []), "--register", check="model"),
    )


def _words(options: str, expand: Callable[[str], str]) -> Iterator[str]:
    """Split as a shell would, but keep `{round(lr, 3)}` together and backslashes as they are."""
    position = 0
    while position < len(options):
        if options[position].isspace():
            position += 1
            continue
        if options[position] == "#":
            return
        word = _WORD.match(options, position)
        end = word.end() if word else position
        if word is None or (end < len(options) and not options[end].isspace()):
            raise BadTrackLine("A quotation mark on the %%track line is not closed; put one at its end")
        position = end
        text = _PIECE.sub(lambda piece: piece[1] or piece[2] or piece[3] or "", word[0])
        yield expand(text) if "{" in text or "$" in text else text


def _sort_words(words: Iterator[str]) -> tuple[list[str], dict[str, list[str]]]:
    names: list[str] = []
    options: dict[str, list[str]] = {}
    for word in words:
        if not word.startswith("-"):
            names.append(word)
            continue
        option, equals, value = word.partition("=")
        if option not in OPTIONS:
            raise BadTrackLine(f"%%track has no option {option}", OPTIONS, near=option)
        if option in SWITCHES:
            if equals:
                raise BadTrackLine(f"{option} takes no value; leave ={value} out")
            options[option] = []
            continue
        if not equals:
            value = next(words, "")
        if not value or (not equals and value.startswith("--")):
            raise BadTrackLine(f"{option} needs a value behind it")
        options.setdefault(option, []).append(value)
    return names, options


def _only(values: list[str], what: str, check: str = "") -> str:
    if len(values) > 1:
        raise BadTrackLine(
            f"%%track takes one {what} and got {', '.join(values)}; put a value with spaces in quotation marks"
        )
    if values and check:
        check_name(check, values[0])
    return values[0] if values else ""


def _names(option: str, values: list[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for value in values for name in value.split(","))
    if not all(names):
        raise BadTrackLine(f"{option} has an empty name; write {option} a,b without spaces")
    return names


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise BadTrackLine(f"--tag {text} has no value; write --tag {text}=something")
    return check_name("tag", key), value


def _captures(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in CAPTURES:
            raise BadTrackLine(f"--no-capture does not know {name}", CAPTURES, near=name)
    return names
