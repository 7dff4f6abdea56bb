"""Fixtures of the pictures: a made-up bay, drawn without a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest
from made_up_bay import crude_land, make_circles, make_comparison, make_network, make_score

if TYPE_CHECKING:
    from types import SimpleNamespace

    import geopandas as gpd

    from commute.model.network import Network

mpl.use("Agg")


@pytest.fixture(scope="session")
def land() -> gpd.GeoDataFrame:
    return crude_land()


@pytest.fixture(scope="session")
def network(land: gpd.GeoDataFrame) -> Network:
    return make_network(land)


@pytest.fixture
def circles(land: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return make_circles(land)


@pytest.fixture
def comparison(network: Network, land: gpd.GeoDataFrame) -> SimpleNamespace:
    return make_comparison(network, land)


@pytest.fixture
def score() -> SimpleNamespace:
    return make_score()
