import numba as nb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from commute.kernels.simd import (
    LANES,
    UNREACHED,
    add_within,
    any_within,
    load,
    matrix,
    relaxed,
    store,
    unreached,
)

KINDS = [np.uint16, np.int32, np.uint32]


@nb.njit
def in_registers(rows, totals, weight, cutoff, value):
    lanes = relaxed(load(rows, 0), rows, 1, weight)
    store(rows, 2, lanes)
    store(rows, 3, unreached(rows))
    add_within(totals, 1, lanes, cutoff, value)
    return any_within(lanes, cutoff)


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_vector_instructions_do_what_numpy_says(kind, data):
    most = UNREACHED[np.dtype(kind)]
    rows = matrix(4, kind)
    rows[:] = data.draw(arrays(kind, rows.shape, elements=st.integers(0, most)))
    weight, cutoff = data.draw(st.integers(0, 2**30 - 1)), data.draw(st.integers(0, most))
    totals = np.zeros((2, rows.shape[1]), dtype=np.int32)
    found = in_registers(rows, totals, weight, cutoff, 7)
    expected = np.minimum(rows[0], np.minimum(rows[1].astype(np.int64) + weight, most))
    assert np.array_equal(rows[2], expected)
    assert (rows[3] == most).all()
    assert found == (expected.min() <= cutoff)
    assert np.array_equal(totals, [np.zeros_like(expected), 7 * (expected <= cutoff)])


@pytest.mark.parametrize("kind", KINDS)
def test_rows_lie_on_whole_cache_lines(kind):
    rows = matrix(5, kind)
    assert rows.shape == (5, LANES[np.dtype(kind)])
    assert rows.ctypes.data % 64 == 0
    assert rows.strides[0] % 64 == 0 or 64 % rows.strides[0] == 0
