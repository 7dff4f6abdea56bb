"""Edits of places: added, and lived in by others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd
from pydantic import Field

from commute.errors import ScenarioError
from commute.model.editing import OWN_SOURCE, Editing, appended, frozen, own_source
from commute.model.network import PEOPLE

if TYPE_CHECKING:
    from commute.model.network import Network

Kind = Literal["city", "county", "station", "interchange", "port", "checkpoint"]


@frozen
class AddPlace(Editing):
    """Add a place."""

    place_id: str
    kind: Kind
    name: str
    lon: float
    lat: float
    parent: str | None = None
    territory: Literal["CN", "HK", "MO"] = "CN"
    name_zh: str | None = None
    population: float | None = Field(default=None, ge=0)

    def edit_network(self, network: Network) -> Network:
        """Return the network with the place; ScenarioError where it is there already."""
        if self.place_id in network.places.index:
            raise ScenarioError(f"AddPlace: there is a place {self.place_id!r} already.")
        row = vars(self) | {"source": OWN_SOURCE}
        places = appended(network.places.drop(columns="geometry"), [row], "place_id")
        return network.with_tables(places=places, sources=own_source(network))


@frozen
class SetPopulation(Editing):
    """Set the people of a county (its city changes with it) or of a city (its counties change in proportion)."""

    place: str
    population: float = Field(ge=0)

    def edit_network(self, network: Network) -> Network:
        """Return the network with the new population; city and counties go on adding up."""
        place_id = network.place_id(self.place)
        places = network.places.drop(columns="geometry")
        kind, parent = places["kind"][place_id], places["parent"][place_id]
        if kind not in PEOPLE:
            raise ScenarioError(
                f"SetPopulation: people live in cities and counties, and {place_id!r} is of the kind {kind}."
            )
        before = places["population"].astype("float64")
        counties = places.index[(places["parent"] == place_id) & (places["kind"] == "county")]
        if kind == "county" and pd.notna(before[parent]):
            places.loc[parent, "population"] = before[parent] + self.population - before.fillna(0.0)[place_id]
        elif len(counties):
            if not before[place_id] > 0:
                raise ScenarioError(f"SetPopulation: {place_id!r} has counties and no people to scale.")
            places.loc[counties, "population"] *= self.population / before[place_id]
        places.loc[place_id, "population"] = self.population
        return network.with_tables(places=places)
