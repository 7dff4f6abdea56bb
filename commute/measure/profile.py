"""The circles of a kind of region, and how much of a whole one journey is worth inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from commute.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from commute.measure.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Profile:
    """Three circles, in minutes, and the best time one may ask of a network.

    ``inner`` is the circle within which time no longer matters, ``half`` the one at which a journey is
    worth half, ``outer`` the one at which it is worth nothing: policy's half-hour, one-hour and two-hour
    circles. They are fixed numbers and not extremes of a sample, so that regions, dates and scenarios
    compare. ``terminal_minutes`` and ``speed_kmh`` say how fast a good network covers a straight line
    (``ideal``); defaults are a judgement.

    Raises ParameterError unless 0 <= inner < half < outer, terminal_minutes >= 0 and speed_kmh > 0, all
    finite.
    """

    name: str
    inner: float
    half: float
    outer: float
    terminal_minutes: float = 20.0
    speed_kmh: float = 120.0

    def __post_init__(self) -> None:
        """Refuse circles out of order."""
        circles = (self.inner, self.half, self.outer)
        if not (np.isfinite(circles).all() and 0 <= self.inner < self.half < self.outer):
            raise ParameterError(
                f"Profile {self.name!r}: in minutes, 0 <= inner < half < outer must hold; got {circles}."
            )
        if not (np.isfinite(self.terminal_minutes) and self.terminal_minutes >= 0):
            raise ParameterError(
                f"Profile {self.name!r}: terminal_minutes must be at least zero; got {self.terminal_minutes}."
            )
        if not (np.isfinite(self.speed_kmh) and self.speed_kmh > 0):
            raise ParameterError(f"Profile {self.name!r}: speed_kmh must be above zero; got {self.speed_kmh}.")

    def closeness(self, minutes: ArrayLike) -> FloatArray:
        """Return u(t) in [0, 1]: 1 up to ``inner``, .5 at ``half``, 0 from ``outer`` on.

        Straight lines in between. Any shape in, the same shape out; inf gives 0.
        """
        return np.asarray(
            np.interp(np.asarray(minutes, dtype=np.float64), (self.inner, self.half, self.outer), (1.0, 0.5, 0.0)),
            dtype=np.float64,
        )

    def ideal(self, distance_km: ArrayLike) -> FloatArray:
        """Return t* in minutes: the terminals and the crow-fly distance at ``speed_kmh``, at least ``inner``.

        The floor makes every journey inside the inner circle a perfect one and keeps quality continuous.
        """
        flight = self.terminal_minutes + 60.0 / self.speed_kmh * np.asarray(distance_km, dtype=np.float64)
        return np.maximum(self.inner, flight)

    def quality(self, minutes: FloatArray, ideal: FloatArray) -> FloatArray:
        """Return q = min(1, t*/t) in [0, 1]; 0 where there is no way."""
        return np.divide(ideal, minutes, out=np.ones_like(minutes), where=minutes > ideal)


METRO: Final = Profile("METRO", 30.0, 60.0, 120.0)
AGGLO: Final = Profile("AGGLO", 60.0, 120.0, 240.0)

PROFILES: Final[dict[str, Profile]] = {profile.name: profile for profile in (METRO, AGGLO)}


def profile_of(profile: str | Profile) -> Profile:
    """Return the profile of that name, in any case, or the profile itself.

    Raises UnknownNameError for a name that is not in ``PROFILES``.
    """
    if isinstance(profile, Profile):
        return profile
    found = PROFILES.get(profile.upper())
    if found is None:
        raise UnknownNameError.of("profile", profile, {name: name for name in PROFILES})
    return found
