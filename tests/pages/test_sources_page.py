"""The Sources page: each state in plain words with its way out, run now, disconnect, rows set aside and their download."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import collecting, shell
from dashboard.page import House, View
from dashboard.pages import sources
from health.records import Measurement, RawRow, Rejected
from store.runs import Run
from store.store import GroupWrite, SyncState, Token
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings
from tests.pages.conftest import LOOK, NOW, ZONE, App, text

KEYS = {"withings_client_id": "withings-id", "withings_client_secret": "withings-secret-canary"}
STRAVA = {"strava_client_id": "123", "strava_client_secret": "strava-secret-canary"}
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]


def drawn(house: House, view: Callable[..., View], **choices: str) -> str:
    return text(sources.content(view(house, "/sources", **choices))).replace("\u00a0", " ")


def sign_in(house: House, name: str = "withings") -> None:
    token = Token(source=name, access="access-canary", refresh="refresh-canary", expires_at=NOW + timedelta(hours=3))
    house.store.put_token("me", token, None)


def stand(house: House, state: str, message: str = "", **more: Any) -> None:
    known = {"last_run": NOW - timedelta(hours=2), "next_run": NOW + timedelta(hours=1), **more}
    house.store.put_sync_state("me", SyncState(source="withings", state=state, message=message, **known))  # type: ignore[arg-type]


def aside(said: str, row: str = "strong.csv, row 12", at: int = 1) -> Rejected:
    return Rejected(
        person="me", source="strong", group=f"g{at}", row_id=f"r{at}", row=row, field="Weight", reason="is not a number", said=said
    )


def set_aside(house: House, *rows: Rejected) -> None:
    house.store.write(
        "me",
        [
            GroupWrite(
                source=each.source, group=each.group, kind="workout", record=None, rejected=[each],
                rows=[RawRow(source=each.source, group=each.group, row_id=each.row_id, data={})],
            )
            for each in rows
        ],
        NOW,
    )  # fmt: skip


def test_a_service_without_its_settings_names_them(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    said = drawn(make_house(), view)
    for name in ("WITHINGS_CLIENT_ID and WITHINGS_CLIENT_SECRET", "STRAVA_CLIENT_ID", "SHEETS_CREDENTIALS and SHEETS_ID"):
        assert name in said
    assert "http://127.0.0.1:8050/connect/strava/callback" in said
    assert "Run all now" not in said


def test_what_is_ready_can_be_connected_and_what_is_not_cannot(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house(**KEYS)
    page = str(sources.content(view(house, "/sources")))
    assert "/connect/withings" in page
    assert "'/connect/strava'" not in page


@pytest.mark.parametrize(
    ("state", "message", "words", "button"),
    [
        ("ok", "", "Up to date", "Run now"),
        ("limited", "The limit is used up.", "Waiting until 19:20", "Run now"),
        ("partial", "There is more.", "Partly read", "Run now"),
        ("reconnect", "The sign-in is refused.", "Needs you", "Reconnect"),
        ("inactive", "A subscription is needed.", "Switched off by the service", "Add a file"),
        ("failed", "It could not be reached.", "Did not work", "Run now"),
    ],
)
def test_every_state_in_plain_words_with_a_way_out(
    state: str, message: str, words: str, button: str, make_house: Callable[..., House], view: Callable[..., View]
) -> None:
    house = make_house(**KEYS)
    sign_in(house)
    stand(house, state, message)
    said = drawn(house, view)
    assert words in said
    assert message in said
    assert button in said
    assert "Last read 2 hours ago, next at 19:20." in said
    assert "canary" not in said


def test_a_next_run_that_is_over_is_not_announced(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house(**KEYS)
    sign_in(house)
    stand(house, "ok", next_run=NOW - timedelta(hours=1))
    assert "next at" not in drawn(house, view)


def test_connected_but_never_read(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house(**KEYS)
    sign_in(house)
    assert "Not read yet" in drawn(house, view)


def test_counts_are_those_of_the_store(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house(**KEYS)
    sign_in(house)
    stand(house, "ok")
    for source in ("withings_api", "app"):
        record = Measurement(person="me", source=source, native_id="1", at=NOW, zone=ZONE, values={"body_mass_kg": 80})  # type: ignore[dict-item]
        row = RawRow(source=source, group="1", row_id="1", data={})
        house.store.write("me", [GroupWrite(source=source, group="1", kind="measurement", rows=[row], record=record)], NOW)
    said = drawn(house, view)
    assert "1 reading. Last read" in said
    assert "Typed here 1 reading" in said


def test_a_sheet_with_cells_set_aside_shows_the_way_to_them(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house(sheets_credentials="{}", sheets_id="sheet")
    ran = {"last_run": NOW, "last_success": NOW}
    house.store.put_sync_state("me", SyncState(source="sheets", state="ok", **ran))  # type: ignore[arg-type]
    assert "Up to date" in drawn(house, view)
    set_aside(house, *(replace(aside("1o0", at=at), source="sheets") for at in range(3)))
    said = drawn(house, view)
    assert "3 cells need a look" in said
    assert "See the cells" in said


def test_run_now_collects_in_the_background_and_the_page_follows(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    with Withings(now=NOW.timestamp()) as fake:
        app = make_app(**KEYS, withings_base_url=fake.url)
        form = {"grant_type": "refresh_token", "refresh_token": fake.sign_in.grant("user.metrics")}
        form |= {"client_id": "withings-id", "client_secret": "withings-secret-canary"}
        pair = fake.sign_in.exchange(form, fake.now(), check_redirect=False)
        house = app.house
        until = NOW + timedelta(hours=3)
        house.store.put_token("me", Token(source="withings", access=pair.access, refresh=pair.refresh, expires_at=until), None)
        told = app.fire({"collect": "withings"}, screen__data={"mode": "light"})
        assert told["jobs-poll"]["disabled"] is False
        (job,) = house.jobs.all()
        house.jobs.wait(job.id, 20)
        (step,) = house.jobs.all()[0].steps
        assert step.state == "done"
        assert "new" in step.said
        assert house.store.counts("me")["withings_api"]["measurement"] == len(house.store.bodies("me", "measurement")) > 0
        over = app.fire("jobs-poll", "n_intervals", 3, turn__data=1, screen__data={"mode": "light"})
        assert over["jobs-poll"]["disabled"] is True
        assert over[shell.TURN]["data"] == 2  # the whole page is drawn once more
        assert "Up to date" in drawn(house, view)


def test_a_source_that_is_running_is_not_started_again(make_house: Callable[..., House]) -> None:
    house = make_house(**KEYS)
    hold = threading.Event()
    house.jobs.start("collect", ["withings"], ["Withings"], lambda report: (hold.wait(5), report.step(0, state="done"))[1])
    assert collecting.start(house, ["withings"]) is None
    assert collecting.start(house, ["nobody"]) is None
    assert collecting.start(house) is None  # nothing is connected
    hold.set()


def test_disconnecting_says_what_goes_then_does_it(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    with Strava(now=NOW.timestamp()) as fake:
        app = make_app(**STRAVA, strava_base_url=fake.url)
        house = app.house
        sign_in(house, "strava")
        said = drawn(house, view, disconnect="strava")
        assert "removes everything that came through its API" in said
        assert "Keep it" in said
        told = app.fire({"disconnect": "strava"})
        assert told[shell.ADDRESS]["search"] == "?said=gone&source=strava"
        assert house.store.token("me", "strava") is None
        assert "Strava is disconnected" in drawn(house, view, said="gone", source="strava")
        assert app.fire({"disconnect": "nobody"}) == {}
        assert app.fire({"disconnect": "strava"}, value=None) == {}


def test_nothing_from_the_address_is_shown_as_it_is(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house(**KEYS)
    said = drawn(house, view, said="<script>alert(1)</script>", source="<img>", disconnect="<b>")
    assert "<" not in said


class TestSetAside:
    def test_the_list_says_from_where_what_and_why(self, make_house: Callable[..., House], view: Callable[..., View]) -> None:
        house = make_house()
        set_aside(house, aside("1o0"))
        said = drawn(house, view)
        assert "Weight:  “1o0”   is not a number Strong, strong.csv, row 12 Look" in said

    def test_many_are_counted_and_the_download_has_all(self, make_app: Callable[..., App], view: Callable[..., View]) -> None:
        app = make_app()
        set_aside(app.house, *(aside("x", at=at) for at in range(60)))
        assert "40 more come up as you decide these" in drawn(app.house, view)
        answer = app.client.get("/sources/rejected.csv")
        assert answer.mimetype == "text/csv"
        assert "attachment" in answer.headers["Content-Disposition"]
        assert len(list(csv.reader(io.StringIO(answer.get_data(as_text=True))))) == 61

    @pytest.mark.parametrize("formula", FORMULAS)
    def test_no_cell_of_the_download_begins_a_formula(self, formula: str) -> None:
        for cell in cells([aside(formula, row=formula)]):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert any(formula.strip() in cell for cell in cells([aside(formula)]))  # it is still all there

    @given(st.text(max_size=20), st.text(min_size=1, max_size=20))
    def test_whatever_stood_there(self, said: str, row: str) -> None:
        for cell in cells([aside(said, row=row)]):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))

    def test_an_empty_list_says_so(self, make_house: Callable[..., House], view: Callable[..., View]) -> None:
        assert "Every row that came in was understood" in drawn(make_house(), view)
        assert len(cells([])) == 0


def cells(rejected: list[Rejected]) -> list[str]:
    """Every cell of the download but its head."""
    table = list(csv.reader(io.StringIO(sources.rejected_csv(rejected), newline="")))
    return [cell for row in table[1:] for cell in row]


class TestHistory:
    def test_no_card_before_the_first_run(self, make_house: Callable[..., House], view: Callable[..., View]) -> None:
        assert "History" not in drawn(make_house(), view)

    def test_each_run_is_told_also_one_that_was_ended(self, make_house: Callable[..., House], view: Callable[..., View]) -> None:
        house = make_house(**KEYS)
        began = NOW - timedelta(hours=3)
        ok = Run(source="withings", began=began, ended=began + timedelta(seconds=4), state="ok", new=1482, changed=1, removed=0)
        house.store.put_run("me", replace(ok, rejected=2, requests=9))
        house.store.put_run("me", Run(source="withings", began=began - timedelta(hours=3), state="ended", message="It was ended."))
        house.store.put_sync_state("me", SyncState(source="withings", began=NOW, counts={"new": 7, "requests": 1}))
        said = drawn(house, view)
        assert "Requests State" in said
        assert "Sun 22 Nov, 15:20 Withings 4 s 1,482 1 0 2 9 Worked" in said
        assert "Sun 22 Nov, 12:20 Withings – – – – – – Ended in the middle It was ended." in said
        assert "Sun 22 Nov, 18:20 Withings – 7 – – – 1 Reading now, or ended in the middle" in said
        phone = text(sources.content(view(house, "/sources", look=replace(LOOK, compact=True)))).replace("\u00a0", " ")
        assert "1,482 new, 1 changed, 2 set aside in 4 s" in phone
        assert "What it brought is not known · Ended in the middle It was ended." in phone

    def test_each_source_has_a_history_of_its_own(self, make_house: Callable[..., House], view: Callable[..., View]) -> None:
        house = make_house(**KEYS)
        for n in range(30):
            began = NOW - timedelta(hours=3 * n)
            house.store.put_run("me", Run(source="withings", began=began, ended=began, state="ok", new=0))
            state: Any = "failed" if n < 2 else "ok"
            house.store.put_run("me", Run(source="strava", began=began, ended=began, state=state, new=0))
        said = drawn(house, view)
        assert "Strava: 30 runs, 2 did not work" in said
        assert "Withings: 30 runs" in said.replace("\u00a0", " ")


def test_a_page_that_was_only_just_drawn_is_not_drawn_again(make_app: Callable[..., App]) -> None:
    assert make_app().fire("jobs-poll", "n_intervals", 0, turn__data=1, screen__data={"mode": "light"}) == {}
