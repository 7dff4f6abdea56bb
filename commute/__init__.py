"""Commuting circles: who is within 30 minutes and one hour of whom, and what would change that.

```python
import commute

bay = commute.load("greater-bay-area").as_of("2024-07-01")
commute.travel_times(bay)
commute.isochrones(bay, ["Shenzhen"], minutes=(30, 60))
```
"""

from commute._version import __version__
from commute.errors import (
    BasisError,
    CommuteError,
    DataFileError,
    ParameterError,
    ScenarioError,
    TableError,
    UnknownNameError,
)
from commute.io.claims import audit_claims
from commute.io.coordinates import bd09_to_wgs84, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from commute.io.datasets import claims, load, regions, scenario, scenarios, verify
from commute.io.graphs import from_networkx, to_networkx
from commute.io.gtfs import read_gtfs
from commute.io.lines import from_lines
from commute.io.osmnx import download_streets, from_osmnx
from commute.io.population import read_population
from commute.io.streets import read_streets, write_streets
from commute.io.surfaces import write_surface
from commute.io.tables import read_network, write_network
from commute.measure import streets as _streets  # noqa: F401 - teaches reach and travel_times to take Streets
from commute.measure.audit import audit
from commute.measure.circles import isochrones, reach
from commute.measure.cliff import cliff
from commute.measure.comparison import Comparison, compare
from commute.measure.criticality import criticality
from commute.measure.indicators import INDICATORS
from commute.measure.integration import Score
from commute.measure.journeys import journeys
from commute.measure.metropolis import integration
from commute.measure.origins import snap_report
from commute.measure.profile import PROFILES, Profile
from commute.measure.routing import travel_times
from commute.measure.street_circles import edges_within, surface
from commute.measure.street_comparison import StreetComparison
from commute.measure.timeline import timeline
from commute.model import edits
from commute.model.assumptions import Assumptions
from commute.model.network import Network, Region
from commute.model.scenario import Scenario
from commute.model.streets import Streets
from commute.show import maps
from commute.show.page import write_page

__all__ = [
    "INDICATORS",
    "PROFILES",
    "Assumptions",
    "BasisError",
    "CommuteError",
    "Comparison",
    "DataFileError",
    "Network",
    "ParameterError",
    "Profile",
    "Region",
    "Scenario",
    "ScenarioError",
    "Score",
    "StreetComparison",
    "Streets",
    "TableError",
    "UnknownNameError",
    "__version__",
    "audit",
    "audit_claims",
    "bd09_to_wgs84",
    "claims",
    "cliff",
    "compare",
    "criticality",
    "download_streets",
    "edges_within",
    "edits",
    "from_lines",
    "from_networkx",
    "from_osmnx",
    "gcj02_to_wgs84",
    "integration",
    "isochrones",
    "journeys",
    "load",
    "maps",
    "reach",
    "read_gtfs",
    "read_network",
    "read_population",
    "read_streets",
    "regions",
    "scenario",
    "scenarios",
    "snap_report",
    "surface",
    "timeline",
    "to_networkx",
    "travel_times",
    "verify",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
    "write_network",
    "write_page",
    "write_streets",
    "write_surface",
]
