"""A weigh-in of a scale that several people stand on: the person says of a single one that it is theirs, and takes that back."""

from datetime import datetime

from collectors.rebuild import rebuild
from collectors.rejecting import Desk, handle
from store.store import Store
from tests.files.test_recorded import imported
from tests.fixtures import recorded as made


def test_one_weigh_in_is_said_to_be_mine(store: Store, now: datetime) -> None:
    data = made.fit_scale([(made.START, 8123, 0), (made.START, 6099, 1)])
    imported(store, data, "scale.fit", now)
    desk = Desk(store=store, person="me", clock=lambda: now, owner="test")
    mine = next(handle(each) for each, _ in desk.rejected() if each.said == "user 0")
    assert "accept" in desk.look(mine).can
    desk.accept(mine)
    assert [each["body_mass_kg"] for each in store.bodies("me", "measurement")] == [81.23]
    (again,) = imported(store, data, "scale.fit", now)
    assert (again.unchanged, again.rejected) == (1, 1)
    assert rebuild(store, "me", now).changed == 0
