"""Whatever a user types, analysing it raises nothing."""

import random
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trackbook.capture.cell import analyse
from trackbook.capture.shape import shape_hash

LIBRARY = Path(sysconfig.get_path("stdlib"))
SMALL = sorted(path for path in LIBRARY.glob("*.py") if path.stat().st_size < 60_000)
FILES = random.Random(7).sample(SMALL, min(150, len(SMALL)))
PIECES = ["%%time\n", "%%track x\n", "!ls\n", "%matplotlib inline\n", "x?\n", "?x\n", "\0", "\ud800", "(" * 300, "\\\n",
          "await x\n", "x = !ls\n", "lambda: (yield)\n", "return\n", "global x\n", "del x\n", "x: int\n", "'''", "\t", "=",
          "match x:\n case [*a, {**b}]: pass\n", "1e999", "0xZ", "f'{x!r:{y}}'", "a[b:=c]\n", "%", "%%", "%%track", "\ufeff", "x = *y,\n"]  # fmt: skip


@pytest.fixture(scope="module")
def sources():
    return [path.read_text(encoding="utf-8", errors="replace") for path in FILES]


def test_the_standard_library_is_analysed(sources):
    for source in sources:
        facts = analyse(source)
        assert len(shape_hash(source)) == 64
        assert facts.bound or not source.strip()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutilated_source_is_analysed_without_raising(sources, data):
    lines = data.draw(st.sampled_from(sources)).splitlines(keepends=True)
    start = data.draw(st.integers(0, len(lines)))
    source = "".join(lines[start : start + 60])
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(source)))
        end = data.draw(st.integers(begin, min(len(source), begin + 200)))
        insert = data.draw(st.sampled_from(["", source[begin:end] * 2, *PIECES]))
        source = source[:begin] + insert + source[end:]
    analyse(source)
    assert len(shape_hash(source)) == 64


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_analysed_without_raising(text):
    analyse(text)
    assert len(shape_hash(text)) == 64


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = " + " + ".join(["a"] * 20_000), id="a sum of twenty thousand"),
        pytest.param("x = " + "-" * 5_000 + "1", id="five thousand signs"),
        pytest.param("x" + ".a" * 20_000, id="a long chain"),
        pytest.param("f" + "()" * 5_000, id="calls of calls"),
        pytest.param("(" * 5_000 + ")" * 5_000, id="brackets"),
        pytest.param("x = " + "9" * 10_000, id="a number too long to read"),
        pytest.param("x = 2 ** 64 ** 64", id="a power"),
        pytest.param("x = 10 ** 60 ** 2 * 1.0", id="an overflow"),
        pytest.param("x = 'a' * 10 ** 9", id="a long text"),
        pytest.param("x = 1 << 10 ** 9", id="a shift"),
        pytest.param("%%time\n" * 50 + "x = 1", id="magics in magics"),
    ],
)
def test_extremes_are_survived(source):
    analyse(source)
    assert len(shape_hash(source)) == 64
