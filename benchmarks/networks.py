"""The street networks that the benchmark runs on: real ones where there are any, else made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Arcs(NamedTuple):
    """One-way arcs between numbered junctions, in deciseconds, and where the junctions are, in any unit."""

    name: str
    nodes: int
    tail: np.ndarray
    head: np.ndarray
    weight: np.ndarray
    x: np.ndarray
    y: np.ndarray


def folder() -> Path | None:
    """Find the folder of real networks: $COMMUTE_NETWORKS, else a `networks` folder beside the checkout."""
    named = os.environ.get("COMMUTE_NETWORKS")
    around = Path(__file__).resolve().parents[2]
    return Path(named) if named else next(around.glob("*/networks"), None)


def real(name: str) -> Arcs | None:
    """Read a real network, None where there is none of that name."""
    where = folder()
    if where is None or not (where / f"{name}.npz").exists():
        return None
    with np.load(where / f"{name}.npz") as file:
        nodes = len(file["indptr"]) - 1
        tail = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(file["indptr"]))
        return Arcs(name, nodes, tail, file["indices"], file["weights_ds"], file["x"], file["y"])


def keep(arcs: Arcs, path: Path) -> None:
    """Write a network to a file, for a process of its own."""
    np.savez(path, **arcs._asdict())


def kept(path: Path) -> Arcs:
    """Read what ``keep`` wrote."""
    with np.load(path) as file:
        columns = {column: file[column] for column in Arcs._fields}
    return Arcs(**columns | {"name": str(columns["name"]), "nodes": int(columns["nodes"])})


_GAPS, _ONE_WAY = 0.45, 0.1  # shares of the small streets


def made(nodes: int, *, seed: int = 1) -> Arcs:
    """Make a country: a jittered grid of streets with gaps, until it has 2.3 arcs per junction as real ones do.

    Faster roads every 8th and 64th street, some one-ways; railways, canals and the edges of towns every 32 streets,
    which only the faster roads cross, and a river with a bridge for each of the fastest. A plain grid has nothing to
    cut along, which real streets always have: its hierarchy is four times as large, and commute a third as fast.
    """
    random = np.random.default_rng(seed)
    side = round(nodes**0.5)
    number = np.arange(side * side, dtype=np.int32).reshape(side, side)
    x, y = (np.indices((side, side)).reshape(2, -1) * 100.0) + random.uniform(-30, 30, (2, side * side))
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    along = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    pairs = np.concatenate([across, along])
    street = np.concatenate([across[:, 0] // side, along[:, 0] % side])  # which street of the grid it belongs to
    arterial, motorway = street % 8 == 0, street % 64 == 0
    row, column = pairs // side, pairs % side
    border = ((row // 32)[:, 0] != (row // 32)[:, 1]) | ((column // 32)[:, 0] != (column // 32)[:, 1])
    river = (row[:, 0] == side // 3) & (row[:, 1] == side // 3 + 1)
    open_ = (arterial | (random.random(len(pairs)) > _GAPS)) & ~(border & ~arterial) & ~(river & ~motorway)
    pairs, arterial, motorway = pairs[open_], arterial[open_], motorway[open_]
    metres = np.hypot(*(np.array([x, y])[:, pairs[:, 0]] - np.array([x, y])[:, pairs[:, 1]]))
    speed = np.where(motorway, 25.0, np.where(arterial, 12.5, 7.0))
    weight = np.maximum(1, np.rint(10 * metres / speed)).astype(np.int32)
    back = arterial | (random.random(len(pairs)) > _ONE_WAY)
    tail = np.concatenate([pairs[:, 0], pairs[back, 1]])
    head = np.concatenate([pairs[:, 1], pairs[back, 0]])
    return Arcs(f"made-{side * side}", side * side, tail, head, np.concatenate([weight, weight[back]]), x, y)
