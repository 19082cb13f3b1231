"""Correct, accept, dismiss, take back, import again, rebuild, in any order: never lost, never double, always what was last said."""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.decided import open_rejected
from collectors.importing import import_file
from collectors.rebuild import rebuild
from collectors.rejecting import Desk, handle, word_handle
from collectors.source import ReadOptions
from store.backup import export_lines, restore_lines
from store.sqlite import SQLiteStore

ME, NOW = "me", datetime(2025, 6, 1, 12, tzinfo=UTC)
KEYS = ("a-key-for-tests-that-is-long-enough",)
HEADER = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
DAY = "2025-01-01 10:00:00"
# (row as it came, the field set aside, the cell to correct, what is right)
ROWS = {
    "plain": (f"{DAY},Legs,Squat,1,100,5,,,,,", None, "", ""),
    "twin": (f"{DAY},Legs,Squat,2,100,5000,,,,,", "reps", "Reps", "5"),
    "same twin": (f"{DAY},Legs,Squat,2,100,5000,,,,,", "reps", "Reps", "6"),
    "letter": (f"{DAY},Legs,Squat,3,1OO,5,,,,,", "weight", "Weight", "100"),
    "month": ("2025-13-01 10:00:00,Legs,Squat,4,90,8,,,,,", "date", "Date", DAY),
    "month alone": ("2025-14-01 10:00:00,Arms,Curl,1,10,8,,,,,", "date", "Date", "2025-02-01 10:00:00"),
    "heavy": ("2025-01-08 10:00:00,Legs,Squat,1,1500,5,,,,,", "weight", "Weight", "150"),
}
NAMES = [name for name, row in ROWS.items() if row[1]]
UNLIKELY = ("twin", "same twin", "heavy")
Said = Literal["", "fixed", "accepted", "dismissed"]


def text(said: dict[str, Said], *, corrected: bool) -> str:
    """The file; with `corrected`, as it would be had the person corrected it instead."""
    columns = HEADER.split(",")
    lines = [HEADER]
    for name, (line, _, column, right) in ROWS.items():
        cells = line.split(",")
        if corrected and said.get(name) == "fixed":
            cells[columns.index(column)] = right
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


class World:
    """A store that a person decides in, and what they said last of each row."""

    def __init__(self, folder: str) -> None:
        self.folder, self.made = Path(folder), 0
        self.store = self.new()
        self.said: dict[str, Said] = {}
        self.bring(self.store, text({}, corrected=False))

    def new(self) -> SQLiteStore:
        self.made += 1
        store = SQLiteStore(self.folder / f"{self.made}.db", KEYS)
        store.create()
        return store

    def bring(self, store: SQLiteStore, said: str) -> None:
        (result,) = import_file(store, ME, io.BytesIO(said.encode()), "strong.csv", ReadOptions(zone="UTC", units="kg"), NOW)
        assert result.error is None

    @property
    def desk(self) -> Desk:
        return Desk(store=self.store, person=ME, clock=lambda: NOW, wait_s=0.0)

    def act(self, what: str, name: str) -> None:
        """Do it where it can be done now; what it means is noted in `said`."""
        if what == "import":
            return self.bring(self.store, text({}, corrected=False))
        if what == "rebuild":
            tally = rebuild(self.store, ME, NOW)
            assert (tally.new, tally.changed, tally.removed) == (0, 0, 0)
            return None
        if what == "restore":
            return self.restore()
        place = f"strong.csv, row {list(ROWS).index(name) + 2}"
        if what == "undo":
            for word in [each for each in self.desk.decisions() if each.place == place]:
                self.desk.undo(word_handle(word))
                self.said[name] = ""
            return None
        row = next((each for each, _ in self.desk.rejected() if each.row == place), None)
        if row is None or (what == "accept" and name not in UNLIKELY):
            return None
        if what == "fix":
            self.desk.fix(handle(row), {f"/{ROWS[name][2]}": ROWS[name][3]})
        else:
            getattr(self.desk, what)(handle(row))
        self.said[name] = {"fix": "fixed", "accept": "accepted", "dismiss": "dismissed"}[what]  # type: ignore[assignment]
        return None

    def restore(self) -> None:
        lines = [line.encode() for line in export_lines(self.store, ME)]
        other = self.new()
        restored = restore_lines(other, lambda: lines, NOW)
        assert not restored.wrong
        self.store.close()
        self.store = other

    def check(self) -> None:
        """The same sessions as from a file that says it right, with what was accepted; every row kept once, as it came."""
        clean = self.new()
        self.bring(clean, text(self.said, corrected=True))
        desk = Desk(store=clean, person=ME, clock=lambda: NOW, wait_s=0.0)
        for name, said in self.said.items():
            place = f"strong.csv, row {list(ROWS).index(name) + 2}"
            if said == "accepted":
                desk.accept(handle(next(each for each, _ in desk.rejected() if each.row == place)))
        assert self.store.bodies(ME, "workout") == clean.bodies(ME, "workout")
        clean.close()
        rows = [row for _, _, kept in self.store.all_raw_groups(ME) for row in kept]
        came = sorted(",".join(row.data.values()) for row in rows)
        assert came == sorted(line for line, *_ in ROWS.values()), "a raw row is lost, doubled or changed"
        named = {f"strong.csv, row {at}": name for at, name in enumerate(ROWS, 2)}
        still = sorted(named[each.row] for each in open_rejected(self.store, ME))
        assert still == sorted(name for name in NAMES if not self.said.get(name))
        assert self.store.check() == []


ACTS = st.tuples(
    st.sampled_from(["fix", "fix", "accept", "dismiss", "undo", "import", "rebuild", "restore"]), st.sampled_from(NAMES)
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(ACTS, min_size=1, max_size=14))
def test_in_any_order(acts: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        for what, name in acts:
            world.act(what, name)
        world.check()
        world.act("import", "")
        world.act("rebuild", "")
        world.check()
        world.store.close()


def test_the_check_can_fail() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        world.check()
        world.act("fix", "twin")
        world.said["twin"] = "dismissed"
        failed: Any = None
        try:
            world.check()
        except AssertionError as error:
            failed = error
        assert failed is not None
        world.store.close()
