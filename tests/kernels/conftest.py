"""Settings of the kernels' tests, and the real networks they run on where there are any."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from kernel_oracles import COMPILED, Arcs

# The first example compiles, and uncompiled kernels are slow.
settings.register_profile("kernels", deadline=None, max_examples=150 if COMPILED else 30)
settings.load_profile("kernels")


def network_file(name):
    """Find a file in the folder $COMMUTE_NETWORKS, else in a `networks` folder beside the checkout; None if absent."""
    named = os.environ.get("COMMUTE_NETWORKS")
    around = Path(__file__).resolve().parents[3]
    folders = [Path(named)] if named else sorted(around.glob("*/networks"))
    return next((folder / name for folder in folders if (folder / name).exists()), None)


@pytest.fixture(scope="session")
def network():
    """Read a real network by name: (nodes, tail, head, weight); skip where there is none."""

    def read(name):
        path = network_file(f"{name}.npz")
        if path is None:
            pytest.skip(f"no network {name!r}: set COMMUTE_NETWORKS to a folder that holds {name}.npz")
        if not COMPILED:
            pytest.skip("a real network is too large for kernels that are not compiled")
        with np.load(path) as file:
            nodes = len(file["indptr"]) - 1
            tail = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(file["indptr"]))
            return Arcs(nodes, tail, file["indices"], file["weights_ds"])

    return read
