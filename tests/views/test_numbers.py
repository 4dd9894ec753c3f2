"""Numbers, changes, durations, times and sizes as a reader sees them."""

import math
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackbook.views.numbers import ago, byte_size, change, clock, count, duration, exact_time, number


def plain(text):
    return text.replace("\u202f", " ").replace("\u2212", "-")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.914159, "0.914"),
        (0.9, "0.9"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.25, "-0.25"),
        (0.99999, "1"),
        (123.456, "123"),
        (999.7, "1000"),
        (2048, "2048"),
        (12345.6, "12 346"),
        (1_234_567, "1 234 567"),
        (1e12, "1 000 000 000 000"),
        (1.5e20, "1.5e20"),
        (0.0001, "0.0001"),
        (0.0000321, "3.21e-5"),
        (-1e-300, "-1e-300"),
        (math.nan, "NaN"),
        (math.inf, "infinity"),
        (-math.inf, "-infinity"),
    ],
)
def test_a_number_has_three_significant_digits(value, shown):
    assert plain(number(value)) == shown


@pytest.mark.parametrize(
    ("now", "before", "value", "delta"),
    [
        pytest.param(0.9142, 0.908, "0.914", "+0.006", id="the usual"),
        pytest.param(0.871, 0.873, "0.871", "-0.002", id="down"),
        pytest.param(0.91437, 0.91423, "0.9144", "+0.0001", id="more digits, to tell the change"),
        pytest.param(1.0, 0.994, "1.000", "+0.006", id="a whole number beside a fraction"),
        pytest.param(8.1, 8.4, "8.1", "-0.3", id="no idle zeros"),
        pytest.param(12.4, 12.436, "12.40", "-0.04", id="both to the same place"),
        pytest.param(210.0, 200.0, "210", "+10", id="whole numbers stay whole"),
        pytest.param(130_000, 120_000, "130 000", "+10 000", id="grouped"),
        pytest.param(0.5, 0.5 - 1e-12, "0.5", "+1e-12", id="a change too small for digits"),
        pytest.param(2e-7, 1e-7, "2e-7", "+1e-7", id="small values"),
        pytest.param(0.0, 0.345, "0", "-0.345", id="down to zero"),
        pytest.param(0.0123, 50, "0.0123", "-50.0", id="a fall from far above"),
        pytest.param(0.5, 0.5, "0.5", "", id="unchanged"),
        pytest.param(0.5, math.nan, "0.5", "", id="before there was no number"),
        pytest.param(math.inf, 1.0, "infinity", "", id="gone to infinity"),
        pytest.param(1e308, -1e308, "1e308", "", id="too far apart to subtract"),
    ],
)
def test_a_change_is_told_with_just_enough_digits(now, before, value, delta):
    told = change(now, before)
    assert (plain(told.value), plain(told.delta)) == (value, delta)
    assert told.direction == (0 if not delta else 1 if now > before else -1)


@given(st.floats(), st.floats())
def test_any_two_floats_can_be_set(now, before):
    told = change(now, before)
    assert told.value
    assert bool(told.delta) == bool(told.direction)
    if told.delta:
        digits = plain(told.delta)
        assert digits[0] == ("+" if now > before else "-")
        assert float(digits.replace(" ", "")) != 0, "a change that is there does not read as zero"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "< 1 ms"),
        (0.00042, "< 1 ms"),
        (0.85, "850 ms"),
        (0.9996, "1 s"),
        (8.13, "8.1 s"),
        (12.43, "12.4 s"),
        (59.97, "1 min"),
        (72, "1 min 12 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (277_200, "3 d 5 h"),
        (-1, ""),
        (math.nan, ""),
        (math.inf, ""),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds, shown):
    assert plain(duration(seconds)) == shown


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (-5, "just now"),
        (20, "just now"),
        (200, "3 min ago"),
        (4000, "1 h ago"),
        (180_000, "2 d ago"),
        (40 * 86_400, "2026-11-23"),
    ],
)
def test_a_time_is_relative_until_a_month_has_passed(passed, shown):
    then = 1_795_442_000.0
    assert plain(ago(then, then + passed, UTC)) == shown


def test_a_clock_is_read_in_the_readers_zone():
    east = timezone(timedelta(hours=2), "EET")
    assert clock(1_795_442_000.0, east) == "2026-11-23 15:53"
    assert exact_time(1_795_442_000.0, east) == "2026-11-23 15:53:20 EET"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (812, "812 B"),
        (1000, "1 kB"),
        (34_000, "34 kB"),
        (1_200_000, "1.2 MB"),
        (999_999, "1 MB"),
        (3e15, "3000 TB"),
    ],
)
def test_a_size_is_said_in_thousands(size, shown):
    assert plain(byte_size(size)) == shown


@pytest.mark.parametrize(("amount", "shown"), [(0, "0 figures"), (1, "1 figure"), (2, "2 figures")])
def test_things_are_counted_in_their_plural(amount, shown):
    assert count(amount, "figure") == shown
