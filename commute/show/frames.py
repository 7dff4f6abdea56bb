"""What a picture needs of the frames and networks it is given, and how it reads names out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from commute.errors import BasisError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd

    from commute.model.network import Network
    from commute.show.fonts import Lettering


def require(frame: object, *, columns: Collection[str], what: str, made_by: str) -> None:
    """Raise ParameterError unless ``frame`` is a frame with rows and these columns."""
    if not isinstance(frame, pd.DataFrame):
        raise ParameterError(f"{what} must be a frame made by {made_by}, not {type(frame).__name__}.")
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ParameterError(
            f"{what} lacks the columns {', '.join(missing)}; give the frame that {made_by} returns "
            f"(got {', '.join(map(str, frame.columns))})."
        )
    if frame.empty:
        raise ParameterError(f"{what} has no rows: there is nothing to draw. Ask {made_by} for more.")


def require_geometry(frame: gpd.GeoDataFrame, *, what: str) -> gpd.GeoDataFrame:
    """Return the frame in EPSG:4326; ParameterError where it has no CRS or no geometry."""
    if getattr(frame, "crs", None) is None:
        raise ParameterError(f"{what} has no coordinate system: say which with .set_crs('EPSG:4326').")
    return frame.to_crs("EPSG:4326")


def only(frame: pd.DataFrame, column: str, *, what: str) -> str:
    """Return the one value of a column; mixed bases raise BasisError, other mixtures ParameterError."""
    values = sorted({str(value) for value in frame[column].dropna()})
    if len(values) > 1:
        error = BasisError if column == "basis" else ParameterError
        raise error(f"{what} mix {column} {' and '.join(values)}: draw one picture for each.")
    return values[0] if values else ""


def pick(frame: pd.DataFrame, column: str, wanted: object, *, what: str) -> object:
    """Return ``wanted`` if the column has it (its first value for None); ParameterError lists what there is."""
    known = list(dict.fromkeys(frame[column].tolist()))
    if wanted is None:
        return known[0]
    if wanted not in known:
        raise ParameterError(
            f"{what} have no {column} {wanted!r}; there is {', '.join(str(value) for value in known)}."
        )
    return wanted


def name_of(place_id: str, *, network: Network | None, lettering: Lettering, otherwise: str = "") -> str:
    """Return the name of a place in the language of the picture; without a network what its identifier says."""
    if network is None or place_id not in network.places.index:
        return otherwise or str(place_id).replace("-", " ").title()
    row = network.places.loc[place_id]
    return lettering.choose(row["name"], row["name_zh"])


def manifest_of(frame: pd.DataFrame) -> Mapping[str, object]:
    """Return the manifest that a result carries; empty where it carries none."""
    manifest = frame.attrs.get("manifest", {})
    return manifest if isinstance(manifest, dict) else {}
