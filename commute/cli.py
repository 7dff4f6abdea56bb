"""The command line: ``commute demo | regions | reach | journey | score | compare | criticality | timeline | verify``.

Data goes to standard output, messages to standard error. Wrong input ends with one line and the exit status 2.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from typer.exceptions import TyperException

from commute._version import __version__
from commute.errors import CommuteError, DataFileError, ParameterError
from commute.io import datasets
from commute.io.tables import read_network
from commute.measure.circles import isochrones, reach
from commute.measure.comparison import Comparison, compare
from commute.measure.criticality import criticality
from commute.measure.journeys import journeys
from commute.measure.metropolis import integration
from commute.measure.routing import travel_times
from commute.measure.timeline import timeline
from commute.model.assumptions import BASES, Assumptions
from commute.model.scenario import Scenario
from commute.show.terminal import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from matplotlib.axes import Axes

    from commute.model.network import Network

app = typer.Typer(help=__doc__.splitlines()[0], no_args_is_help=True, add_completion=False, rich_markup_mode=None)
out, err = Console(), Console(stderr=True)

BASIS_HELP = f"What the minutes include: {', '.join(BASES)}."
RegionName = Annotated[str, typer.Argument(metavar="REGION", help="A region that ships, or a folder of tables.")]
Minutes = Annotated[list[float], typer.Option("--minutes", "-m", help="A cutoff; repeat it for several.")]
Basis = Annotated[str | None, typer.Option(help=BASIS_HELP)]
AsOf = Annotated[str | None, typer.Option(help="See the network as of this day, such as 2024-07-01.")]
Form = Annotated[str, typer.Option("--format", help="table, csv, json or geojson.")]
MapFile = Annotated[Path | None, typer.Option("--map", help="Draw the map into this picture (.png, .svg, .pdf).")]
PageFile = Annotated[Path | None, typer.Option("--page", help="Write a page that opens without any network.")]
Direction = Annotated[str, typer.Option(help="Circles from the origins or to them.")]
AssumptionsFile = Annotated[Path | None, typer.Option("--assumptions", help="A TOML file of assumptions.")]


@app.command()
def regions(*, form: Form = "table") -> None:
    """List the regions that ship."""
    show(datasets.regions(), title="Regions", form=form, console=out)


@app.command("reach")
def reach_command(  # noqa: PLR0913 - one argument per option
    region: RegionName,
    origins: Annotated[list[str], typer.Argument(help="Places, in English or Chinese.")],
    *,
    minutes: Minutes = [30, 60],  # noqa: B006 - typer reads it and nobody writes it
    direction: Direction = "from",
    basis: Basis = None,
    as_of: AsOf = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
    picture: MapFile = None,
) -> None:
    """Count who is within the cutoffs of the origins, and draw the circles."""
    network, given = _network(region, as_of), _assumptions(assumptions)
    with _working("searching"):
        network.place_ids(origins)
        if form == "geojson":
            found = isochrones(network, origins, minutes, direction=direction, basis=basis, assumptions=given)
        else:
            found = reach(network, origins, minutes, direction=direction, basis=basis, assumptions=given)
    if picture is not None:
        from commute.show import maps  # noqa: PLC0415 - matplotlib only where a map is asked for

        with _working("drawing"):
            circles = isochrones(network, origins, minutes, direction=direction, basis=basis, assumptions=given)
            _save(maps.draw_isochrones(circles, network=network), picture)
    show(found, title=f"Within reach {direction} {', '.join(origins)}{_dated(network)}", form=form, console=out)


@app.command()
def journey(  # noqa: PLR0913 - one argument per option
    region: RegionName,
    origin: Annotated[str, typer.Argument(help="Where the journey begins.")],
    destination: Annotated[str, typer.Argument(help="Where it ends.")],
    *,
    basis: Basis = None,
    as_of: AsOf = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
) -> None:
    """Tell the journey from one place to another leg by leg."""
    network, given = _network(region, as_of), _assumptions(assumptions)
    with _working("searching"):
        legs = journeys(network, origin, destination, basis=basis, assumptions=given)
        total = travel_times(network, [origin], [destination], basis=basis, assumptions=given)
    if legs.empty:
        raise ParameterError(f"No way leads from {origin} to {destination}{_dated(network)}.")
    told = legs if form != "table" else legs.loc[legs["journey"] == 0]
    columns = ["kind", "from_place", "to_place", "line", "mode", "minutes"]
    show(told if form != "table" else told[columns], title=_headline(network, told), form=form, console=out)
    if form == "table":
        count, mean = legs["journey"].nunique(), total["travel_time"].iloc[0]
        among = f"the typical one of {count} pairs of counting points; their mean is {mean:.1f}" if count > 1 else "in all"
        out.print(f"{told['minutes'].sum():.1f} minutes, {among} ({told['basis'].iloc[0]})", highlight=False)


@app.command()
def score(
    region: RegionName,
    *,
    basis: Basis = None,
    as_of: AsOf = None,
    profile: Annotated[str | None, typer.Option(help="METRO or AGGLO.")] = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
) -> None:
    """Score how well a metropolis hangs together, and say where the points come from."""
    network, given = _network(region, as_of), _assumptions(assumptions)
    with _working("scoring"):
        found = integration(network, profile=profile, basis=basis, assumptions=given)
    points = found.points.rename_axis("city").reset_index()
    if form == "table":
        total = "no score: one city" if found.total is None else f"{found.total:.1f} of 100"
        pillars = ", ".join(f"{name} {value:.3f}" for name, value in found.pillars.items())
        out.print(f"{_name_of(network)}{_dated(network)}: {total} ({found.profile.name}, {found.basis})", highlight=False)
        out.print(f"pillars: {pillars}; weakest without {found.worst_asset}", highlight=False)
    show(points, title="Points per city", form=form, console=out)


@app.command("compare")
def compare_command(  # noqa: PLR0913 - one argument per option
    region: RegionName,
    scenarios: Annotated[list[str], typer.Argument(help="Scenarios that ship, TOML files, or dates.")],
    *,
    minutes: Minutes = [30, 60],  # noqa: B006 - typer reads it and nobody writes it
    origin: Annotated[list[str] | None, typer.Option(help="Whose circles; the cores by default. Repeat it.")] = None,
    basis: Basis = None,
    as_of: AsOf = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
    picture: MapFile = None,
    page: PageFile = None,
) -> None:
    """Compare scenarios, or other dates, with the network as it is."""
    whole, given = _network(region, None), _assumptions(assumptions)
    base = whole.as_of(as_of) if as_of else whole
    others = [_other(whole, name) for name in scenarios]
    with _working("comparing"):
        result = compare(base, others, cutoffs=minutes, origins=origin or None, basis=basis, assumptions=given)
    _write_pictures(result, picture, page)
    if form != "table":
        show(result.areas if form == "geojson" else result.summary, title="", form=form, console=out)
        return
    show(_turned(result.summary), title=f"{_name_of(base)}{_dated(base)}", form=form, console=out)
    show(_most_changed(result), title="Pairs of cities that change most, in minutes", form=form, console=out)


@app.command("criticality")
def criticality_command(
    region: RegionName, *, basis: Basis = None, as_of: AsOf = None, form: Form = "table"
) -> None:
    """Close every physical asset once and say what is lost."""
    network = _network(region, as_of)
    with _working("closing assets"):
        found = criticality(network, basis=basis)
    show(found.reset_index(), title=f"Critical assets{_dated(network)}", form=form, console=out)


@app.command("timeline")
def timeline_command(
    region: RegionName,
    dates: Annotated[list[str], typer.Argument(help="Days or years, or a range of years such as 2010-2025.")],
    *,
    basis: Basis = None,
    form: Form = "table",
) -> None:
    """Score the network date by date, and tell what came within reach."""
    network = _network(region, None)
    with _working("going through time"):
        found = timeline(network, _days(dates), basis=basis)
    dated = found.reset_index()
    dated["date"] = dated["date"].dt.strftime("%Y-%m-%d")
    show(dated, title=f"Timeline of {_name_of(network)}", form=form, console=out)


@app.command()
def verify(*, form: Form = "table") -> None:
    """Prove that the data that ships is what the registry says."""
    found = datasets.verify()
    show(found, title="Files that ship", form=form, console=out)
    wrong = found[found["status"] != "ok"]
    if len(wrong):
        raise DataFileError(f"{len(wrong)} of {len(found)} files are not what the registry says: reinstall the package.")


@app.command()
def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where the map and the page are written.")] = Path(),
) -> None:
    """Show what the Shenzhen–Zhongshan Link did: before and after, table, score, map and page."""
    from commute.demo import run  # noqa: PLC0415 - matplotlib only where a map is asked for

    with _working("comparing the bay before and after"):
        told = run(folder)
    for title, frame in told.tables.items():
        show(frame, title=title, form="table", console=out)
        out.print()
    for path in told.files:
        out.print(f"wrote {path}", highlight=False)


def main() -> None:
    """Run the command line; wrong input ends with one line on standard error and the exit status 2."""
    try:
        status = app(_spread(sys.argv[1:]), standalone_mode=False)
    except typer.Exit as ended:
        status = ended.exit_code
    except (TyperException, CommuteError) as fault:
        message = fault.format_message() if isinstance(fault, TyperException) else str(fault)
        err.print(f"commute: {message}", highlight=False, markup=False, soft_wrap=True)
        status = 2
    except (KeyboardInterrupt, typer.Abort):
        err.print("commute: interrupted")
        status = 130
    except BrokenPipeError:  # whoever read the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def _spread(words: list[str]) -> list[str]:
    """Let one ``--minutes`` take several numbers: ``--minutes 30 60`` becomes ``--minutes 30 --minutes 60``."""
    spread: list[str] = []
    option = ""
    for word in words:
        if option and _is_number(word):
            spread += [option, word]
        else:
            option = word if word in ("--minutes", "-m") else ""
            spread += [] if option else [word]
    return spread


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


@app.callback(invoke_without_command=True)
def _top(*, version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False) -> None:
    if version:
        out.print(__version__, highlight=False)
        raise typer.Exit


@contextmanager
def _working(what: str) -> Iterator[None]:
    """Show that work goes on, on standard error and only to a person."""
    with err.status(f"{what} …") if err.is_terminal else _quiet():
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    yield


def _network(region: str, as_of: str | None) -> Network:
    network = read_network(region) if Path(region).exists() else datasets.load(region)
    return network.as_of(as_of) if as_of else network


def _assumptions(path: Path | None) -> Assumptions | None:
    return None if path is None else Assumptions.read(path)


def _other(network: Network, name: str) -> Scenario | Network:
    """Take a name as a day, a TOML file or a scenario that ships."""
    if name[:4].isdigit() and not Path(name).exists():
        return network.as_of(name)
    return Scenario.read(name) if Path(name).suffix == ".toml" else datasets.scenario(name)


def _days(dates: list[str]) -> list[int | str]:
    days: list[int | str] = []
    for date in dates:
        first, dash, last = date.partition("-")
        if dash and first.isdigit() and last.isdigit() and len(last) == len("2030"):
            days += range(int(first), int(last) + 1)
        else:
            days.append(int(date) if date.isdigit() else date)
    return days


def _write_pictures(result: Comparison, picture: Path | None, page: Path | None) -> None:
    if picture is not None:
        from commute.show import maps  # noqa: PLC0415 - matplotlib only where a map is asked for

        with _working("drawing"):
            _save(maps.draw_change(result), picture)
    if page is not None:
        from commute.show.page import write_page  # noqa: PLC0415 - as above

        with _working("writing the page"):
            write_page(result, page)
        err.print(f"wrote {page}", highlight=False)


def _save(axes: Axes, path: Path) -> None:
    from commute.show.files import save_figure  # noqa: PLC0415 - as above

    save_figure(axes, path)
    err.print(f"wrote {path}", highlight=False)


def _turned(summary: pd.DataFrame) -> pd.DataFrame:
    """Turn the summary round: one row per number, one column per scenario."""
    numbers = summary.drop(columns=["status", "basis"]).set_index("scenario").T
    return numbers.rename_axis(None, axis=1).rename_axis("measure").reset_index()


def _most_changed(result: Comparison) -> pd.DataFrame:
    """Return the dozen pairs that change most, by at least what a table of tenths can show."""
    pairs = result.pairs[result.pairs["delta"].abs() > 0.05]  # noqa: PLR2004 - see above
    order = pairs["delta"].abs().sort_values(ascending=False, kind="stable").index
    several = result.pairs["scenario"].nunique() > 1
    return pairs.loc[order].drop(columns=[] if several else "scenario").head(12)


def _headline(network: Network, legs: pd.DataFrame) -> str:
    names = network.places["name"]
    return f"{names[legs['from_id'].iloc[0]]} to {names[legs['to_id'].iloc[0]]}{_dated(network)}"


def _name_of(network: Network) -> str:
    return network.region.name if network.region else "The network"


def _dated(network: Network) -> str:
    return f", {network.date}" if network.date else ""
