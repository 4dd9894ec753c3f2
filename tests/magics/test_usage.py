"""`--help` behind a magic is answered in words, whatever else stands there."""

from __future__ import annotations

import inspect

import pytest

from trackbook.capture.track_line import OPTIONS, SUBCOMMANDS
from trackbook.magics.usage import cell_usage, line_usage


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("%%track --help", "%%track [NAME] [OPTION ...] on the first line of a cell"),
        ("%%track -h\nran = True", "%%track [NAME] [OPTION ...] on the first line of a cell"),
        ("%%track name --help\nran = True", "%%track [NAME] [OPTION ...] on the first line of a cell"),
        ("%track --help", "%track [NAME] [OPTION ...] above code"),
        ("%track help", "%track [NAME] [OPTION ...] above code"),
        ("%track show --help", "%track show [RUN]: everything about a run. RUN is an id,"),
        ("%track -h delete", "%track [NAME] [OPTION ...] above code"),
        ("%runs --help", "%runs [FILTER]: the runs as a table"),
        ("%compare -h", "%compare [RUN …]: runs side by side"),
    ],
)
def test_help_is_printed_and_nothing_else_happens(notebook, line, begins):
    done = notebook.cell(line)
    assert done.status == "ok"
    assert {kind for kind, _ in done.messages} - {"execute_input"} == {"stream"}
    assert done.text().startswith(begins)
    assert notebook.value("'ran' in globals()") is False


@pytest.mark.parametrize("option", OPTIONS)
def test_the_help_of_a_cell_names_every_option(option):
    assert f"  {option}" in cell_usage()


@pytest.mark.parametrize("word", SUBCOMMANDS)
def test_the_help_of_the_line_names_every_word(word):
    assert f"  %track {word} " in line_usage()
    assert line_usage(word).startswith(f"%track {word}")


def test_help_fits_a_narrow_screen():
    for usage in (cell_usage(), line_usage()):
        assert max(map(len, usage.splitlines())) <= 130
        assert inspect.cleandoc(usage) == usage
