"""What `--help` behind a magic prints: one line for each way to use it."""

from __future__ import annotations

_CELL = {
    "NAME": "what the run is called; made up when left out",
    "--experiment E": "the experiment it belongs to; else the notebook's name",
    "--into RUN": "add to a run, or to the `last` one, instead of beginning one",
    "--params a,b": "these are the params, and nothing else is looked for",
    "--metrics m,n": "these are the metrics, and nothing else is looked for",
    "--tag k=v": "a tag; several times for several",
    "--no-capture W,W": "leave out code, data, env, git, history, metrics, models, outputs or params",
    "--model NAME": "keep the fitted model of this name; small ones are kept anyway",
    "--register NAME": "make the kept model the next version of this registered model",
    "--live": "show the run's curves while it runs",
}
_LINE = {
    "on": ("", "track every cell that fits or scores, until %track off"),
    "off": ("", "track only cells with %%track again"),
    "show": ("[RUN]", "everything about a run"),
    "diff": (
        "[A [B]]",
        "what differs between two runs; without B, A and the last one; alone, it and the attempt before",
    ),
    "note": ("[--run RUN] TEXT", "write a note on a run"),
    "tag": ("[--run RUN] k=v ...", "set tags of a run"),
    "ignore": ("[NAME ...]", "never take these names for metrics; alone, the list of them"),
    "delete": ("RUN", "hide a run from every view"),
    "restore": ("RUN", "bring a deleted run back"),
}
NO_RUNS = "There are no runs yet; put %%track on the first line of a cell and run it"
_RUN = "RUN is an id, the beginning of one, a name or `last`."


def cell_usage() -> str:
    """Say what may stand behind `%%track`."""
    return "\n".join(
        ["%%track [NAME] [OPTION ...] on the first line of a cell makes the cell a run.", "", *_rows(_CELL), "", _RUN]
    )


def line_usage(word: str = "") -> str:
    """Say what may stand behind `%track`; word: one of its sub-commands, else all."""
    if word in _LINE:
        takes, does = _LINE[word]
        return f"{_whole(word, takes)}: {does}.{f' {_RUN}' if 'RUN' in takes or 'A' in takes else ''}"
    rows = _rows({_whole(each, takes): does for each, (takes, does) in _LINE.items()})
    return "\n".join(
        ["%track [NAME] [OPTION ...] above code tracks a cell as %%track does. Else:", "", *rows, "", _RUN]
    )


def _whole(word: str, takes: str) -> str:
    return f"%track {word} {takes}".rstrip()


def _rows(ways: dict[str, str]) -> list[str]:
    width = max(map(len, ways))
    return [f"  {way:{width}}  {does}" for way, does in ways.items()]
