"""How the networks of a version learned: their losses on the sessions that were held back, look by look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from forecast.model import Array
from forecast.registry import Version


@dataclass(frozen=True, kw_only=True)
class Network:
    """One network: the exercise it is of, and at each look its loss on the sessions held back, as a share of what it was before it
    had learned anything. It is used as it was at look `best`."""

    name: str
    losses: tuple[float, ...]
    best: int

    @property
    def least(self) -> float:
        """Its loss where it was best; 1 where it never came to be better than at the start."""
        return self.losses[self.best]


@dataclass(frozen=True, kw_only=True)
class Learned:
    """The networks for one exercise each, those with most sessions first, and the one over all (None: too little for it). They
    were looked at every `look` steps, and know the sessions up to the local day `through`."""

    own: tuple[Network, ...]
    every: Network | None
    look: int
    through: date


def learned(version: Version) -> Learned | None:
    """From a version of the target `volume`; None where no network was trained. Raises KeyError for one of older code."""
    networks = version.manifest["networks"]
    own = [_network(each, version.arrays["volume_lstm.curve"][:, at]) for at, each in enumerate(networks["volume_lstm"])]
    every = [_network(each, version.arrays["volume_lstm_all.curve"][:, at]) for at, each in enumerate(networks["volume_lstm_all"])]
    if not own and not every:
        return None
    sessions = dict(zip(version.manifest["exercises"], version.manifest["sessions"], strict=True))
    own.sort(key=lambda each: (-sessions.get(each.name, 0), each.name))
    look = (networks["volume_lstm"] or networks["volume_lstm_all"])[0]["look"]
    return Learned(own=tuple(own), every=every[0] if every else None, look=look, through=version.through)


def _network(told: dict[str, object], curve: Array) -> Network:
    held = curve[:, 1]
    held = held[~np.isnan(held)]
    first = held[0] if held[0] > 0 else 1.0  # always right before it learned: nothing to share out
    return Network(name=str(told["exercise"]), losses=tuple(float(each) for each in held / first), best=int(held.argmin()))
