"""Claims: the published claims that ship, held against the data that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commute.errors import ParameterError
from commute.io import datasets
from commute.measure.claims import audited
from commute.model.assumptions import BASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from commute.model.assumptions import Assumptions
    from commute.model.network import Network


def audit_claims(
    region: str | Network,
    *,
    claims: pd.DataFrame | None = None,
    bases: Iterable[str] = BASES,
    assumptions: Assumptions | None = None,
) -> pd.DataFrame:
    """Hold what has been published about a region against the model, each claim as of its own day, under each basis.

    A time is that of the slowest pair claimed, by the means of travel claimed. A claim holds where no pair takes more
    than a tenth longer than claimed and, if it says how long it took before, that too was at least nine tenths of it:
    who calls it two hours become thirty minutes claims both. A size holds within a tenth.

    Parameters
    ----------
    region
        A region that ships, by its id, English or Chinese name, or a network of all days, not ``as_of`` one.
    claims
        Rows of the columns of ``commute.claims()``; those that ship about the region where not given.
    bases
        The bases to ask under; a size knows none and has one row.
    assumptions
        What the minutes include besides the ride; the defaults where not given.

    Returns
    -------
    DataFrame
        One row per claim and basis: ``claim_id``, ``kind``, ``basis``, ``from_id``, ``to_id`` (the slowest pair),
        ``claimed_before``, ``modelled_before``, ``claimed``, ``modelled`` (minutes, people or km2), ``difference``
        (modelled less claimed), ``share`` (of the pairs claimed that are within the time), ``holds``, ``verdict`` of
        the claim (holds under every basis asked, fails under each, depends on it), ``decisive``: the one assumption
        that at an end of its range brings the claim nearest to the other side, and whether it ``flips`` there;
        ``decisive_value``, ``decisive_before`` and ``decisive_modelled`` what it would be; ``source``.

    Raises
    ------
    ParameterError
        For a network as of a day or of no region, no basis or an unknown one.
    UnknownNameError
        For a region that nobody knows, and a place of a claim that is not in the network.
    """
    network = datasets.load(region) if isinstance(region, str) else region
    if claims is None:
        if network.region is None:
            raise ParameterError("The network is of no region: say which claims to hold against it.")
        claims = datasets.claims(network.region.region_id)
    return audited(network, claims, bases=bases, assumptions=assumptions)
