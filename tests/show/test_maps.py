"""What the pictures promise: labels apart, glyphs there, colours in order, losses on top, facts in the small print."""

from __future__ import annotations

import itertools
import math
import re
import subprocess
import sys
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_bay import blob, make_circles, make_network
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.text import Annotation, Text
from pyproj import Geod

from commute.errors import BasisError, ParameterError
from commute.io import datasets
from commute.show import fonts, furniture, labels, maps, palette, words

CHINESE = fonts.lettering("zh", needed=words.WORDS["zh"].values()).language == "zh"
needs_chinese = pytest.mark.skipif(not CHINESE, reason="no font with Chinese glyphs is installed")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def texts(axes):
    found = [axes, *axes.child_axes]
    return [text.get_text() for one in found for text in one.findobj(Text) if text.get_text()]


def caption(axes):
    (text,) = [text for text in axes.texts if text.get_gid() == "caption"]
    return text.get_text()


def with_gid(axes, gid):
    return [artist for artist in axes.findobj() if artist.get_gid() == gid]


def boxes_of_labels(axes):
    return {text.get_text(): Text.get_window_extent(text) for text in with_gid(axes, "label")}


def overlap(one, other):
    return one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1


def legend_rows(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def lightness(colour):
    """Return CIE L*, which is how light a colour looks."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    luminance = float(np.dot([0.2126, 0.7152, 0.0722], linear))
    return 116 * luminance ** (1 / 3) - 16


# ------------------------------------------------------------------ axes in, axes out


def test_importing_the_maps_leaves_matplotlib_and_folium_alone():
    code = "import sys, commute.show.maps; sys.exit(bool({'matplotlib', 'folium'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def drawings(network, circles, comparison, score):
    return {
        "network": lambda **more: maps.draw_network(network, **more),
        "circles": lambda **more: maps.draw_isochrones(circles, network=network, **more),
        "change": lambda **more: maps.draw_change(comparison, **more),
        "delta": lambda **more: maps.draw_delta(comparison, **more),
        "score": lambda **more: maps.draw_score(score, network=network, **more),
    }


@pytest.mark.parametrize("kind", ["network", "circles", "change", "delta", "score"])
def test_draws_on_the_axes_given_and_makes_one_where_none_is(kind, drawings):
    draw = drawings[kind]
    own = draw()
    assert own.figure is not None
    figure, axes = plt.subplots(figsize=(6, 5))
    assert draw(ax=axes) is axes
    assert plt.get_fignums() == [own.figure.number, figure.number], "no figure beside these"


@pytest.mark.parametrize("kind", ["network", "circles", "change", "delta", "score"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_picture_has_title_date_and_source_and_draws_without_a_warning(kind, language, drawings):
    axes = drawings[kind](language=language)
    assert axes.get_title(loc="left")
    assert "2024-07-01" in caption(axes)
    assert "commute 0." in caption(axes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a missing glyph
        axes.figure.canvas.draw()


def test_title_is_replaced_on_request(circles):
    assert maps.draw_isochrones(circles, title="What the link did").get_title(loc="left") == "What the link did"


def test_input_is_not_changed(circles, network):
    before = circles.copy()
    maps.draw_isochrones(circles, network=network)
    pd.testing.assert_frame_equal(pd.DataFrame(circles), pd.DataFrame(before))


def test_works_in_a_constrained_layout_and_in_a_subfigure(circles, network):
    figure = plt.figure(layout="constrained")
    part, _ = figure.subfigures(1, 2)
    axes = maps.draw_isochrones(circles, network=network, ax=part.subplots())
    figure.canvas.draw()
    assert boxes_of_labels(axes)


# ------------------------------------------------------------------ the ground


def test_a_degree_of_longitude_is_drawn_as_long_as_it_is_there(circles):
    axes = maps.draw_isochrones(circles)
    middle = sum(axes.get_ylim()) / 2
    assert axes.get_aspect() == pytest.approx(1 / math.cos(math.radians(middle)))
    across, up = (
        np.diff(axes.transData.transform([(113, middle), (113.1, middle)]), axis=0)[0][0],
        np.diff(axes.transData.transform([(113, middle), (113, middle + 0.1)]), axis=0)[0][1],
    )
    assert across / up == pytest.approx(math.cos(math.radians(middle)), rel=1e-6)


@pytest.mark.parametrize("size", [(8, 6), (3, 6), (9, 3)])
def test_all_of_the_circles_is_seen_whatever_the_shape_of_the_axes(circles, size):
    axes = plt.figure(figsize=size).add_subplot()
    maps.draw_isochrones(circles, ax=axes)
    west, south, east, north = circles.total_bounds
    assert axes.get_xlim()[0] < west < east < axes.get_xlim()[1]
    assert axes.get_ylim()[0] < south < north < axes.get_ylim()[1]


def test_bounds_are_shown_as_they_are(circles, network):
    for draw in (lambda b: maps.draw_isochrones(circles, bounds=b), lambda b: maps.draw_network(network, bounds=b)):
        axes = draw((113.0, 22.0, 114.5, 23.4))
        assert (*axes.get_xlim(), *axes.get_ylim()) == pytest.approx((113.0, 114.5, 22.0, 23.4))


@pytest.mark.parametrize("bounds", [(114, 22, 113, 23), (113, 23, 114, 22), (113, 22, 500, 23)])
def test_bounds_the_wrong_way_round_are_refused(circles, bounds):
    with pytest.raises(ParameterError, match=r"bounds are \(west, south, east, north\)"):
        maps.draw_isochrones(circles, bounds=bounds)


@pytest.mark.parametrize("latitude", [0.0, 22.5, 45.0, 60.0])
@pytest.mark.parametrize("width", [0.02, 0.7, 9.0])
def test_the_scale_bar_is_as_long_as_it_says(latitude, width):
    axes = furniture.open_map(
        None, bounds=(100.0, latitude - width / 2, 100.0 + width, latitude + width / 2), around=(), land=None
    )
    furniture.draw_scale_bar(axes, lettering=fonts.Lettering("en"), right=False)
    (bar,) = with_gid(axes, "scale bar")
    (text,) = with_gid(axes, "scale text")
    said = float(text.get_text().removesuffix(" km"))
    west, east = axes.get_xlim()
    ends = [west + (east - west) * float(end) for end in (min(bar.get_xdata()), max(bar.get_xdata()))]
    *_, metres = Geod(ellps="WGS84").inv(ends[0], latitude, ends[1], latitude)
    assert metres / 1000 == pytest.approx(said, rel=2e-3)
    assert re.fullmatch(r"[125]0*|0\.0*[125]", f"{said:g}")


def test_sea_is_painted_only_where_land_is_known(circles, land, monkeypatch):
    painted = plt.matplotlib.colors.to_rgba
    network = make_network(land)
    assert maps.draw_isochrones(circles, network=network).get_facecolor() == painted(palette.SEA)

    def missing():
        raise datasets.DataFileError("no land")

    monkeypatch.setattr(datasets, "land", missing)
    axes = maps.draw_isochrones(circles, network=make_network(None))
    assert axes.get_facecolor() == painted(palette.LAND)
    assert "Natural Earth" not in caption(axes)


# ------------------------------------------------------------------ labels


@pytest.mark.parametrize("kind", ["network", "circles", "change", "delta"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(8, 6), (4, 3.4)])
def test_no_two_labels_touch_and_none_hides_the_legend_or_the_scale(kind, language, size, drawings):
    axes = plt.figure(figsize=size).add_subplot()
    drawings[kind](language=language, ax=axes)
    axes.figure.canvas.draw()
    boxes = boxes_of_labels(axes)
    assert len(boxes) >= 3
    (bar,), (text,) = with_gid(axes, "scale bar"), with_gid(axes, "scale text")
    fixed = {"legend": axes.get_legend().get_window_extent(), "bar": bar.get_window_extent()}
    fixed["scale"] = Text.get_window_extent(text)
    for (one, box), (other, other_box) in itertools.combinations([*boxes.items(), *fixed.items()], 2):
        assert {one, other} == {"bar", "scale"} or not overlap(box, other_box), (one, other)
    for name, box in boxes.items():
        assert axes.bbox.x0 <= box.x0 <= box.x1 <= axes.bbox.x1, name
        assert axes.bbox.y0 <= box.y0 <= box.y1 <= axes.bbox.y1, name


@given(
    st.lists(
        st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.sampled_from(["Macao", "Hong Kong", "Foshan"])),
        min_size=1, max_size=25,
    )
)  # fmt: skip
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_labels_stay_apart_wherever_the_points_are(spots):
    axes = plt.figure(figsize=(5, 4)).add_subplot()
    wanted = [labels.Label(name, x, y, importance=number) for number, (x, y, name) in enumerate(spots)]
    written = labels.place_labels(axes, wanted, lettering=fonts.Lettering("en"))
    boxes = [Text.get_window_extent(text) for text in written]
    assert written, "the most important always finds room on an empty map"
    assert not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))
    plt.close(axes.figure)


def test_the_more_important_label_gets_the_better_place():
    axes = plt.figure(figsize=(5, 4)).add_subplot()
    wanted = [labels.Label("Zhuhai", 0.5, 0.5, 1.0), labels.Label("Macao", 0.502, 0.5, 2.0)]
    first, *_ = labels.place_labels(axes, wanted, lettering=fonts.Lettering("en"))
    assert first.get_text() == "Macao"
    assert Text.get_window_extent(first).x0 > axes.transData.transform((0.502, 0.5))[0]


def test_a_label_pushed_far_off_is_led_back_by_a_line():
    axes = plt.figure(figsize=(5, 4)).add_subplot()
    crowd = [labels.Label(f"Place {number}", 0.5, 0.5, number) for number in range(14)]
    labels.place_labels(axes, crowd, lettering=fonts.Lettering("en"))
    assert with_gid(axes, "leader")


def test_origins_are_bold_and_starred(circles, network):
    axes = maps.draw_isochrones(circles, network=network)
    weights = {text.get_text(): text.get_weight() for text in with_gid(axes, "label")}
    assert weights["Shenzhen"] == "bold"
    assert weights["Zhongshan"] == "normal"
    (star,) = with_gid(axes, "origins")
    assert star.get_offsets().tolist() == [[114.058, 22.543]]


# ------------------------------------------------------------------ Chinese


@needs_chinese
@pytest.mark.parametrize("kind", ["network", "circles", "change", "delta", "score"])
def test_every_chinese_letter_drawn_has_a_glyph_in_its_font(kind, drawings):
    axes = drawings[kind](language="zh")
    assert any("深圳" in text for text in texts(axes))
    for one in [axes, *axes.child_axes]:
        for text in one.findobj(Text):
            beyond = {ord(letter) for letter in text.get_text() if ord(letter) > 0x2E7F}
            families = [findfont(FontProperties(family=[family])) for family in text.get_fontfamily() if beyond]
            covered = frozenset().union(*(fonts._glyphs(path) for path in families))
            assert beyond <= covered, text.get_text()


@needs_chinese
def test_chinese_title_and_legend(circles, network):
    axes = maps.draw_isochrones(circles, network=network, language="zh")
    assert axes.get_title(loc="left") == "深圳：30和60分钟，门到门，2024-07-01"
    assert legend_rows(axes)[0] == "30分钟\n984万人 · 742平方公里"


@needs_chinese
def test_one_name_without_a_glyph_is_written_in_english(network, circles):
    names = network.places["name_zh"].mask(network.places.index == "macao", "澳\U0010ffff")
    odd = replace(network, places=network.places.assign(name_zh=names))
    said = texts(maps.draw_isochrones(circles, network=odd, language="zh", bounds=(113, 22, 114.5, 23.3)))
    assert "Macao" in said
    assert "珠海" in said


@pytest.mark.parametrize("kind", ["network", "circles", "change", "delta", "score"])
def test_without_a_chinese_font_all_is_english_and_says_why(kind, drawings, monkeypatch):
    latin = findfont(FontProperties(family=["DejaVu Sans"]))
    monkeypatch.setattr(fonts, "_faces", lambda: iter([("DejaVu Sans", latin)]))
    axes = drawings[kind](language="zh")
    assert all(ord(letter) < 0x2E80 for text in texts(axes) for letter in text)
    assert "No font with Chinese glyphs is installed (such as Noto Sans CJK): names are in English." in caption(
        axes
    ).replace("\n", " ")
    axes.figure.canvas.draw()  # a warning here would be an error


def test_the_font_of_boxes_is_never_chosen():
    assert all("Last Resort" not in family for family, _ in fonts._faces())


def test_another_language_is_refused(network):
    with pytest.raises(ParameterError, match="language is 'en' or 'zh', not 'fr'"):
        maps.draw_network(network, language="fr")


def test_both_languages_know_the_same_words():
    assert words.WORDS["en"].keys() == words.WORDS["zh"].keys()


# ------------------------------------------------------------------ circles


def test_the_title_and_small_print_say_what_is_shown(circles, network):
    axes = maps.draw_isochrones(circles, network=network)
    assert axes.get_title(loc="left") == "Shenzhen: 30 and 60 minutes, door to door, 2024-07-01"
    small = " ".join(caption(axes).split())
    assert small == (
        "Door to door · public transport and car · peak hours · leaving Shenzhen · network as of 2024-07-01 "
        "Source: commute 0.1.0, data 3fa2c81d, assumptions 91ab77d2, coast: Natural Earth"
    )
    assert legend_rows(axes) == [
        "30 minutes\n9.8 million people · 742 km²",
        "60 minutes\n28.3 million people · 5,316 km²",
    ]


def test_the_way_there_is_told_from_the_way_back(circles):
    assert "going to Shenzhen" in caption(maps.draw_isochrones(circles.assign(direction="to")))


def test_a_result_without_manifest_says_that_its_date_is_unknown(circles):
    circles.attrs.clear()
    axes = maps.draw_isochrones(circles)
    assert "date not stated" in caption(axes)
    assert axes.get_title(loc="left") == "Shenzhen: 30 and 60 minutes, door to door"


def test_shorter_is_darker_and_on_top(circles):
    axes = maps.draw_isochrones(circles)
    (short,), (long,) = with_gid(axes, "circle 30"), with_gid(axes, "circle 60")
    assert lightness(short.get_facecolor()[0][:3]) < lightness(long.get_facecolor()[0][:3]) - 20
    assert short.get_zorder() > long.get_zorder()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_colours_of_time_grow_lighter_in_even_steps_and_stay_off_the_land(count):
    steps = [lightness(colour) for colour in palette.time_colours(count)]
    rises = np.diff(steps)
    assert (rises > 5).all()
    if count > 2:
        assert rises.max() < 1.8 * rises.min()
    assert steps[-1] < lightness(palette.LAND) - 5


def test_several_origins_are_told_apart_and_their_overlap_is_not_counted(circles, land, network):
    other = circles.assign(origin_id="guangzhou", origin="Guangzhou", geometry=blob([(113.26, 23.13, 20)], land))
    axes = maps.draw_isochrones(pd.concat([circles, other]), network=network)
    assert axes.get_title(loc="left").startswith("Shenzhen and Guangzhou: 30 and 60 minutes")
    assert legend_rows(axes) == ["30 minutes", "60 minutes"]


def test_more_origins_than_a_title_holds_are_counted(circles):
    many = pd.concat([circles.assign(origin_id=f"city-{number}", origin=f"City {number}") for number in range(4)])
    assert maps.draw_isochrones(many).get_title(loc="left").startswith("4 origins: ")


def test_an_empty_circle_keeps_its_row_in_the_legend(circles, network):
    circles.loc[0, "geometry"] = type(circles.geometry[1])()
    axes = maps.draw_isochrones(circles, network=network)
    assert with_gid(axes, "circle 30") == []
    assert legend_rows(axes)[0].startswith("30 minutes")


def test_lines_pass_through_as_thin_lines(circles, network):
    axes = maps.draw_isochrones(circles, network=network)
    (rail,) = with_gid(axes, "links rail")
    assert max(rail.get_linewidths()) < 1


def test_wrong_circles_are_refused(circles, network):
    with pytest.raises(ParameterError, match=r"circles must be a frame made by commute\.isochrones, not str"):
        maps.draw_isochrones("Shenzhen")
    with pytest.raises(ParameterError, match=r"circles lacks the columns cutoff, basis; give the frame that commute"):
        maps.draw_isochrones(circles.drop(columns=["cutoff", "basis"]))
    with pytest.raises(ParameterError, match="circles has no rows: there is nothing to draw"):
        maps.draw_isochrones(circles.iloc[:0])
    with pytest.raises(ParameterError, match=r"circles has no coordinate system: say which with \.set_crs"):
        maps.draw_isochrones(circles.set_crs(None, allow_override=True))
    with pytest.raises(BasisError, match="circles mix basis centre_to_centre and door_to_door: draw one picture"):
        maps.draw_isochrones(circles.assign(basis=["door_to_door", "centre_to_centre"]))
    with pytest.raises(ParameterError, match="circles mix direction from and to"):
        maps.draw_isochrones(circles.assign(direction=["from", "to"]))
    nothing = circles.assign(geometry=[type(circles.geometry[0])()] * 2)
    with pytest.raises(ParameterError, match="All circles are empty: nothing is reached"):
        maps.draw_isochrones(nothing)
    assert maps.draw_isochrones(nothing, network=network)


# ------------------------------------------------------------------ the network


def test_lines_are_drawn_by_mode_and_those_not_open_yet_apart(network):
    axes = maps.draw_network(network)
    assert legend_rows(axes) == [
        "City", "Station", "Railway", "Intercity rail", "Metro", "Bridge", "Expressway", "Not open yet",
    ]  # fmt: skip
    (planned,) = with_gid(axes, "links bridge planned")
    (open_now,) = with_gid(axes, "links bridge")
    assert planned.get_alpha() < open_now.get_alpha()
    (cities,) = with_gid(axes, "places city")
    assert len(cities.get_offsets()) == 11
    (stations,) = with_gid(axes, "places station")
    assert len(stations.get_offsets()) == 5, "one no line calls at is left out"


def test_a_network_of_no_date_says_so(land):
    axes = maps.draw_network(make_network(land, date=None))
    assert axes.get_title(loc="left") == "The network"
    assert "Date not stated" in caption(axes)


def test_a_network_without_places_is_refused(network):
    with pytest.raises(ParameterError, match="The network has no places"):
        maps.draw_network(_without_places(network))


def _without_places(network):
    bare = object.__new__(type(network))
    object.__setattr__(bare, "places", network.places.iloc[:0])
    return bare


# ------------------------------------------------------------------ change


def test_gains_are_blue_losses_orange_hatched_and_on_top(comparison):
    axes = maps.draw_change(comparison)
    (gained,), (lost,), (kept,) = (with_gid(axes, f"change {change}") for change in ("gained", "lost", "kept"))
    assert lost.get_zorder() > gained.get_zorder() > kept.get_zorder()
    assert lost.get_hatch()
    red, _, blue, _ = gained.get_facecolor()[0]
    assert blue > red
    red, _, blue, _ = lost.get_facecolor()[0]
    assert red > blue
    assert legend_rows(axes) == [
        "Gained\n4.4 million people · 1,240 km²", "Lost\n6.0 million people · 88 km²",
        "Kept\n28.0 million people · 3,900 km²", "Link opened",
    ]  # fmt: skip


def test_the_map_of_a_change_says_against_what_and_that_times_are_fixed(comparison):
    axes = maps.draw_change(comparison)
    assert axes.get_title(loc="left") == "Shenzhen, 60 minutes: link open"
    small = " ".join(caption(axes).split())
    assert small.startswith("Door to door · public transport and car · peak hours · leaving Shenzhen · times fixed")
    assert "base: network as of 2024-07-01 Source" in small


def test_losses_are_named_where_there_are_none(comparison):
    comparison.areas = comparison.areas[comparison.areas["change"] != "lost"]
    comparison.places = comparison.places.drop(columns="inside_60")
    assert "Lost\nnone" in legend_rows(maps.draw_change(comparison))


def test_links_opened_and_closed_are_drawn(comparison):
    comparison.links = pd.concat([comparison.links, comparison.links.assign(change="removed", from_id="nowhere")])
    axes = maps.draw_change(comparison)
    assert with_gid(axes, "links added")
    assert with_gid(axes, "links removed") == [], "no coordinates, no line"


def test_scenario_origin_and_cutoff_are_chosen_or_listed(comparison):
    assert maps.draw_change(comparison, scenario="link-open", origin="shenzhen", cutoff=60)
    with pytest.raises(ParameterError, match="have no scenario 'tunnel'; there is link-open"):
        maps.draw_change(comparison, scenario="tunnel")
    with pytest.raises(ParameterError, match="have no origin_id 'macao'; there is shenzhen"):
        maps.draw_delta(comparison, origin="macao")
    with pytest.raises(ParameterError, match=r"comparison\.areas have no cutoff 45; there is 60"):
        maps.draw_change(comparison, cutoff=45)


def test_a_comparison_without_areas_is_refused(comparison):
    comparison.areas = None
    with pytest.raises(ParameterError, match=r"comparison\.areas must be a frame made by commute\.compare"):
        maps.draw_change(comparison)
    comparison.places = pd.DataFrame()
    with pytest.raises(ParameterError, match=r"comparison\.places lacks the columns scenario"):
        maps.draw_delta(comparison)


def test_the_title_of_a_scenario_is_used_where_it_has_one(comparison):
    scenario = type("Named", (), {"name": "link-open", "title": "Shiziyang Link open", "title_zh": ""})()
    comparison.scenarios = (scenario,)
    assert "Shiziyang Link open" in maps.draw_change(comparison).get_title(loc="left")


def test_another_day_is_called_by_its_date(comparison):
    for frame in (comparison.areas, comparison.places, comparison.links):
        frame["scenario"] = "as of 2025-01-01"
    assert "2025-01-01 against 2024-07-01" in maps.draw_change(comparison).get_title(loc="left")


# ------------------------------------------------------------------ minutes by place


def test_places_fall_into_classes_either_side_of_zero(comparison):
    axes = maps.draw_delta(comparison)
    classes = [
        "Newly reached", "30 minutes or more faster", "15 to 30 minutes faster", "5 to 15 minutes faster",
        "1 to 5 minutes faster", "Unchanged", "5 to 15 minutes slower", "Cut off",
    ]  # fmt: skip
    assert legend_rows(axes)[: len(classes)] == classes
    counts = {
        artist.get_gid(): len(artist.get_offsets())
        for artist in axes.collections
        if str(artist.get_gid()).startswith("delta")
    }
    assert sum(counts.values()) == 11
    assert counts["delta -4"] == 2
    assert counts["delta 0"] == 3


def test_zero_is_the_neutral_middle_of_the_diverging_colours():
    ramp = palette.change_colours()
    red, green, blue, _ = ramp(0.5)
    assert max(red, green, blue) - min(red, green, blue) < 0.05
    for share in (0.1, 0.25, 0.4):
        faster, slower = ramp(share), ramp(1 - share)
        assert faster[2] > faster[0]
        assert slower[0] > slower[2]
        assert lightness(faster[:3]) == pytest.approx(lightness(slower[:3]), abs=16)


def test_a_place_the_base_does_not_know_is_refused(comparison):
    comparison.places.loc[0, "place_id"] = "atlantis"
    with pytest.raises(ParameterError, match="names places the base network lacks: atlantis"):
        maps.draw_delta(comparison)


# ------------------------------------------------------------------ the score


def test_the_bars_of_the_cities_sum_to_the_score(score, network):
    axes = maps.draw_score(score, network=network)
    pillars, cities = axes.child_axes
    widths = [bar.get_width() for bar in cities.patches]
    assert sum(widths) == pytest.approx(score.total)
    assert [text.get_text() for text in cities.get_yticklabels()][:2] == ["Guangzhou", "Shenzhen"]
    assert [text.get_text() for text in pillars.texts] == [f"{value:.2f}" for value in score.pillars]
    assert axes.get_title(loc="left") == f"Metropolitan Integration Score {score.total:.1f}"
    assert "Weakest asset: humen-bridge" in caption(axes)


def test_identifiers_are_read_as_names_without_a_network(score):
    _, cities = maps.draw_score(score).child_axes
    assert "Hong Kong" in [text.get_text() for text in cities.get_yticklabels()]


def test_a_single_city_has_no_score_and_the_picture_says_so(score):
    score.total, score.status = None, "single_unit"
    axes = maps.draw_score(score)
    assert axes.child_axes == []
    assert any("No score: one city alone" in text for text in texts(axes))


def test_a_disconnected_region_is_said_to_be_one(score):
    score.status = "disconnected"
    assert "some cities are cut off from the others" in caption(maps.draw_score(score))


def test_anything_but_a_score_is_refused():
    with pytest.raises(ParameterError, match=r"score must be what commute\.integration returns, not dict"):
        maps.draw_score({})


# ------------------------------------------------------------------ the web map


def test_explore_needs_no_tiles_and_draws_the_shortest_last(circles, land):
    page = maps.explore(circles.iloc[::-1], land=land).get_root().render()
    assert "tileLayer" not in page
    order = [match.group(1) for match in re.finditer(r'"minutes": "(\d+)"', page)]
    assert order == ["60", "30"]
    dark, pale = palette.time_colours(2)
    assert page.index(pale) >= 0
    assert page.index(dark) >= 0


def test_explore_takes_tiles(circles):
    pytest.importorskip("folium")
    assert "tileLayer" in maps.explore(circles, tiles="OpenStreetMap").get_root().render()


def test_explore_refuses_what_is_no_circles(circles):
    with pytest.raises(ParameterError, match="circles lacks the columns"):
        maps.explore(circles[["geometry"]])


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (8_234_567, "8.2 million people", "823万人"),
        (123_456_789, "123.5 million people", "1.23亿人"),
        (683_100, "683,000 people", "68万人"),
        (9_400, "9,400 people", "9,400人"),
        (0, "0 people", "0人"),
    ],
)
def test_people_are_counted_as_a_newspaper_does(count, english, chinese):
    assert words.people(count, language="en") == english
    assert words.people(count, language="zh") == chinese


def test_the_caption_is_broken_to_the_width_of_the_axes(circles, network):
    axes = plt.figure(figsize=(3.2, 3)).add_subplot()
    maps.draw_isochrones(circles, network=network, ax=axes)
    (text,) = [text for text in axes.texts if text.get_gid() == "caption"]
    assert isinstance(text, Annotation)
    assert text.get_window_extent().width <= axes.bbox.width * 1.02
    assert not any(line.startswith("·") for line in text.get_text().splitlines())


def test_before_and_after_compare_at_one_look(network, land):
    figure, pair = plt.subplots(1, 2, figsize=(10, 4))
    for axes, circles in zip(pair, (make_circles(land), make_circles(land, reach=[])), strict=True):
        maps.draw_isochrones(circles, network=network, bounds=(112.9, 22.0, 114.7, 23.3), ax=axes)
    assert pair[0].get_xlim() == pair[1].get_xlim()
    assert pair[0].bbox.size == pytest.approx(pair[1].bbox.size)
    assert figure.axes == list(pair)
