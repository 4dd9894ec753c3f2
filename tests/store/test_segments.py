"""Points on their way: what goes into a segment comes out, whatever happened to the file."""

from __future__ import annotations

import math
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trackbook.store.segments import (
    RECORD,
    SEALED,
    MappedSegment,
    PlainSegment,
    _checksums,
    all_sealed,
    as_records,
    pack_point,
    read_records,
    segment_path,
)

POINTS = st.tuples(
    st.integers(1, 2**32 - 1), st.integers(-(2**63), 2**63 - 1), st.floats(0, 1e12), st.floats(allow_nan=True)
)


@given(arrays(np.uint8, st.tuples(st.integers(0, 50), st.just(SEALED))))
def test_the_checksum_of_many_rows_is_that_of_zlib(table):
    assert _checksums(table).tolist() == [crc32(row.tobytes()) for row in table]


@pytest.mark.parametrize("kind", [MappedSegment, PlainSegment])
@settings(deadline=None, max_examples=30)
@given(points=st.lists(POINTS, max_size=40), start=st.integers(0, 45))
def test_points_come_back_as_they_were(tmp_path_factory, kind, points, start):
    path = tmp_path_factory.mktemp("s") / "points-000000"
    segment = kind(path)
    for place, point in enumerate(points):
        segment.put(place * RECORD, pack_point(*point))
    segment.sync()
    segment.close()
    for complete in (True, False):
        records, reached, damaged = read_records(path, start, complete=complete)
        assert all(_same(tuple(found), kept) for found, kept in zip(records.tolist(), points[start:], strict=True))
        assert (reached, damaged) == (max(start, len(points)), 0)


def _same(found, kept):
    return found[:3] == kept[:3] and (found[3] == kept[3] or (math.isnan(found[3]) and math.isnan(kept[3])))


@settings(deadline=None, max_examples=60)
@given(place=st.integers(0, 20 * RECORD - 1), garbage=st.binary(min_size=1, max_size=80))
def test_garbage_anywhere_costs_only_the_records_it_hit(tmp_path_factory, place, garbage):
    path = segment_path(tmp_path_factory.mktemp("s"), 0)
    whole = b"".join(_sealed(1, step) for step in range(20))
    damaged = (whole[:place] + garbage + whole[place + len(garbage) :])[: len(whole)]
    path.write_bytes(damaged)
    intact = [step for step in range(20) if damaged[step * RECORD :][:RECORD] == _sealed(1, step)]
    records, _, _ = read_records(path, 0, complete=True)
    assert records["step"].tolist() == intact
    records, reached, _ = read_records(path, 0, complete=False)
    until = next((step for step in range(20) if step not in intact), 20)
    assert (records["step"].tolist(), reached) == (list(range(until)), until)


def _sealed(key, step):
    record = pack_point(key, step, 1.0, float(step))
    return record + crc32(record).to_bytes(4, "little")


@given(count=st.integers(0, 5), place=st.integers(0, 5 * RECORD), garbage=st.binary(min_size=1, max_size=3))
def test_a_short_stretch_is_good_when_each_of_its_records_is(count, place, garbage):
    whole = b"".join(_sealed(1, step) for step in range(count))
    assert all_sealed(whole)
    assert as_records(whole)["step"].tolist() == list(range(count))
    damaged = (whole[:place] + garbage + whole[place + len(garbage) :])[: len(whole)]
    assert all_sealed(damaged) is (damaged == whole)
