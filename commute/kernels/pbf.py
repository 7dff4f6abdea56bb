"""Protocol buffers: the nodes and ways of one uncompressed block of an OpenStreetMap PBF file, as arrays.

The format is https://wiki.openstreetmap.org/wiki/PBF_Format; every kernel raises ValueError where a block breaks off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # how a field is written
STRINGS, GROUP, GRANULARITY, LAT_OFFSET, LON_OFFSET = 1, 2, 17, 19, 20  # the fields of a block
NODES, DENSE, WAYS = 1, 2, 3  # of a group
NODE_ID, NODE_LAT, NODE_LON = 1, 8, 9  # of a node, and of dense nodes
WAY_ID, WAY_KEYS, WAY_VALUES, WAY_REFS = 1, 2, 3, 8  # of a way
_GRANULARITY = 100  # nanodegrees, where a block does not say
_MORE, _LONGEST = 128, 64  # the bit that says that a number goes on, and how many bits it may have


@nb.njit(nogil=True, cache=True)
def varint(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Read one number; return it and where the next begins."""
    value, shift = 0, 0
    while at < end and shift < _LONGEST:
        byte = int(data[at])
        at += 1
        value |= (byte & (_MORE - 1)) << shift
        if byte < _MORE:
            return value, at
        shift += 7
    raise ValueError("a number breaks off")


@nb.njit(nogil=True, cache=True)
def signed(value: int) -> int:
    """Turn a zigzag number into a signed one."""
    return ((value >> 1) & 0x7FFFFFFFFFFFFFFF) ^ -(value & 1)


@nb.njit(nogil=True, cache=True)
def field(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int, int]:
    """Read the head of a field; return its number, its value, and the range of its bytes (empty for a number)."""
    key, at = varint(data, at, end)
    wire = key & 7
    value, length = 0, 0
    if wire == VARINT:
        value, at = varint(data, at, end)
    elif wire == BYTES:
        length, at = varint(data, at, end)
    elif wire == FIXED64:
        length = 8
    elif wire == FIXED32:
        length = 4
    else:
        raise ValueError("a field of no known kind")
    if length < 0 or at + length > end:
        raise ValueError("a field breaks off")
    return key >> 3, value, at, at + length


@nb.njit(nogil=True, cache=True)
def _count_fields(data: NDArray[np.uint8], at: int, end: int, number: int) -> int:
    count = 0
    while at < end:
        found, _, _, at = field(data, at, end)
        count += found == number
    return count


@nb.njit(nogil=True, cache=True)
def _count_numbers(data: NDArray[np.uint8], at: int, end: int) -> int:
    count = 0
    for i in range(at, end):
        count += data[i] < _MORE
    return count


@nb.njit(nogil=True, cache=True)
def layout(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find the parts of a block.

    Returns where its strings begin and end (int64[strings, 2]), where its groups do (int64[groups, 3]: the kind of
    what they hold, begin, end), and its granularity, latitude and longitude offset in nanodegrees.
    """
    end = len(data)
    groups = np.empty((_count_fields(data, 0, end, GROUP), 3), dtype=np.int64)
    scale = np.array([_GRANULARITY, 0, 0], dtype=np.int64)
    strings = np.empty((0, 2), dtype=np.int64)
    at, group = 0, 0
    while at < end:
        number, value, begin, at = field(data, at, end)
        if number == STRINGS:
            strings = np.empty((_count_fields(data, begin, at, 1), 2), dtype=np.int64)
            inner, row = begin, 0
            while inner < at:
                which, _, first, inner = field(data, inner, at)
                if which == 1:
                    strings[row, 0], strings[row, 1] = first, inner
                    row += 1
        elif number == GROUP:
            kind = 0
            if begin < at:
                kind, _, _, _ = field(data, begin, at)
            groups[group, 0], groups[group, 1], groups[group, 2] = kind, begin, at
            group += 1
        elif number == GRANULARITY:
            scale[0] = value
        elif number == LAT_OFFSET:
            scale[1] = value
        elif number == LON_OFFSET:
            scale[2] = value
    return strings, groups, scale


@nb.njit(nogil=True, cache=True)
def _place(wanted: NDArray[np.int64], node: int, near: int) -> int:
    """Find ``node`` among ``wanted``, ascending; -1 if it is not there. Nodes come in order, so look near the last."""
    count = len(wanted)
    low, step = near, 1
    if low >= count or wanted[low] > node:
        low = 0
    high = low
    while high < count and wanted[high] < node:
        low = high
        high += step
        step *= 2
    high = min(high, count)
    while low < high:
        middle = (low + high) // 2
        if wanted[middle] < node:
            low = middle + 1
        else:
            high = middle
    return low


@nb.njit(nogil=True, cache=True)
def pick_dense(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    scale: NDArray[np.int64],
    wanted: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> None:
    """Write down where the ``wanted`` nodes are, ascending by number, that a dense group from begin to end holds."""
    starts, ends = np.zeros(10, dtype=np.int64), np.zeros(10, dtype=np.int64)
    number, _, at, stop = field(data, begin, end)
    if number != DENSE:
        raise ValueError("a group of several kinds")
    while at < stop:
        number, _, first, at = field(data, at, stop)
        if number < len(starts):
            starts[number], ends[number] = first, at
    ids, ys, xs = starts[NODE_ID], starts[NODE_LAT], starts[NODE_LON]
    node, y, x, near = 0, 0, 0, 0
    while ids < ends[NODE_ID]:
        step, ids = varint(data, ids, ends[NODE_ID])
        node += signed(step)
        step, ys = varint(data, ys, ends[NODE_LAT])
        y += signed(step)
        step, xs = varint(data, xs, ends[NODE_LON])
        x += signed(step)
        near = _place(wanted, node, near)
        if near < len(wanted) and wanted[near] == node:
            lat[near] = (scale[1] + scale[0] * y) / 1e9
            lon[near] = (scale[2] + scale[0] * x) / 1e9


@nb.njit(nogil=True, cache=True)
def pick_nodes(
    data: NDArray[np.uint8],
    begin: int,
    end: int,
    scale: NDArray[np.int64],
    wanted: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> None:
    """Do as ``pick_dense`` for a group of nodes that are written one by one."""
    near = 0
    while begin < end:
        number, _, at, begin = field(data, begin, end)
        if number != NODES:
            continue
        node, y, x = 0, 0, 0
        while at < begin:
            number, value, _, at = field(data, at, begin)
            if number == NODE_ID:
                node = signed(value)
            elif number == NODE_LAT:
                y = signed(value)
            elif number == NODE_LON:
                x = signed(value)
        near = _place(wanted, node, near)
        if near < len(wanted) and wanted[near] == node:
            lat[near] = (scale[1] + scale[0] * y) / 1e9
            lon[near] = (scale[2] + scale[0] * x) / 1e9


@nb.njit(nogil=True, cache=True)
def _parts(data: NDArray[np.uint8], at: int, end: int) -> tuple[int, NDArray[np.int64]]:
    """Return the number of a way and where its keys, values and nodes begin and end."""
    way = 0
    where = np.zeros(6, dtype=np.int64)
    while at < end:
        number, value, first, at = field(data, at, end)
        if number == WAY_ID:
            way = value
        elif number == WAY_KEYS:
            where[0], where[1] = first, at
        elif number == WAY_VALUES:
            where[2], where[3] = first, at
        elif number == WAY_REFS:
            where[4], where[5] = first, at
    return way, where


@nb.njit(nogil=True, cache=True)
def _has(data: NDArray[np.uint8], where: NDArray[np.int64], asked: NDArray[np.int64]) -> bool:
    """Tell whether a way has a key that is asked for; a row of ``asked`` is a key and a value, -1 for any."""
    keys, values = where[0], where[2]
    while keys < where[1]:
        key, keys = varint(data, keys, where[1])
        value, values = varint(data, values, where[3])
        for row in range(len(asked)):
            if key == asked[row, 0] and (asked[row, 1] < 0 or value == asked[row, 1]):
                return True
    return False


@nb.njit(nogil=True, cache=True)
def ways(
    data: NDArray[np.uint8], begin: int, end: int, asked: NDArray[np.int64], kept: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Read the ways of a group that have a tag ``asked`` for.

    ``kept`` says by string which keys are of interest. Returns the numbers of the ways; where the nodes of each begin
    (one more than ways), and the nodes; where its tags begin, and the tags (int64[tags, 2], key and value as strings
    of the block).
    """
    total, nodes, tags = 0, 0, 0
    at = begin
    while at < end:
        number, _, first, at = field(data, at, end)
        if number == WAYS:
            _, where = _parts(data, first, at)
            if _has(data, where, asked):
                total += 1
                nodes += _count_numbers(data, where[4], where[5])
                tags += _count_numbers(data, where[0], where[1])
    number_of = np.empty(total, dtype=np.int64)
    node_start, tag_start = np.zeros(total + 1, dtype=np.int64), np.zeros(total + 1, dtype=np.int64)
    refs, pairs = np.empty(nodes, dtype=np.int64), np.empty((tags, 2), dtype=np.int64)
    total, nodes, tags, at = 0, 0, 0, begin
    while at < end:
        number, _, first, at = field(data, at, end)
        if number != WAYS:
            continue
        way, where = _parts(data, first, at)
        if not _has(data, where, asked):
            continue
        node, spot = 0, where[4]
        while spot < where[5]:
            step, spot = varint(data, spot, where[5])
            node += signed(step)
            refs[nodes] = node
            nodes += 1
        keys, values = where[0], where[2]
        while keys < where[1]:
            key, keys = varint(data, keys, where[1])
            value, values = varint(data, values, where[3])
            if key >= len(kept) or value >= len(kept):
                raise ValueError("a tag without its string")
            if kept[key]:
                pairs[tags, 0], pairs[tags, 1] = key, value
                tags += 1
        number_of[total] = way
        total += 1
        node_start[total], tag_start[total] = nodes, tags
    return number_of, node_start, refs, tag_start, pairs[:tags]
