"""The manifest: what a result was computed from, carried in ``frame.attrs["manifest"]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commute._version import __version__
from commute.errors import BasisError, ParameterError
from commute.model.assumptions import BASES, Assumptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commute.model.network import Network


def settled(assumptions: Assumptions | None, basis: str | None) -> Assumptions:
    """Return the assumptions of a call: the given or the default ones, with the basis asked for.

    Raises
    ------
    ParameterError
        For a basis that does not exist.
    """
    given = assumptions if assumptions is not None else Assumptions()
    if basis is None or basis == given.basis:
        return given
    if basis not in BASES:
        raise ParameterError(f"basis cannot be {basis!r}: choose one of {', '.join(BASES)}.")
    return given.changed("basis", basis)


def manifest(network: Network, assumptions: Assumptions) -> dict[str, Any]:
    """Return what a result of this network under these assumptions is to be known by."""
    return {
        "commute": __version__,
        "region": network.region.region_id if network.region else None,
        "as_of": network.date.isoformat() if network.date else None,
        "data_hash": network.data_hash,
        "basis": assumptions.basis,
        "period": assumptions.period,
        "travel": list(assumptions.travel),
        "assumptions_hash": assumptions.hash,
    }


def one_basis(bases: Iterable[str]) -> str:
    """Return the basis that all of these results share.

    Raises
    ------
    BasisError
        If they do not share one.
    """
    found = sorted(set(bases))
    if len(found) != 1:
        raise BasisError(
            f"Results of different bases cannot be brought together: {', '.join(found) or 'none at all'}. "
            "Compute both with the same basis."
        )
    return found[0]
