"""What is left on the screen when a cell is done."""

from __future__ import annotations

import base64

import pytest

from trackbook.capture.outputs import CARD_MIME, Screen, reduce_outputs
from trackbook.records import Output

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def stream(text, name="stdout"):
    return ("stream", {"name": name, "text": text})


def display(data, display_id="", kind="display_data"):
    data = {"text/plain": data} if isinstance(data, str) else data
    return (kind, {"data": data, "metadata": {}, "transient": {"display_id": display_id} if display_id else {}})


def update(data, display_id):
    return display(data, display_id, kind="update_display_data")


def clear(wait):
    return ("clear_output", {"wait": wait})


def texts(messages, **limits):
    return [output.data.get("text/plain") for output in reduce_outputs(messages, **limits)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param(["a\n", "b\n"], "a\nb\n", id="adjacent prints are one"),
        pytest.param(["10%", "\r20%", "\r100%\n"], "100%\n", id="a progress bar ends as its last line"),
        pytest.param(["abc\rX"], "Xbc", id="a return overwrites and does not erase"),
        pytest.param(["a\r\nb\r\n"], "a\nb\n", id="Windows line ends"),
        pytest.param(["abc\r", "\nd"], "abc\nd", id="return and new line in two messages"),
        pytest.param(["abc\b\bX"], "aXc", id="backspaces"),
        pytest.param(["\b\ba"], "a", id="backspaces at the beginning"),
        pytest.param(["first\n", "x\rsecond\r\r"], "first\nsecond", id="only the last line is overwritten"),
        pytest.param(["größe 🙂\rG"], "Größe 🙂", id="not ASCII"),
        pytest.param(["\x1b[31mred\x1b[0m"], "\x1b[31mred\x1b[0m", id="colours of a stream stay"),
    ],
)
def test_streams_are_replayed(written, shown):
    assert texts([stream(text) for text in written]) == [shown]


def test_streams_keep_their_order_and_names():
    outputs = reduce_outputs([stream("a"), stream("b", "stderr"), stream("c")])
    assert [(o.position, o.kind, o.name, o.data["text/plain"]) for o in outputs] == [
        (0, "stream", "stdout", "a"),
        (1, "stream", "stderr", "b"),
        (2, "stream", "stdout", "c"),
    ]


@pytest.mark.parametrize(
    ("messages", "shown"),
    [
        pytest.param([display("a", "1"), stream("x"), update("b", "1")], ["b", "x"], id="an update in its place"),
        pytest.param([display("a", "1"), display("a", "1"), update("b", "1")], ["b", "b"], id="all of one id"),
        pytest.param([update("b", "1")], [], id="an earlier cell's display"),
        pytest.param([display("a"), update("b", "")], ["a"], id="no id, no update"),
        pytest.param([stream("a"), clear(False)], [], id="cleared at once"),
        pytest.param([stream("a"), clear(True)], ["a"], id="waiting for what never comes"),
        pytest.param([stream("a"), clear(True), stream("b")], ["b"], id="cleared by the next"),
        pytest.param([display("a", "1"), clear(True), update("b", "1")], ["b"], id="an update is no next output"),
        pytest.param([display("a", "1"), clear(False), update("b", "1")], [], id="what is cleared is not updated"),
        pytest.param([stream("a"), clear(True), clear(False), stream("b")], ["b"], id="cleared twice"),
        pytest.param(
            [("comm_msg", {"data": {}}), ("status", {"execution_state": "idle"})], [], id="what shows nothing"
        ),
    ],
)
def test_displays_are_updated_and_cleared(messages, shown):
    assert texts(messages) == shown


def test_each_kind_is_kept():
    error = ("error", {"ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31mred\x1b[39m", "ValueError: no"]})
    outputs = reduce_outputs([display("3", kind="execute_result"), error])
    assert outputs == [
        Output(0, "execute_result", "", {"text/plain": "3"}),
        Output(1, "error", "ValueError", {"text/plain": "red\nValueError: no"}),
    ]


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        pytest.param({"image/png": base64.b64encode(PNG).decode()}, {"image/png": PNG}, id="a picture"),
        pytest.param({"image/png": PNG}, {"image/png": PNG}, id="bytes already"),
        pytest.param({"image/svg+xml": "<svg/>"}, {"image/svg+xml": "<svg/>"}, id="SVG is text"),
        pytest.param({"image/png": "a"}, {"image/png": "a"}, id="no base64 at all"),
        pytest.param({"text/html": ["<b>", "</b>"]}, {"text/html": "<b></b>"}, id="text in lines"),
        pytest.param({"application/json": {"ö": [1]}}, {"application/json": '{"ö": [1]}'}, id="JSON"),
        pytest.param(
            {"text/plain": "IntSlider()", "application/vnd.jupyter.widget-view+json": {"model_id": "1"}},
            {"text/plain": "IntSlider()"},
            id="a widget is its text",
        ),
        pytest.param({"application/vnd.jupyter.widget-view+json": {}}, {"text/plain": ""}, id="a widget without text"),
    ],
)
def test_a_bundle_is_read(data, kept):
    assert [output.data for output in reduce_outputs([display(data)])] == [kept]


def test_our_own_card_is_no_output():
    assert reduce_outputs([display({"text/plain": "card", CARD_MIME: {}}), stream("a")])[0].data == {"text/plain": "a"}


def test_what_is_cut_is_counted_and_said():
    (output,) = reduce_outputs([stream("a" * 500 + "b" * 500)], limit_bytes=100)
    assert output.cut == 900
    assert output.data["text/plain"] == "a" * 50 + "\n… 900 bytes left out …\n" + "b" * 50


def test_small_outputs_survive_beside_a_large_one():
    outputs = reduce_outputs([stream("x" * 10_000), display("result", kind="execute_result")], limit_bytes=1000)
    assert [output.cut for output in outputs] == [9006, 0]
    assert outputs[1].data == {"text/plain": "result"}


def test_a_picture_is_whole_or_not_there():
    data = {"text/plain": "<Figure>", "image/png": base64.b64encode(PNG * 10).decode()}
    (output,) = reduce_outputs([display(data)], limit_bytes=1000)
    assert (output.data, output.cut) == ({"text/plain": "<Figure>"}, len(PNG) * 10)
    (output,) = reduce_outputs([display({"image/png": PNG * 10})], limit_bytes=1000)
    assert (output.data, output.cut) == ({"text/plain": "… image/png: 2,640 bytes left out …"}, 2640)


def test_a_cut_never_halves_a_character():
    (output,) = reduce_outputs([stream("ö" * 100)], limit_bytes=33)
    assert output.data["text/plain"].strip("ö") == "\n… 168 bytes left out …\n"


@pytest.mark.parametrize("text", ["line\n" * 1000, "no end of line " * 300, "\rprogress" * 500])
def test_hours_of_printing_take_no_more_than_the_limit(text):
    screen = Screen(limit_bytes=1000)
    for _ in range(1000):
        screen.show("stream", {"name": "stdout", "text": text})
    (output,) = screen.outputs()
    assert len(output.data["text/plain"].encode()) <= 1100
    assert (output.cut > 4_000_000) or text.startswith("\r")


def test_hours_of_pictures_take_no_more_than_four_limits():
    screen = Screen(limit_bytes=1000)
    for _ in range(100):
        screen.show("display_data", {"data": {"image/png": PNG}})
    outputs = screen.outputs()
    assert len(outputs) == 100
    assert sum(output.cut for output in outputs) > 90 * len(PNG)
