"""What a live panel says, in the browser and in the picture that stays."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from trackbook.views.live.charts import LiveCharts
from trackbook.views.live.curve import LiveCurve
from trackbook.views.live.facts import (
    EMPTY,
    LiveFacts,
    LiveKnob,
    LiveStop,
    facts_json,
    head_words,
    live_text,
    machine_words,
    progress_words,
    state_words,
)
from trackbook.views.live.html import live_html

RUNNING = LiveFacts(run_id="0199" * 8, name="net", status="RUNNING", started_at=100.0, now=230.0)


def with_(**changes):
    from dataclasses import replace

    return replace(RUNNING, **changes)


def curves(**values):
    made, charts = {}, LiveCharts()
    for name, some in values.items():
        made[name] = LiveCurve()
        made[name].add(np.arange(len(some)), np.asarray(some, dtype=np.float64))
        charts.place(name, {"loss": "lower", "val_loss": "lower"})
    return charts, made


def test_the_head_says_name_state_time_and_how_far():
    facts = with_(done=13, total=50, label="epoch", left=360.0)
    assert (
        head_words(facts).replace("\u202f", " ")
        == "net · running · 2 min 10 s · epoch 13 of 50 · 26 % · about 6 min left"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"done": 3}, "step 3", id="no end known"),
        pytest.param({}, "", id="nothing known"),
        pytest.param({"done": 60, "total": 50}, "step 60 of 50 · 100 %", id="more than it said"),
        pytest.param({"done": 1, "total": 2, "left": 9, "status": "KILLED"}, "step 1 of 2 · 50 %", id="ended"),
    ],
)
def test_progress_is_said_as_far_as_it_is_known(changes, words):
    assert progress_words(with_(**changes)).replace("\u202f", " ") == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "running"),
        ({"stop": LiveStop(asked=True)}, "stops after this step"),
        ({"stop": LiveStop(asked=True, stopped=True)}, "stopped its loop, the rest is running"),
        ({"status": "FINISHED", "ended_by": "cell"}, "finished"),
        ({"status": "FINISHED", "ended_by": "stop"}, "stopped as asked"),
        ({"status": "KILLED", "ended_by": "lost"}, "its process died"),
        ({"run_id": ""}, ""),
    ],
)
def test_the_state_is_a_word_or_two(changes, words):
    assert state_words(with_(**changes)) == words


def test_the_machine_is_said_where_it_can_be_seen():
    assert machine_words(RUNNING) == ""
    assert machine_words(with_(host="other")) == "on other"
    seen = with_(cpu=180.4, memory=2_100_000_000)
    assert machine_words(seen).replace("\u202f", " ") == "CPU 180 %   memory 2.1 GB   GPU –"
    with_gpu = with_(cpu=1.0, memory=10**9, gpus=((97.0, 6 * 10**9, 8 * 10**9),))
    assert "GPU 97 % 6 GB of 8 GB" in machine_words(with_gpu).replace("\u202f", " ")


def test_the_facts_are_json_whatever_they_hold():
    knobs = (LiveKnob("lr", math.inf, 1e-3, "float"), LiveKnob("on", True, False, "bool"))
    sent = json.loads(json.dumps(facts_json(with_(knobs=knobs)), allow_nan=False))
    assert sent["knobs"][0]["value"] == "inf"
    assert sent["command"] == f"trackbook stop {'0199' * 3}0"
    assert facts_json(LiveFacts())["empty"] == EMPTY


def test_the_text_has_the_newest_values_and_the_warnings():
    _, some = curves(loss=[3, 2.5], **{f"m{number}": [1] for number in range(9)})
    text = live_text(with_(warnings=("loss is infinite",), error="ValueError: no"), some)
    assert "loss 2.5" in text
    assert "+2 more" in text
    assert "⚠ loss is infinite" in text
    assert "ValueError: no" in text


HOSTILE = '<img src=x onerror="alert(1)">'


def test_the_picture_is_well_formed_and_everything_typed_is_escaped():
    charts, some = curves(**{HOSTILE: [1, 2, 3], f"val_{HOSTILE}": [2, 2, 2]})
    facts = with_(name=HOSTILE, label=HOSTILE, total=3, error=HOSTILE, warnings=(HOSTILE,), host=HOSTILE)
    band = {HOSTILE: (np.arange(3.0), np.zeros(3), np.ones(3))}
    html = live_html(facts, charts, some, band)
    assert "<img" not in html
    ET.fromstring(html)


def test_the_picture_has_a_line_for_each_curve_its_name_and_a_table():
    charts, some = curves(loss=np.linspace(9, 1, 1000), val_loss=[3, 2], lr=[0.1])
    html = live_html(RUNNING, charts, some)
    tree = ET.fromstring(html)
    assert len(tree.findall(".//svg")) == 2
    assert len(tree.findall(".//polyline")) == 2
    assert len(tree.findall(".//circle")) == 1  # one point alone
    assert "1 at step 999" in html
    assert len(html) < 20_000


def test_a_metric_with_only_nan_says_so_in_the_picture():
    charts, some = curves(loss=[math.nan, math.nan])
    assert "only NaN so far" in live_html(RUNNING, charts, some)


def test_without_a_run_the_picture_says_what_to_do():
    assert "%%track --live" in live_html(LiveFacts(), LiveCharts(), {})


def test_five_thousand_metrics_make_no_endless_picture():
    charts, some = curves(**{f"m{number}": [1, 2] for number in range(5000)})
    html = live_html(RUNNING, charts, some)
    assert "and 4960 more metrics" in html
    assert len(html) < 60_000


def test_a_picture_of_a_run_that_goes_on_says_when_it_was_drawn():
    running = LiveFacts(run_id="1", name="net", status="RUNNING", started_at=0.0, now=86_400.0)
    assert "as it was at 1970-01-02 00:00:00 UTC" in live_html(running, LiveCharts(), {})
    assert "as it was" not in live_html(replace(running, status="FINISHED"), LiveCharts(), {})
