"""The commands of the command line, one function each: what it takes, what it asks of the library, what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from commute._version import __version__
from commute.cli.options import (
    AsOf,
    AssumptionsFile,
    Basis,
    Form,
    GroundForm,
    MapFile,
    Minutes,
    PageFile,
    RegionName,
    Ways,
    assumptions_of,
    days_of,
    network_of,
    one_of,
    other_of,
    refuse_no_ground,
    refuse_targets,
)
from commute.cli.output import out, save, say, working, write_pictures
from commute.errors import DataFileError, ParameterError
from commute.io import datasets
from commute.io.claims import audit_claims
from commute.measure.circles import isochrones, reach
from commute.measure.comparison import compare
from commute.measure.criticality import criticality
from commute.measure.journeys import journeys
from commute.measure.metropolis import integration
from commute.measure.profile import PROFILES
from commute.measure.routing import travel_times
from commute.measure.timeline import timeline
from commute.model.assumptions import BASES
from commute.show import views
from commute.show.files import PAGES, PICTURES, refuse_target
from commute.show.terminal import show

WORST = 20  # assets that fit a screen
RESULTS = ("summary", "pairs", "places", "areas", "circles", "links", "assumed")
GROUND = ("areas", "circles")  # results that have any

app = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


def _example(*commands: str) -> str:
    return "\n\n".join(["For example:", *(f"  commute {command}" for command in commands)])


@app.command(epilog=_example("demo", "demo --folder pictures"))
def demo(
    *, folder: Annotated[Path, typer.Option(metavar="FOLDER", help="Where map and page are written.")] = Path()
) -> None:
    """Show what the Shenzhen–Zhongshan Link did.

    Tables of before and after, a map and a page, from the data that ships.
    """
    from commute.demo import MAP, PAGE, run  # noqa: PLC0415 - matplotlib only where a map is asked for

    for name in (MAP, PAGE):
        refuse_target(folder / name, suffixes=PICTURES + PAGES, what="file")
    with working("comparing the bay before and after"):
        told = run(folder)
    for title, frame in told.tables.items():
        show(frame, title=title, form="table", console=out)
        out.print()
    for path in told.files:
        out.print(f"wrote {path}", soft_wrap=True)


@app.command(epilog=_example("regions", "regions --format json"))
def regions(*, form: Form = "table") -> None:
    """List the regions that ship."""
    found = datasets.regions()
    show(found.drop(columns="tier") if form == "table" else found, title="Regions", form=form, console=out)


@app.command(
    "reach",
    epilog=_example(
        "reach greater-bay-area Shenzhen --minutes 30 60 --map shenzhen.png",
        "reach greater-bay-area 深圳 --direction to --format geojson > circles.geojson",
    ),
)
def reach_command(  # noqa: PLR0913 - one argument per option
    region: RegionName,
    places: Annotated[list[str], typer.Argument(metavar="PLACE", help="Places, in English or Chinese.")],
    *,
    minutes: Minutes = [30, 60],  # noqa: B006 - typer reads it and nobody writes it
    direction: Ways = "from",
    basis: Basis = None,
    as_of: AsOf = None,
    assumptions: AssumptionsFile = None,
    form: GroundForm = "table",
    picture: MapFile = None,
) -> None:
    """Count who is within reach, and draw the circles."""
    refuse_targets(picture)
    network, given = network_of(region, as_of), assumptions_of(assumptions)
    drawn = picture is not None or form == "geojson"
    if drawn:
        refuse_no_ground(basis, given)
    ids = network.place_ids(places)
    with working("searching"):
        found = reach(network, ids, minutes, direction=direction, basis=basis, assumptions=given)
        if drawn:
            circles = isochrones(network, ids, minutes, direction=direction, basis=basis, assumptions=given)
    if picture is not None:
        from commute.show import maps  # noqa: PLC0415 - matplotlib only where a map is asked for

        with working("drawing"):
            save(maps.draw_isochrones(circles, network=network), picture)
    if form == "table":
        who = ", ".join(network.places.loc[ids, "name"])
        title = views.titled(network, name=f"Within reach {direction} {who}", basis=found["basis"].iloc[0])
        show(views.reach_view(found, network), title=title, form=form, console=out)
    else:
        show(circles if form == "geojson" else found, title="", form=form, console=out)


@app.command(epilog=_example("journey greater-bay-area Shenzhen Zhongshan --as-of 2024-07-01"))
def journey(  # noqa: PLR0913 - one argument per option
    region: RegionName,
    origin: Annotated[str, typer.Argument(metavar="FROM", help="Where the journey begins.")],
    destination: Annotated[str, typer.Argument(metavar="TO", help="Where it ends.")],
    *,
    basis: Basis = None,
    as_of: AsOf = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
) -> None:
    """Tell the journey between two places leg by leg."""
    network, given = network_of(region, as_of), assumptions_of(assumptions)
    here, there = network.place_id(origin), network.place_id(destination)
    with working("searching"):
        legs = journeys(network, here, there, basis=basis, assumptions=given)
        total = travel_times(network, [here], [there], basis=basis, assumptions=given)
    if legs.empty:
        raise ParameterError(f"No way leads from {origin} to {destination} ({views.titled(network)}).")
    if form != "table":
        show(legs, title="", form=form, console=out)
        return
    names, typical = network.places["name"], legs[legs["journey"] == 0]
    ends = f"{names[typical['from_id'].iloc[0]]} to {names[typical['to_id'].iloc[0]]}"
    title = views.titled(network, name=ends, basis=typical["basis"].iloc[0])
    show(views.journey_view(legs), title=title, form=form, console=out)
    out.print(f"{typical['minutes'].sum():.1f} minutes in all", soft_wrap=True)
    count = legs["journey"].nunique()
    if count > 1:
        mean = f"on average {total['travel_time'].iloc[0]:.1f} minutes"
        out.print(f"It is typical of {count} pairs of counting points: {mean}", soft_wrap=True)


@app.command(epilog=_example("score greater-bay-area", "score greater-bay-area --basis in_vehicle --format csv"))
def score(  # noqa: PLR0913 - one argument per option
    region: RegionName,
    *,
    basis: Basis = None,
    as_of: AsOf = None,
    profile: Annotated[
        str | None,
        typer.Option(parser=one_of("profile", *PROFILES), metavar="PROFILE", help=f"{' or '.join(PROFILES)}."),
    ] = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
) -> None:
    """Score how well a metropolis hangs together.

    The table says how many points of the score each city gives.
    """
    network, given = network_of(region, as_of), assumptions_of(assumptions)
    with working("scoring"):
        found = integration(network, profile=profile, basis=basis, assumptions=given)
    if form != "table":
        show(found.points.rename_axis("city").reset_index(), title="", form=form, console=out)
        return
    total = "no score" if found.total is None else f"{found.total:.1f} of 100"
    status = "" if found.status == "ok" else f", {found.status}"
    title = views.titled(network, basis=found.basis)
    out.print(f"{title}, {found.profile.name}: {total}{status}", style="bold", soft_wrap=True)
    out.print(", ".join(f"{name} {value:.3f}" for name, value in found.pillars.items()), soft_wrap=True)
    if found.worst_asset:
        out.print(f"weakest without {found.worst_asset}", soft_wrap=True)
    show(views.score_view(found, network), title="Points per city", form=form, console=out)


@app.command(
    "compare",
    epilog=_example(
        "compare greater-bay-area without-shenzhen-zhongshan --page report.html",
        "compare greater-bay-area 2024-07-01 --as-of 2024-06-29 --origin Zhongshan --map zhongshan.png",
        "compare greater-bay-area mine.toml --result pairs --format csv > pairs.csv",
    ),
)
def compare_command(  # noqa: PLR0913 - one argument per option
    region: RegionName,
    scenarios: Annotated[list[str], typer.Argument(metavar="SCENARIO", help="A name, a TOML file, or a date.")],
    *,
    minutes: Minutes = [30, 60],  # noqa: B006 - typer reads it and nobody writes it
    origin: Annotated[
        list[str] | None, typer.Option(metavar="PLACE", help="Whose circles, the cores' by default; may be repeated.")
    ] = None,
    basis: Basis = None,
    as_of: AsOf = None,
    assumptions: AssumptionsFile = None,
    form: GroundForm = "table",
    result: Annotated[
        str | None,
        typer.Option(parser=one_of("result", *RESULTS), metavar="RESULT", help=f"Only {', '.join(RESULTS)}."),
    ] = None,
    picture: MapFile = None,
    page: PageFile = None,
) -> None:
    """Compare scenarios, or other days, with the network as it is."""
    refuse_targets(picture, page)
    asked = result or ("areas" if form == "geojson" else "summary")
    if form == "geojson" and asked not in GROUND:
        raise ParameterError(f"--format geojson needs ground: --result {' or '.join(GROUND)}, not {asked}.")
    whole, given = network_of(region, None), assumptions_of(assumptions)
    if picture is not None or form == "geojson":
        refuse_no_ground(basis, given)
    base = whole if as_of is None else whole.as_of(as_of)
    others = [other_of(whole, name) for name in scenarios]
    with working("comparing"):
        found = compare(base, others, cutoffs=minutes, origins=origin or None, basis=basis, assumptions=given)
    write_pictures(found, picture, page)
    if form == "table" and result is None:
        title = views.titled(base, basis=found.assumptions.basis)
        show(views.summary_view(found.summary), title=title, form=form, console=out)
        title = "Pairs of cities that change most, in minutes; the way back where it differs"
        show(views.pairs_view(found), title=title, form=form, console=out)
        return
    show(getattr(found, asked), title=asked, form=form, console=out)


@app.command("criticality", epilog=_example("criticality greater-bay-area --format csv > assets.csv"))
def criticality_command(
    region: RegionName,
    *,
    basis: Basis = None,
    as_of: AsOf = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
) -> None:
    """Close every bridge and track once and say what is lost."""
    network, given = network_of(region, as_of), assumptions_of(assumptions)
    with working("closing one after the other"):
        found = criticality(network, basis=basis, assumptions=given).reset_index()
    title = views.titled(network, name="What is lost without each asset", basis=basis)
    show(found.head(WORST) if form == "table" else found, title=title, form=form, console=out)
    if form == "table" and len(found) > WORST:
        say(f"the worst {WORST} of {len(found)}; --format csv tells all")


@app.command(
    "timeline",
    epilog=_example("timeline greater-bay-area 2010-2025", "timeline greater-bay-area 2018 2024-07-01"),
)
def timeline_command(
    region: RegionName,
    dates: Annotated[list[str], typer.Argument(metavar="DATE", help="Days, years, or years such as 2010-2025.")],
    *,
    basis: Basis = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
) -> None:
    """Score a network day by day, and tell what came within reach."""
    days, network, given = days_of(dates), network_of(region, None), assumptions_of(assumptions)
    with working("going through time"):
        found = timeline(network, days, basis=basis, assumptions=given).reset_index()
    found["date"] = found["date"].dt.strftime("%Y-%m-%d")
    if form != "table":
        show(found, title="", form=form, console=out)
        return
    title = views.titled(network, basis=found["basis"].iloc[0])
    show(found.drop(columns=["milestones", "basis"]), title=title, form=form, console=out)
    for date, told in found[["date", "milestones"]].itertuples(index=False):
        for milestone in filter(None, told.split("; ")):
            out.print(f"{date}: {milestone}", soft_wrap=True)


@app.command("claims", epilog=_example("claims greater-bay-area", "claims --format csv > claims.csv"))
def claims_command(
    region: Annotated[
        str | None, typer.Argument(metavar="[REGION]", help="A region that ships, all that have claims where none.")
    ] = None,
    *,
    basis: Basis = None,
    assumptions: AssumptionsFile = None,
    form: Form = "table",
) -> None:
    """Hold what has been published against the model.

    Each claim as of its own day, as claimed and as modelled under each basis: it holds within a tenth, before and now.
    Decisive is the assumption that turns it, or brings it nearest to that.
    """
    given = assumptions_of(assumptions)
    regions = datasets.claims(region)["region"].unique()
    with working("holding claims against the model"):
        found = [audit_claims(one, bases=[basis] if basis else BASES, assumptions=given) for one in regions]
    if not found:
        raise ParameterError(f"No claims about {region} ship yet: commute claims lists those that do.")
    together = pd.concat(found, ignore_index=True)
    shown = views.claims_view(together) if form == "table" else together
    show(shown, title="Claims, in minutes before → now", form=form, console=out)


@app.command(epilog=_example("verify"))
def verify(*, form: Form = "table") -> None:
    """Prove that the data that ships is what its registry says."""
    found = datasets.verify()
    show(found.drop(columns="sha256") if form == "table" else found, title="Files that ship", form=form, console=out)
    wrong = found[found["status"] != "ok"]
    if len(wrong):
        told = f"{len(wrong)} of {len(found)} files are not what the registry says"
        raise DataFileError(f"{told}, the first is {wrong['file'].iloc[0]}. Install the package again.")


@app.callback(invoke_without_command=True, epilog="Each command has its own --help.")
def _top(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Say the version.")] = False,
) -> None:
    """Who is within 30 minutes and one hour of whom, and what would change it."""
    if version or context.invoked_subcommand is None:
        out.print(__version__ if version else context.get_help(), soft_wrap=True)
        raise typer.Exit
