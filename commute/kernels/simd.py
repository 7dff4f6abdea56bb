"""Lanes: one row of a matrix as one vector of the processor, the only place that knows how wide they are.

A plain loop over the lanes does not become vector instructions, as numba promotes ``uint16 + uint16`` and ``min`` to
int64; written out for LLVM it runs five to six times as fast. Each function here is first given in numpy, which says
what it does and runs where numba is switched off, and then as the LLVM instructions that stand for it.

uint16 has 64 lanes and saturates: its ``unreached`` is 65535, so it is exact up to 65534. int32 has 16 lanes and
relies on ``INF + INF`` fitting. uint32 has one, for an origin that comes alone.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"
# mypy: disable-error-code="no-any-return, call-arg, import-untyped"
# ruff: noqa: ANN001, ANN002, ANN202, ARG001, PLW0108 - the typing functions of numba take types and return code

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.extending import intrinsic, overload, register_model

from commute.kernels.csr import INF

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Row = NDArray[np.integer[Any]]

LANES = {np.dtype(np.uint16): 64, np.dtype(np.int32): 16, np.dtype(np.uint32): 1}
UNREACHED = {np.dtype(np.uint16): 2**16 - 1, np.dtype(np.int32): INF, np.dtype(np.uint32): INF}


def matrix(rows: int, dtype: type[np.integer]) -> NDArray[np.integer]:
    """Make an uninitialised matrix of ``rows`` rows of lanes, each row on whole cache lines of 64 bytes."""
    lanes, size = LANES[np.dtype(dtype)], np.dtype(dtype).itemsize
    raw = np.empty(rows * lanes * size + 64, dtype=np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + rows * lanes * size].view(dtype).reshape(rows, lanes)


def load(rows: Row, row: int) -> Row:
    """Read a row."""
    return rows[row].copy()


def store(rows: Row, row: int, lanes: Row) -> None:
    """Write a row."""
    rows[row] = lanes


def unreached(rows: Row) -> Row:
    """Return a row, of the kind of ``rows``, in which no lane is reached."""
    return np.full_like(rows[0], UNREACHED[rows.dtype])


def relaxed(lanes: Row, rows: Row, row: int, weight: int) -> Row:
    """Return the lesser, lane by lane, of ``lanes`` and ``rows[row] + weight``."""
    most = UNREACHED[rows.dtype]
    return np.minimum(lanes, np.minimum(rows[row].astype(np.int64) + weight, most)).astype(rows.dtype)


def relaxed_by_row(lanes: Row, rows: Row, row: int, weights: Row, weight: int) -> Row:
    """Return the lesser, lane by lane, of ``lanes`` and ``rows[row] + weights[weight]``; both of one kind."""
    total = rows[row].astype(np.int64) + weights[weight]
    return np.minimum(lanes, np.minimum(total, UNREACHED[rows.dtype])).astype(rows.dtype)


def any_within(lanes: Row, limit: int) -> bool:
    """Say whether any lane is at most ``limit``, which must be one that a lane can hold."""
    return bool((lanes <= limit).any())


def add_within(totals: NDArray[np.int32], row: int, lanes: Row, cutoff: int, value: int) -> None:
    """Add ``value`` to ``totals[row]``, int32, in every lane that is at most ``cutoff``."""
    totals[row] += np.where(lanes <= cutoff, np.int32(value), np.int32(0))


class _Lanes(types.Type):
    """The type of a row held in registers."""

    def __init__(self, dtype) -> None:
        self.dtype = dtype
        self.count = LANES[np.dtype(dtype.name)]
        super().__init__(name=f"Lanes({dtype.name})")


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, kind) -> None:
        super().__init__(manager, kind, ir.VectorType(ir.IntType(kind.dtype.bitwidth), kind.count))


def _row_pointer(context, builder, array_type, array, row):
    """Point to the row as to one vector."""
    count = LANES[np.dtype(array_type.dtype.name)]
    data = context.make_array(array_type)(context, builder, array).data
    place = builder.gep(data, [builder.mul(row, ir.Constant(row.type, count))])
    vector = ir.VectorType(ir.IntType(array_type.dtype.bitwidth), count)
    return builder.bitcast(place, vector.as_pointer())


def _spread(builder, scalar, count):
    """Copy a scalar into every lane of a vector."""
    vector = ir.VectorType(scalar.type, count)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        first, ir.Constant(vector, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count)
    )


def _aligned(array_type) -> int:
    """Say how a row lies in memory: on cache lines, or if it is shorter than one, by its own length."""
    return min(64, LANES[np.dtype(array_type.dtype.name)] * array_type.dtype.bitwidth // 8)


def _llvm(builder, name, result, *arguments):
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def _suffix(vector) -> str:
    return f"v{vector.count}i{vector.element.width}"


@intrinsic
def _load(typingctx, rows, row):
    def code(context, builder, signature, arguments):
        return builder.load(_row_pointer(context, builder, rows, *arguments), align=_aligned(rows))

    return _Lanes(rows.dtype)(rows, types.int64), code


@intrinsic
def _store(typingctx, rows, row, lanes):
    def code(context, builder, signature, arguments):
        builder.store(arguments[2], _row_pointer(context, builder, rows, *arguments[:2]), align=_aligned(rows))
        return context.get_dummy_value()

    return types.void(rows, types.int64, lanes), code


@intrinsic
def _unreached(typingctx, rows):
    kind = _Lanes(rows.dtype)

    def code(context, builder, signature, arguments):
        most = ir.Constant(ir.IntType(rows.dtype.bitwidth), UNREACHED[np.dtype(rows.dtype.name)])
        return _spread(builder, most, kind.count)

    return kind(rows), code


@intrinsic
def _relaxed(typingctx, lanes, rows, row, weight):
    unsigned = not rows.dtype.signed

    def code(context, builder, signature, arguments):
        mine, array, place, added = arguments
        vector = mine.type
        most = ir.Constant(added.type, UNREACHED[np.dtype(rows.dtype.name)])
        added = builder.select(builder.icmp_signed("<", added, most), added, most)
        addend = _spread(builder, builder.trunc(added, vector.element), vector.count)
        other = builder.load(_row_pointer(context, builder, rows, array, place), align=_aligned(rows))
        if unsigned:
            total = _llvm(builder, f"llvm.uadd.sat.{_suffix(vector)}", vector, other, addend)
        else:
            total = builder.add(other, addend)
        name = "umin" if unsigned else "smin"
        return _llvm(builder, f"llvm.{name}.{_suffix(vector)}", vector, mine, total)

    return lanes(lanes, rows, types.int64, types.int64), code


@intrinsic
def _relaxed_by_row(typingctx, lanes, rows, row, weights, weight):
    unsigned = not rows.dtype.signed

    def code(context, builder, signature, arguments):
        mine, array, place, others, which = arguments
        vector = mine.type
        one = builder.load(_row_pointer(context, builder, rows, array, place), align=_aligned(rows))
        other = builder.load(_row_pointer(context, builder, weights, others, which), align=_aligned(weights))
        saturating = f"llvm.uadd.sat.{_suffix(vector)}"
        total = _llvm(builder, saturating, vector, one, other) if unsigned else builder.add(one, other)
        return _llvm(builder, f"llvm.{'umin' if unsigned else 'smin'}.{_suffix(vector)}", vector, mine, total)

    return lanes(lanes, rows, types.int64, weights, types.int64), code


@intrinsic
def _any_within(typingctx, lanes, limit):
    unsigned = not lanes.dtype.signed

    def code(context, builder, signature, arguments):
        mine, bound = arguments
        bound = _spread(builder, builder.trunc(bound, mine.type.element), mine.type.count)
        compare = builder.icmp_unsigned if unsigned else builder.icmp_signed
        bits = ir.IntType(mine.type.count)  # one for each lane
        within = builder.bitcast(compare("<=", mine, bound), bits)
        return builder.icmp_unsigned("!=", within, ir.Constant(bits, 0))

    return types.boolean(lanes, types.int64), code


@intrinsic
def _add_within(typingctx, totals, row, lanes, cutoff, value):
    unsigned = not lanes.dtype.signed

    def code(context, builder, signature, arguments):
        array, place, mine, bound, added = arguments
        bound = _spread(builder, builder.trunc(bound, mine.type.element), mine.type.count)
        compare = builder.icmp_unsigned if unsigned else builder.icmp_signed
        within = compare("<=", mine, bound)
        addend = _spread(builder, builder.trunc(added, ir.IntType(32)), mine.type.count)
        addend = builder.select(within, addend, ir.Constant(addend.type, None))
        data = context.make_array(totals)(context, builder, array).data
        start = builder.gep(data, [builder.mul(place, ir.Constant(place.type, mine.type.count))])
        pointer = builder.bitcast(start, addend.type.as_pointer())
        builder.store(builder.add(builder.load(pointer, align=4), addend), pointer, align=4)
        return context.get_dummy_value()

    return types.void(totals, types.int64, lanes, types.int64, types.int64), code


@overload(load)
def _(rows, row):
    return lambda rows, row: _load(rows, row)


@overload(store)
def _(rows, row, lanes):
    return lambda rows, row, lanes: _store(rows, row, lanes)


@overload(unreached)
def _(rows):
    return lambda rows: _unreached(rows)


@overload(relaxed)
def _(lanes, rows, row, weight):
    return lambda lanes, rows, row, weight: _relaxed(lanes, rows, row, weight)


@overload(relaxed_by_row)
def _(lanes, rows, row, weights, weight):
    return lambda lanes, rows, row, weights, weight: _relaxed_by_row(lanes, rows, row, weights, weight)


@overload(any_within)
def _(lanes, limit):
    return lambda lanes, limit: _any_within(lanes, limit)


@overload(add_within)
def _(totals, row, lanes, cutoff, value):
    return lambda totals, row, lanes, cutoff, value: _add_within(totals, row, lanes, cutoff, value)
