"""Options: the words of the command line, and the values that are made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commute.cli.output import working
from commute.errors import ParameterError, UnknownNameError
from commute.io import datasets
from commute.io.tables import read_network
from commute.model.assumptions import BASES, Assumptions
from commute.model.network import as_date
from commute.model.scenario import Scenario
from commute.show.files import PAGES, PICTURES, refuse_target
from commute.show.terminal import FORMS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from typer.models import OptionInfo

    from commute.model.network import Network

MINUTES = ("--minutes", "-m")


def one_of(kind: str, *known: str) -> Callable[[str], str]:
    """Return a reader that takes one of the known words, and says the nearest for another."""

    def read(word: str) -> str:
        if word not in known:
            raise UnknownNameError.of(kind, word, {one: one for one in known})
        return word

    return read


def _cutoff(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ParameterError(f"{word!r} is not a number of minutes") from None


def _format_of(*known: str) -> OptionInfo:
    read = one_of("format", *known)
    option: OptionInfo = typer.Option("--format", parser=read, metavar="FORMAT", help=f"{', '.join(known)}.")
    return option


RegionName = Annotated[str, typer.Argument(metavar="REGION", help="A region that ships, or a path to tables.")]
Minutes = Annotated[
    list[float], typer.Option(*MINUTES, parser=_cutoff, metavar="MINUTES...", help="One or several cutoffs.")
]
Basis = Annotated[
    str | None,
    typer.Option(parser=one_of("basis", *BASES), metavar="BASIS", help=f"What minutes include: {', '.join(BASES)}."),
]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="The day to look at, such as 2024-07-01.")]
Form = Annotated[str, _format_of("table", "csv", "json")]
GroundForm = Annotated[str, _format_of(*FORMS)]
MapFile = Annotated[Path | None, typer.Option("--map", metavar="FILE", help="Draw the map: .png, .svg, .pdf.")]
PageFile = Annotated[Path | None, typer.Option("--page", metavar="FILE", help="Write an offline page: .html.")]
Ways = Annotated[
    str, typer.Option(parser=one_of("direction", "from", "to"), metavar="WAY", help="from the places or to them.")
]
AssumptionsFile = Annotated[Path | None, typer.Option(metavar="FILE", help="Assumptions, as a TOML file.")]


# ------------------------------------------------------------------ values


def network_of(region: str, as_of: str | None) -> Network:
    """Take a region by its name, or what lies at a path where no region has that name."""
    day = None if as_of is None else as_date(as_of)
    with working("loading"):
        try:
            network = datasets.load(region)
        except UnknownNameError:
            path = Path(region)
            if not region or not (path.exists() or path.suffix or path.name != region):
                raise
            network = read_network(region)
    return network if day is None else network.as_of(day)


def assumptions_of(path: Path | None) -> Assumptions | None:
    """Read the assumptions where a file of them is given."""
    return None if path is None else Assumptions.read(path)


def refuse_no_ground(basis: str | None, assumptions: Assumptions | None) -> None:
    """Refuse to draw under the basis that knows no way from the station to the door, before the long work begins."""
    if (basis or (assumptions or Assumptions()).basis) == "in_vehicle":
        known = ", ".join(one for one in BASES if one != "in_vehicle")
        raise ParameterError(f"In vehicle there is no ground to draw: leave --map and geojson, or choose {known}.")


def other_of(network: Network, name: str) -> Scenario | Network:
    """Take a TOML file, a day or a scenario that ships."""
    if Path(name).suffix == ".toml":
        return Scenario.read(name)
    return network.as_of(name) if name[:4].isdigit() else datasets.scenario(name)


def days_of(dates: list[str]) -> list[dt.date]:
    """Take days, years and years from-to; a year stands for its first of January."""
    days: list[dt.date] = []
    for date in dates:
        first, _, last = date.partition("-")
        years = (first, last or first)
        if all(year.isdecimal() and len(year) == len("2030") for year in years):
            days += [as_date(f"{year:04}-01-01") for year in range(int(years[0]), int(years[1]) + 1)]
        else:
            days.append(as_date(date))
    return days


def refuse_targets(picture: Path | None, page: Path | None = None) -> None:
    """Refuse what could not be written before the long work begins."""
    if picture is not None:
        refuse_target(picture, suffixes=PICTURES, what="picture")
    if page is not None:
        refuse_target(page, suffixes=PAGES, what="page")


def spread(words: list[str]) -> list[str]:
    """Let one ``--minutes`` take several numbers: ``--minutes 30 60`` becomes ``--minutes 30 --minutes 60``."""
    spread: list[str] = []
    taking = False
    for word in words:
        if taking and spread[-1] not in MINUTES and _is_number(word):
            spread += [MINUTES[0], word]
            continue
        taking = word.partition("=")[0] in MINUTES or (taking and spread[-1] in MINUTES)
        spread.append(word)
    return spread


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
