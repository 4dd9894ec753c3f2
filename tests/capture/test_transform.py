"""The track line goes, and nothing below it moves."""

from __future__ import annotations

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from trackbook.capture.transform import blank_track_line, without_track_line


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        pytest.param("%%track\nx = 1\n", "\nx = 1\n", id="bare"),
        pytest.param("%%track name --tag a=b\nx = 1\n", "\nx = 1\n", id="with options"),
        pytest.param("%%track\n", "\n", id="nothing below"),
        pytest.param("%%track", "\n", id="no end of line"),
        pytest.param("%%track\n\n# why\nx\n", "\n\n# why\nx\n", id="blank lines and comments below stay"),
        pytest.param("%%track\n%%time\nx\n", "%%time\nx\n", id="another cell magic comes first"),
        pytest.param("%%track\n\n%%time\nx\n", "%%time\nx\n", id="another cell magic below a blank line"),
        pytest.param("%%track\n%%track again\nx\n", "%%track again\nx\n", id="twice: the magic will say so"),
        pytest.param("%%track\n%time x\n", "\n%time x\n", id="a line magic below stays where it is"),
        pytest.param("%track name\nx\n", "\nx\n", id="line form above code"),
        pytest.param("%track\nx\n", "\nx\n", id="line form without a name"),
        pytest.param("%track name\n%%time\nx\n", "%%time\nx\n", id="line form above a cell magic"),
    ],
)
def test_the_track_line_is_taken_out(cell, left):
    assert "".join(blank_track_line(cell.splitlines(keepends=True))) == left


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("", id="empty"),
        pytest.param("\n\n", id="blank"),
        pytest.param("x = 1\n", id="untracked"),
        pytest.param("%%track?\n", id="help"),
        pytest.param("%%track??\n", id="source"),
        pytest.param("?%%track\n", id="help in front"),
        pytest.param("%track?\n", id="help of the line magic"),
        pytest.param("%%tracker\nx\n", id="somebody else's magic"),
        pytest.param("%%time\n%%track\nx\n", id="below a magic"),
        pytest.param("# comment\n%%track\nx\n", id="below a comment"),
        pytest.param("x = '''\n%%track\n'''\n", id="in a string"),
        pytest.param("%track on\nx\n", id="a sub-command"),
        pytest.param("%track tag best\nx\n", id="a sub-command with words"),
        pytest.param("%track onn\n", id="a line of its own is a command"),
        pytest.param("%track name\n\n", id="nothing to track below"),
    ],
)
def test_any_other_cell_stays_as_it_is(cell):
    assert without_track_line(cell) == cell


def test_ipython_makes_the_same_of_the_rest():
    manager = TransformerManager()
    bare = manager.transform_cell("pass\n%time x\n!ls\ny = !ls\nz?\n")
    manager.cleanup_transforms.append(blank_track_line)
    assert manager.transform_cell("\n\n  %%track a\n  %time x\n  !ls\n  y = !ls\n  z?\n") == bare.replace("pass", "")


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        pytest.param("%%track a", "incomplete", id="the line alone waits for code"),
        pytest.param("%%track a\nx = 1", "incomplete", id="as for any cell magic"),
        pytest.param("%%track a\nx = 1\n\n", "complete", id="an empty line ends it"),
    ],
)
def test_a_terminal_waits_for_the_cell_below(typed, status):
    manager = TransformerManager()
    manager.cleanup_transforms.append(blank_track_line)
    assert manager.check_complete(typed)[0] == status


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        pytest.param("%%track\n    x = 1\n    y\n", "\nx = 1\ny\n", id="indentation"),
        pytest.param("%%track\n\n  if x:\n    y\n", "\n\nif x:\n  y\n", id="indentation below a blank line"),
        pytest.param("%%track\n  %%time\n  x\n", "%%time\nx\n", id="an indented cell magic"),
        pytest.param("%%track\n>>> x = 1\n>>> x\n", "\nx = 1\nx\n", id="Python's prompts"),
        pytest.param("%%track\n\nIn [3]: x = 1\n   ...: x\n", "\n\nx = 1\nx\n", id="IPython's prompts"),
        pytest.param("%%track\nIn [3]: %%time\n   ...: x\n", "%%time\nx\n", id="a cell magic behind a prompt"),
        pytest.param("%%track\nx = 1\n  y\n", "\nx = 1\n  y\n", id="a wrong indent is the user's"),
    ],
)
def test_the_code_below_is_cleaned_up_as_if_the_cell_began_there(cell, left):
    assert "".join(blank_track_line(cell.splitlines(keepends=True))) == left


@pytest.mark.parametrize("line", ["%%track --help\n", "%%track a -h\n"])
def test_a_question_reaches_the_magic_that_answers_it(line):
    assert "run_cell_magic('track'" in (said := _transformed(line))
    assert said.rstrip().endswith("'\\n')")


def _transformed(cell):
    manager = TransformerManager()
    manager.cleanup_transforms.append(blank_track_line)
    return manager.transform_cell(cell)
