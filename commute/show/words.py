"""The words of every picture, in English and Chinese."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from commute._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GAP = "  ·  "  # between two facts of a caption
MILLION, WAN, YI = 1e6, 1e4, 1e8  # Chinese counts in ten thousands and hundred millions
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "in_vehicle": "in vehicle", "centre_to_centre": "centre to centre", "door_to_door": "door to door",
        "from": "leaving {origin}", "to": "going to {origin}", "minutes": "minutes",
        "and": " and ", "comma": ", ", "pause": ", ", "colon": ": ", "origins": "{count} origins",
        "network_of": "network as of {date}", "undated": "date not stated", "network": "The network",
        "basis_unknown": "basis not stated", "transit": "public transport", "car": "car",
        "walk": "on foot", "bicycle": "by bicycle",
        "peak": "peak hours", "off_peak": "off-peak hours", "free_flow": "empty roads",
        "gained": "Gained", "kept": "Kept", "lost": "Lost", "none": "none", "circle": "{minutes} minutes",
        "city": "City", "station": "Station", "checkpoint_place": "Border checkpoint", "planned": "Not open yet",
        "added": "Link opened", "removed": "Link closed",
        "street_added": "Street opened", "street_removed": "Street closed",
        "rail": "Railway", "suburban": "Intercity rail", "metro": "Metro", "bus": "Bus", "ferry": "Ferry",
        "highway": "Expressway", "bridge": "Bridge", "tunnel": "Tunnel", "checkpoint": "Border crossing",
        "base": "all that is open", "against": "{scenario} against {base}", "base_of": "base: network as of {date}",
        "delta": "change in minutes", "newly": "Newly reached", "cut": "Cut off", "unchanged": "Unchanged",
        "faster": "{low} to {high} minutes faster", "slower": "{low} to {high} minutes slower",
        "much_faster": "{low} minutes or more faster", "much_slower": "{low} minutes or more slower",
        "fixed": "times fixed: no congestion relief or induced demand", "unreached": "Not reached in either",
        "score": "Metropolitan Integration Score", "points": "Points of the score, by city",
        "pillars": "The five pillars, 0 to 1",
        "access": "Access to cores", "mutual_reach": "Mutual reach", "balance": "Balance",
        "quality": "Network quality", "resilience": "Resilience",
        "single_unit": "No score: one city alone has nobody to be integrated with",
        "disconnected": "some cities are cut off from the others",
        "worst_asset": "Weakest asset: {asset}", "profile": "profile {profile}",
        "source": "Source: commute {version}", "data": "data {hash}", "assumptions": "assumptions {hash}",
        "coast": "coast: Natural Earth", "straight": "lines drawn straight from stop to stop",
        "fell_back": "No font with Chinese glyphs is installed (such as Noto Sans CJK)",
    },
    "zh": {
        "in_vehicle": "仅计乘车", "centre_to_centre": "中心到中心", "door_to_door": "门到门",
        "from": "自{origin}出发", "to": "前往{origin}", "minutes": "分钟",
        "and": "和", "comma": "、", "pause": "，", "colon": "：", "origins": "{count}个起点",
        "network_of": "{date} 的交通网络", "undated": "日期未注明", "network": "交通网络",
        "basis_unknown": "口径未注明", "transit": "公共交通", "car": "小汽车", "walk": "步行", "bicycle": "骑行",
        "peak": "高峰时段", "off_peak": "平峰时段", "free_flow": "道路畅通时",
        "gained": "新增", "kept": "不变", "lost": "失去", "none": "无", "circle": "{minutes}分钟",
        "city": "城市", "station": "车站", "checkpoint_place": "口岸", "planned": "尚未开通",
        "added": "开通路段", "removed": "关闭路段", "street_added": "开通道路", "street_removed": "关闭道路",
        "rail": "铁路", "suburban": "城际铁路", "metro": "地铁", "bus": "巴士", "ferry": "轮渡",
        "highway": "高速公路", "bridge": "桥梁", "tunnel": "隧道", "checkpoint": "口岸通道",
        "base": "全部已开通线路", "against": "{scenario} 对比 {base}", "base_of": "基准：{date} 的交通网络",
        "delta": "时间变化（分钟）", "newly": "新可达", "cut": "不再可达", "unchanged": "无变化",
        "faster": "快{low}–{high}分钟", "slower": "慢{low}–{high}分钟",
        "much_faster": "快{low}分钟及以上", "much_slower": "慢{low}分钟及以上",
        "fixed": "时间固定，不计拥堵缓解与诱增需求", "unreached": "前后均不可达",
        "score": "都市圈一体化指数", "points": "各城市得分", "pillars": "五项支柱（0 至 1）",
        "access": "核心可达", "mutual_reach": "互达", "balance": "均衡", "quality": "网络质量", "resilience": "韧性",
        "single_unit": "无得分：单一城市无从谈一体化",
        "disconnected": "部分城市与其他城市不连通",
        "worst_asset": "最薄弱设施：{asset}", "profile": "{profile} 口径",
        "source": "来源：commute {version}", "data": "数据 {hash}", "assumptions": "假设 {hash}",
        "coast": "海岸线：Natural Earth", "straight": "线路按站间直线绘制", "fell_back": "",
    },
}  # fmt: skip


def people(count: float, *, language: str) -> str:
    """Write a number of people as a newspaper would: 8.2 million people, 820万人."""
    if language == "zh":
        if count >= YI:
            return f"{count / YI:.2f}亿人"
        return f"{count / WAN:,.0f}万人" if count >= 10 * WAN else f"{count:,.0f}人"
    if count >= MILLION:
        return f"{count / MILLION:.1f} million people"
    return f"{round(count, -3):,.0f} people" if count >= WAN else f"{count:,.0f} people"


def area(km2: float, *, language: str) -> str:
    """Write an area in square kilometres; a sliver is not nothing."""
    number = f"{km2:,.0f}" if km2 >= 1 or km2 == 0 else "<1"
    return number + ("平方公里" if language == "zh" else " km²")


def minutes(cutoffs: Sequence[float], *, language: str) -> str:
    """Write cut-offs: "30 and 60 minutes"."""
    return listing([f"{cutoff:g}" for cutoff in cutoffs], language=language) + (
        "分钟" if language == "zh" else " minutes"
    )


def listing(items: Sequence[str], *, language: str) -> str:
    """Join items the way a sentence does: A, B and C."""
    words = WORDS[language]
    if len(items) < 2:  # noqa: PLR2004  (one item needs no joining word)
        return "".join(items)
    return words["comma"].join(items[:-1]) + words["and"] + items[-1]


def day(when: object) -> str:
    """Write a date as ISO 8601; empty where there is none."""
    if isinstance(when, str):
        return when
    if isinstance(when, date) and not pd.isna(when):
        return when.isoformat()[:10]
    return ""


def dated(when: str, *, language: str, word: str = "network_of") -> str:
    """Write as of when the network is; that it is not known where it is not."""
    return WORDS[language][word].format(date=when) if when else WORDS[language]["undated"]


def basis(name: object, *, language: str) -> str:
    """Write a basis in words; a custom one under its own name."""
    words = WORDS[language]
    if not isinstance(name, str) or not name:
        return words["basis_unknown"]
    return words.get(name, name.replace("_", " "))


def conditions(
    manifest: Mapping[str, object], *, basis_name: object, dated: str, language: str, also: Sequence[str] = ()
) -> str:
    """Write under which conditions a result holds: basis, what travellers use, time of day, ``also``, date."""
    words = WORDS[language]
    used = [words.get(mode, mode) for mode in _modes(manifest)]
    period = str(manifest.get("period", ""))
    parts = [basis(basis_name, language=language), listing(used, language=language), words.get(period, period), *also]
    said = GAP.join(part for part in [*parts, dated] if part)
    return said[:1].upper() + said[1:]


def source(manifest: Mapping[str, object], *, language: str, coast: bool) -> str:
    """Write the source line from a manifest; the first eight digits of a hash are enough to find it again."""
    words = WORDS[language]
    hashes = {key: str(manifest.get(f"{key}_hash") or "")[:8] for key in ("data", "assumptions")}
    parts = [words["source"].format(version=manifest.get("commute") or __version__)]
    parts += [words[key].format(hash=digits) for key, digits in hashes.items() if digits]
    parts += [words["coast"]] if coast else []
    parts += dict.fromkeys(str(one["source"]) for one in _streets(manifest) if one.get("source"))
    return words["pause"].join(parts)


def _streets(manifest: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return what a manifest says of each layer of streets."""
    streets = manifest.get("streets")
    return list(streets.values()) if isinstance(streets, dict) else []


def _modes(manifest: Mapping[str, object]) -> list[str]:
    """Return what travellers use; along streets, those of the streets instead of the schematic car."""
    travel = manifest.get("travel")
    modes = [str(mode) for mode in travel] if isinstance(travel, list | tuple) else []
    along = ["car" if one.get("mode") == "drive" else str(one.get("mode")) for one in _streets(manifest)]
    return list(dict.fromkeys([mode for mode in modes if mode != "car" or not along] + along))
