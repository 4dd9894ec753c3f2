"""The README knows what there is: whoever adds an option, a setting or a command writes it down there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trackbook import config
from trackbook.capture.track_line import CAPTURES, OPTIONS, SUBCOMMANDS
from trackbook.cli.main import main

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
SETTINGS = config.Trackbook.class_own_traits(config=True)
COMMANDS = [name for name, command in main.commands.items() if not command.hidden]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_stands_there_with_its_default(name):
    setting = SETTINGS[name]
    assert f"| `{name}` | `{setting.default()!r}` | {setting.help} |" in README


@pytest.mark.parametrize("variable", [value for name, value in vars(config).items() if name.endswith("_VARIABLE")])
def test_an_environment_variable_stands_there(variable):
    assert f"`{variable}" in README


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_of_track_stands_there(option):
    (synopsis,) = re.findall(r"```\n(%%track \[NAME\].*?)```", README, re.DOTALL)
    assert f"[{option}" in synopsis


@pytest.mark.parametrize("word", CAPTURES)
def test_what_can_be_left_out_stands_there(word):
    (sentence,) = re.findall(r"`--no-capture` leaves out[^.]*\.", README)
    assert f"`{word}`" in sentence


@pytest.mark.parametrize("word", SUBCOMMANDS)
def test_a_word_of_track_stands_there(word):
    rows = [row for row in README.splitlines() if row.startswith("| `%track ")]
    assert any(re.search(rf"`(?:%track )?{word}\b", row) for row in rows)


@pytest.mark.parametrize("command", [*COMMANDS, *main.commands["store"].commands])
def test_a_command_stands_there(command):
    (paragraph,) = re.findall(r"^The command line answers.*$", README, re.MULTILINE)
    assert re.search(rf"[` ]{command}[` ]", paragraph)
