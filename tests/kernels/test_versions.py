import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kernel_oracles import multigraphs

from commute.kernels.csr import INF, build
from commute.kernels.hierarchy import customise, topology
from commute.kernels.order import minimum_degree
from commute.kernels.versions import AT_ONCE, customise_versions

RING = build(4, [0, 1, 2, 3, 0], [1, 2, 3, 0, 2], [3, 4, 5, 6, 7])


@given(multigraphs(), st.integers(1, AT_ONCE), st.integers(0, 2**32 - 1))
def test_many_versions_at_once_are_each_as_customised_alone(graph, versions, seed):
    csr = build(*graph)
    hierarchy = topology(csr, minimum_degree(csr))
    rng = np.random.default_rng(seed)
    weights = rng.integers(0, 50, (versions, len(csr.head)))
    weights[rng.random(weights.shape) < 0.1] = INF
    metrics = customise_versions(hierarchy, weights)
    assert metrics.shape == (versions, len(hierarchy.head), 2)
    for metric, weight in zip(metrics, weights, strict=True):
        assert np.array_equal(metric, customise(hierarchy, weight))


@pytest.mark.parametrize(
    "weights", [np.ones((2, 4), int), np.ones((AT_ONCE + 1, 5), int), np.full((1, 5), -1), np.ones((1, 5))]
)
def test_weights_that_are_none_are_refused(weights):
    hierarchy = topology(RING, np.arange(4))
    with pytest.raises(ValueError, match="at most 16 rows of one for each of the 5 slots"):
        customise_versions(hierarchy, weights)
