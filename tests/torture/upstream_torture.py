"""A thousand random lives of an account at each service: after a day the store says what the service says.

`python -m tests.torture.upstream_torture [--few]`. A collector that never lists everything again fails it.
"""

import logging
import sys
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from collectors.sources import sheets, strava, withings
from tests.bench._row import row
from tests.collectors.upstream import Changing, SheetsChanges, StravaChanges, WithingsChanges
from tests.torture.children import together

LIVES, FEW, STEPS = 1000, 20, 20
MACHINES: tuple[type[Changing], ...] = (StravaChanges, WithingsChanges, SheetsChanges)


def lived(machine: type[Changing], lives: int) -> Callable[[], str]:
    """In a process: what was wrong in the first life that ended wrongly; its steps are told on standard output, which is ours."""

    def work() -> str:
        logging.disable(logging.CRITICAL)
        how = settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=True,
            phases=[Phase.generate],  # to make the example short can take longer than all the lives
        )
        sys.stdout = sys.stderr
        try:
            run_state_machine_as_test(machine, settings=how)
        except AssertionError as error:
            return "\n".join([str(error) or "it ended otherwise than it is told", *getattr(error, "__notes__", ())])
        return ""

    return work


def careless(machine: type[Changing]) -> Callable[[], str]:
    """The same with a collector that has listed everything once and thinks that this will do."""

    def work() -> str:
        strava.FULL_EVERY = withings.FULL_EVERY = timedelta(days=9999)
        sheets.digest = lambda *_: "read once"
        return lived(machine, 2 * FEW)()

    return work


def main(few: bool) -> None:
    lives = FEW if few else LIVES
    found = together([lived(each, lives) for each in MACHINES])
    for machine, (error, wrong) in zip(MACHINES, found, strict=True):
        if error or wrong:
            print(f"{machine.name}: {error or wrong}", file=sys.stderr)
        row(f"{machine.name}: random lives of an account", lives, "", digits=0)
        row(f"{machine.name}: a life whose end the store does not know", bool(error or wrong), "", 0, 0)
    caught = together([careless(each) for each in MACHINES])
    row("random lives: careless collectors caught, of three", sum(bool(wrong) for _, wrong in caught), "", digits=0, at_least=3)


if __name__ == "__main__":
    main("--few" in sys.argv)
