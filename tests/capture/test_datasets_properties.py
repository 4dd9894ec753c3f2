"""For any data: equal content has an equal digest in every layout, and one changed value has another."""

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from trackbook.capture.datasets import describe

PLENTY = 100.0
DTYPES = st.sampled_from(["f8", "f4", "f2", "i8", "u1", "?", "c16", "M8[ns]", "U3", "S2", "g"])
ARRAYS = DTYPES.flatmap(lambda dtype: arrays.arrays(dtype, arrays.array_shapes(max_dims=3, max_side=6)))
CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=5,
)


def digest(value, budget=PLENTY):
    return describe("x", value, budget).digest


@settings(deadline=None)
@given(ARRAYS)
def test_an_array_is_the_same_in_every_layout(array):
    spread = np.empty((*array.shape[:-1], array.shape[-1] * 2), array.dtype)[..., ::2]
    spread[...] = array
    layouts = [np.asfortranarray(array), spread, array[::-1].copy()[::-1], array.astype(array.dtype.newbyteorder())]
    for budget in (PLENTY, 0.0):
        assert {digest(layout, budget) for layout in layouts} == {digest(array, budget)}


@settings(deadline=None)
@given(ARRAYS, st.data())
def test_an_array_with_one_other_value_is_another(array, data):
    other = array.copy()
    place = tuple(data.draw(st.integers(0, side - 1)) for side in array.shape)
    other[place] = data.draw(arrays.from_dtype(array.dtype))
    changed = not np.array_equal(array, other, equal_nan=array.dtype.kind in "fcM")
    assume(changed or array.dtype.kind not in "fc")  # -0.0 equals 0.0
    assert (digest(array) != digest(other)) == changed


@settings(deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=6), CELLS, st.data())
def test_a_column_of_objects_with_one_other_cell_is_another(cells, cell, data):
    place = data.draw(st.integers(0, len(cells) - 1))
    other = [*cells[:place], cell, *cells[place + 1 :]]
    one, two = (pd.DataFrame({"a": pd.Series(column, dtype=object)}) for column in (cells, other))
    # repr tells 1 from True and 1.0, as the digest does
    assert (digest(one) == digest(two)) == (canonical(cells) == canonical(other))


def canonical(cell):
    if isinstance(cell, dict):
        return "{" + ",".join(sorted(f"{key!r}:{canonical(item)}" for key, item in cell.items())) + "}"
    if isinstance(cell, list):
        return "[" + ",".join(map(canonical, cell)) + "]"
    return repr(cell)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(), st.text(max_size=3), st.integers(-9, 9)), min_size=2, max_size=9), st.data())
def test_a_frame_is_the_same_when_cut_and_put_together(rows, data):
    cut = data.draw(st.integers(1, len(rows) - 1))
    frame = pd.DataFrame(rows, columns=list("abc"))
    together = pd.concat([frame[:cut], frame[cut:]])
    assert digest(frame) == digest(together) == digest(pd.concat([frame, frame])[: len(rows)])
    other = pl.DataFrame(rows, schema=["a", "b", "c"], orient="row")
    assert digest(other) == digest(pl.concat([other[:cut], other[cut:]], rechunk=False))
