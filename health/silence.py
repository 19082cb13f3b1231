"""When a source has been silent for longer than it usually is. Pure: from the days of its own records alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

# The rule, calibrated on real logs (docs/decisions/0014-silence.md).
LOOK_BACK: Final = timedelta(days=365)  # habits of longer ago do not count
LEAST_GAPS: Final = 12  # between days with records; with fewer nobody knows what is usual
QUANTILE: Final = 0.98
TIMES: Final = 1.5
LEAST_DAYS: Final = 4
MOST_DAYS: Final = 60  # nobody is told after two months what they know


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A source that has been silent since `last` for `days` days; usually there is something every `usual` days or sooner."""

    last: date
    days: int
    usual: int
    limit: int


def silence(days: Iterable[date], today: date) -> Silence | None:
    """The silence of a source with records on those days (in any order, repeats allowed); None where it is as usual.

    None too without enough history, and where it has been silent for so long that it was surely given up.
    """
    known = sorted({each for each in days if each <= today})
    if not known:
        return None
    last = known[-1]
    recent = [each for each in known if each >= last - LOOK_BACK]
    gaps = np.diff([each.toordinal() for each in recent])
    if len(gaps) < LEAST_GAPS:
        return None
    longest = int(np.ceil(np.quantile(gaps, QUANTILE)))
    limit = max(LEAST_DAYS, int(np.ceil(TIMES * longest)))
    quiet = (today - last).days
    if quiet <= limit or quiet > max(MOST_DAYS, 2 * limit):
        return None
    return Silence(last=last, days=quiet, usual=int(np.ceil(np.median(gaps))), limit=limit)
