"""What may stand behind `%%track`."""

from __future__ import annotations

import pytest

from trackbook.capture.track_line import SUBCOMMANDS, TrackLine, parse_track_line
from trackbook.errors import BadInput, BadTrackLine


def expand(text: str) -> str:
    return text.replace("{seed}", "7").replace("{label}", "two words").replace("{round(lr, 3)}", "0.1")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        pytest.param("", TrackLine(), id="nothing"),
        pytest.param("baseline", TrackLine(name="baseline"), id="a name"),
        pytest.param("'my run'", TrackLine(name="my run"), id="a name in quotes"),
        pytest.param('"Ana\'s run"', TrackLine(name="Ana's run"), id="the other quotes"),
        pytest.param("größe", TrackLine(name="größe"), id="not ASCII"),
        pytest.param("run#7", TrackLine(name="run#7"), id="a hash inside a word"),
        pytest.param("a # b --bogus", TrackLine(name="a"), id="a comment"),
        pytest.param("# only 'a comment", TrackLine(), id="only a comment"),
        pytest.param("on", TrackLine(name="on"), id="a sub-command's word is a name in the cell form"),
        pytest.param("--experiment churn", TrackLine(experiment="churn"), id="experiment"),
        pytest.param("--experiment=churn", TrackLine(experiment="churn"), id="equals sign"),
        pytest.param("--into last", TrackLine(into="last"), id="into"),
        pytest.param("a --params lr,opt.beta", TrackLine(name="a", params=("lr", "opt.beta")), id="params"),
        pytest.param("--metrics a,b --metrics c", TrackLine(metrics=("a", "b", "c")), id="metrics twice add up"),
        pytest.param("--tag a=b --tag url=x=y", TrackLine(tags=(("a", "b"), ("url", "x=y"))), id="tags"),
        pytest.param("--tag note='two words'", TrackLine(tags=(("note", "two words"),)), id="quotes inside a word"),
        pytest.param("--tag empty=", TrackLine(tags=(("empty", ""),)), id="an empty tag"),
        pytest.param("--no-capture data,git", TrackLine(no_capture=frozenset({"data", "git"})), id="no-capture"),
        pytest.param(r"C:\runs", TrackLine(name=r"C:\runs"), id="backslashes stay"),
        pytest.param("run-{seed}", TrackLine(name="run-7"), id="a variable"),
        pytest.param("{label}", TrackLine(name="two words"), id="a variable with a space is one word"),
        pytest.param("lr-{round(lr, 3)}", TrackLine(name="lr-0.1"), id="an expression with a space"),
        pytest.param("{open", TrackLine(name="{open"), id="a lone brace"),
        pytest.param("--tag=s={seed} b", TrackLine(name="b", tags=(("s", "7"),)), id="order is free"),
    ],
)
def test_the_line_is_read(options, line):
    assert parse_track_line(f"%%track {options}\nx = 1", expand) == line


def test_a_switch_may_stand_anywhere():
    for line in ("%%track --live net --tag a=b", "%%track net --live --tag a=b", "%%track net --tag a=b --live"):
        assert parse_track_line(line) == TrackLine(name="net", tags=(("a", "b"),), live=True)
    assert not parse_track_line("%%track net").live


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param("--experment a", "no option --experment. Did you mean --experiment?", id="a slip"),
        pytest.param("--live=yes", "--live takes no value; leave =yes out", id="a switch with a value"),
        pytest.param("--model", "--model needs a value behind it", id="a model without a name"),
        pytest.param("--register a --register b", "takes one --register and got a, b", id="two registered models"),
        pytest.param("--cached", "no option --cached. There is:", id="cached"),
        pytest.param("-e a", "no option -e. There is:", id="a short option"),
        pytest.param("a b", "takes one name and got a, b", id="two names"),
        pytest.param("--into a --into b", "takes one --into and got a, b", id="twice"),
        pytest.param("--into", "--into needs a value", id="no value"),
        pytest.param("--experiment --into a", "--experiment needs a value", id="an option as value"),
        pytest.param("--experiment=", "--experiment needs a value", id="empty value"),
        pytest.param("--params a,,b", "--params has an empty name", id="an empty name"),
        pytest.param("--tag best", "write --tag best=something", id="a tag without value"),
        pytest.param("--no-capture metric", "does not know metric. Did you mean metrics?", id="no-capture slip"),
        pytest.param("--no-capture all", "does not know all. There is: code, data,", id="no-capture unknown"),
        pytest.param("'open", "quotation mark on the %%track line is not closed", id="open quotes"),
        pytest.param("it's", "quotation mark on the %%track line is not closed", id="an apostrophe"),
    ],
)
def test_a_wrong_line_is_a_sentence_with_a_way_out(options, sentence):
    with pytest.raises(BadTrackLine) as error:
        parse_track_line(f"%%track {options}\nx = 1")
    assert sentence in str(error.value)


@pytest.mark.parametrize("options", [f"{'x' * 300}", "--experiment ' '", "--tag =v"])
def test_a_name_that_cannot_be_kept_is_refused(options):
    with pytest.raises(BadInput):
        parse_track_line(f"%%track {options}")


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("\n\n%%track a\nx", id="blank lines above"),
        pytest.param("  %%track a\n  x", id="indented"),
        pytest.param(">>> %%track a\n>>> x", id="pasted from Python"),
        pytest.param("In [3]: %%track a\n   ...: x", id="pasted from IPython"),
        pytest.param("%track a\nx", id="line form"),
        pytest.param("%%track\ta\r\nx", id="a tab and a Windows line"),
    ],
)
def test_the_line_is_found_in_the_cell_as_typed(cell):
    assert parse_track_line(cell) == TrackLine(name="a")


@pytest.mark.parametrize("cell", ["x = 1", "", "# c\n%%track", "%%track?", "%%tracks", "%track a", "%%time\n%%track"])
def test_other_cells_ask_for_nothing(cell):
    assert parse_track_line(cell) is None


@pytest.mark.parametrize("word", SUBCOMMANDS)
def test_a_sub_command_is_no_name(word):
    assert parse_track_line(f"%track {word}\nx = 1") is None
