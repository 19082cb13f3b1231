"""A thousand random lives of an account at each service: after a day the store says what the service says.

`python -m tests.torture.upstream_torture [--few]`; tests/collectors/test_upstream_changes.py shows that a careless one fails.
"""

import sys

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.bench._row import row
from tests.collectors.upstream import Changing, StravaChanges, WithingsChanges

LIVES, STEPS = 1000, 20


def main(few: bool) -> None:
    machines: tuple[type[Changing], ...] = (StravaChanges, WithingsChanges)
    how = settings(
        max_examples=20 if few else LIVES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=True,
    )
    for machine in machines:
        wrong = 0
        try:
            run_state_machine_as_test(machine, settings=how)
        except AssertionError as error:
            wrong = 1
            print(f"{machine.name}: {error}", file=sys.stderr)
        row(f"{machine.name}: random lives of an account", how.max_examples, "", digits=0)
        row(f"{machine.name}: a life whose end the store does not know", wrong, "", 0, 0)


if __name__ == "__main__":
    main("--few" in sys.argv)
