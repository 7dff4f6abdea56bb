"""Scenario: edits in order, what two of them differ in, and files that keep them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import line, link, network, place

from commute.errors import DataFileError, ScenarioError, UnknownNameError
from commute.model import edits
from commute.model.assumptions import Assumptions, parameters
from commute.model.edits import EDITS, Assume, Close, Reopen, Retime, SetHeadway
from commute.model.scenario import Scenario

laws = settings(max_examples=60, deadline=None)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = texts.filter(bool)
positive = st.floats(0.001, 1e6)
dates = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
maybe = st.none() | names
points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
chosen = {"way": st.none() | st.integers(0, 10**12) | st.lists(st.integers(0, 99), max_size=3), "name": maybe}
chosen |= {"road": st.none() | st.lists(names, min_size=1, max_size=2), "bridge": st.none() | st.booleans()}
chosen |= {"tunnel": st.booleans()}


@st.composite
def additions(draw):
    stops = draw(st.lists(names, min_size=2, max_size=4))
    minutes = draw(st.none() | st.lists(positive, min_size=1, max_size=3))
    more = {"headway_minutes": draw(st.none() | positive), "opened": draw(st.none() | dates), "asset": draw(maybe)}
    return edits.AddLine(draw(names), draw(names), "rail", stops, minutes, name_zh=draw(maybe), **more)


@st.composite
def assumed(draw):
    known = parameters()[draw(st.sampled_from(sorted(parameters())))]
    value = draw(st.floats(known.low, known.high))
    return draw(
        st.sampled_from(
            [Assume(known.name, value), Assume(known.group, {known.key: value}), Assume("travel", ["car"])]
        )
    )


an_edit = st.one_of(
    st.builds(Close, line=maybe, asset=maybe, from_id=maybe, to_id=maybe),
    st.builds(Reopen, names),
    st.builds(edits.SetOpened, names, dates),
    st.builds(Retime, names, names, names, positive),
    st.builds(edits.ScaleTime, names, positive, maybe, maybe),
    st.builds(SetHeadway, names, positive),
    st.builds(edits.ScaleHeadway, names, positive),
    st.builds(edits.AddPlace, names, st.just("station"), names, positive, positive, parent=maybe),
    additions(),
    st.builds(edits.AddLink, names, names, names, minutes=st.none() | positive, oneway=st.booleans()),
    st.builds(edits.SetPopulation, names, positive),
    st.builds(edits.AsOf, dates),
    assumed(),
    st.builds(edits.AddStreet, names, points, points, kph=positive, oneway=st.booleans(), bridge=st.booleans()),
    st.builds(edits.CloseStreets, **chosen),
    st.builds(edits.ScaleStreets, **chosen, factor=positive),
)
scenarios = st.builds(
    Scenario, names, st.lists(an_edit, max_size=4), title=texts, title_zh=texts, description=texts, source=texts
)


@laws
@given(scenarios)
def test_a_file_keeps_everything(scenario):
    again = Scenario.from_toml(scenario.to_toml())
    assert again == scenario
    assert again.hash == scenario.hash


@laws
@given(scenarios, scenarios)
def test_the_hash_names_what_is_done_and_not_what_it_is_called(one, other):
    assert (one.hash == other.hash) == (one.edits == other.edits)
    assert Scenario("called otherwise", one.edits).hash == one.hash


@laws
@given(scenarios, scenarios)
def test_what_two_differ_in(one, other):
    here, there = one.diff(other)
    assert one.diff(one) == ((), ())
    assert other.diff(one) == (there, here)
    assert all(edit not in other.edits for edit in here)
    assert (one + other).edits == one.edits + other.edits


@pytest.fixture(scope="module")
def pair():
    places = [place("a", population=1), place("b", x=50, population=1)]
    places += [place("p", "station", parent="a"), place("q", "station", x=50, parent="b")]
    lines = [line("rail", "rail", headway=30), line("plan", "rail", headway=10, status="planned", opened="2030-01-01")]
    return network(places, lines, [link("rail", "p", "q", 30), link("plan", "p", "q", 12)])


def test_one_after_the_other(pair):
    first, then = Scenario("slow", (Retime("rail", "p", "q", 50),)), Scenario("fast", (Retime("rail", "p", "q", 20),))
    assert (first + then).apply(pair).links["minutes"].iloc[0] == 20
    assert (then + first).apply(pair).links["minutes"].iloc[0] == 50
    assert (first + then).name == "slow+fast"
    assert (first + then).apply(pair).equals(then.apply(first.apply(pair)))


def test_titles_are_joined():
    one, other = Scenario("a", (), title="Without the link"), Scenario("b", (), title="With ferries")
    assert (one + other).title == "Without the link + With ferries"
    assert (one + Scenario("c", ())).title == "Without the link"


def test_assumptions_are_changed_in_order():
    scenario = Scenario("s", (Assume("speed.car", 20), Assume("speed", {"car": 25, "walk": 5})))
    made = scenario.assume(Assumptions())
    assert (made.speed["car"], made.speed["walk"]) == (25, 5)


def test_conflicts_say_which_edit_of_which_scenario(pair):
    twice = Scenario("twice", (Close("rail"), Close("rail")))
    with pytest.raises(ScenarioError, match="Scenario 'twice', edit 2: No line is called 'rail'"):
        twice.apply(pair)
    again = Scenario("again", (Reopen("plan"), Reopen("plan")))
    with pytest.raises(ScenarioError, match="Scenario 'again', edit 2: Reopen: line 'plan' is in service"):
        again.apply(pair)
    lost = Scenario("lost", (edits.AddLink("rail", "p", "Nowhere", 5),))
    with pytest.raises(UnknownNameError, match="Scenario 'lost', edit 1: No place is called 'Nowhere'"):
        lost.apply(pair)


def test_a_scenario_has_a_name_and_edits():
    with pytest.raises(ScenarioError, match="A scenario needs a name"):
        Scenario("", ())
    with pytest.raises(ScenarioError, match=r"'close' is no edit\. Edits are: Close, Reopen"):
        Scenario("s", ("close",))


def test_read_and_write(tmp_path):
    path = tmp_path / "plan.toml"
    made = Scenario("plan", (Reopen("plan"), Assume("period", "off_peak")), title="Plan", title_zh="规划", source="s-1")
    path.write_text(made.to_toml(), encoding="utf-8")
    assert Scenario.read(path) == made
    with pytest.raises(DataFileError, match=r"missing\.toml cannot be read as a scenario"):
        Scenario.read(tmp_path / "missing.toml")
    path.write_bytes(b"name = '\xff'")
    with pytest.raises(DataFileError, match=r"plan\.toml cannot be read as a scenario"):
        Scenario.read(path)


def test_every_fault_of_a_file_is_told_at_once():
    text = """
    mane = "typo"
    title = 5
    [[edit]]
    do = "Close"
    lines = "rail"
    [[edit]]
    do = "Shut"
    [[edit]]
    do = "Assume"
    name = "basis"
    value = "in_vehicle"
    [[edit]]
    do = "SetHeadway"
    line = "rail"
    headway_minutes = -5
    """
    with pytest.raises(ScenarioError) as fault:
        Scenario.from_toml(text, where="plan.toml")
    said = str(fault.value)
    assert said.startswith("plan.toml: it has no name; 'mane' is not known (known: name, title, title_zh, description")
    for part in (
        "title must be a text, got 5",
        "edit 1: Close: lines: Unexpected keyword argument (got 'rail')",
        f"edit 2: do = 'Shut' is no edit (edits: {', '.join(EDITS)})",
        "edit 3: A scenario cannot change the basis",
        "edit 4: SetHeadway: headway_minutes: Input should be greater than 0 (got -5)",
    ):
        assert part in said


@pytest.mark.parametrize("text", ["edit = 3", 'edit = ["Close"]', '[edit]\ndo = "Close"'])
def test_edits_are_tables(text):
    with pytest.raises(ScenarioError, match=r"edits are written as \[\[edit\]\] tables"):
        Scenario.from_toml(f'name = "s"\n{text}')


def test_text_that_is_no_toml_is_refused():
    with pytest.raises(ScenarioError, match="the scenario is not valid TOML"):
        Scenario.from_toml("name = ")
