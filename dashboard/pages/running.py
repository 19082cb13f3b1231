"""Running, and any other sport: what was done, how far and how fast, against the time before."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pandas as pd

from dashboard import cards, chart, controls, oneactivity, spans, words
from dashboard.elements import Component, html
from dashboard.figures.running import MEASURES, amount, by_pace, rate, sessions_of
from dashboard.memory import remembered
from dashboard.page import Page, View
from dashboard.tables import array, between, rows, rows_at
from dashboard.theme import Look
from health import running, weeks

PAGE = Page(path="/running", name="Running", icon="run", domain="run", order=30)

# The sport as the heading of its page, and one session of it in a sentence.
_SPORTS = {
    "run": ("Running", "run"),
    "ride": ("Riding", "ride"),
    "swim": ("Swimming", "swim"),
    "walk": ("Walking", "walk"),
    "hike": ("Hiking", "hike"),
    "row": ("Rowing", "row"),
    "yoga": ("Yoga", "session"),
}
_BY = {"session": "Session", "week": "Week", "month": "Month", "year": "Year"}
_SHOWN = 10
Days = tuple[date | None, date | None]  # the first and the last one shown; None is open


def depends(view: View) -> int | None:
    """Nothing besides the frames and the address; one activity, whatever changed last, which may be its time series."""
    return view.house.store.sequence(view.house.person) if oneactivity.PARAMETER in view.choices else None


def content(view: View) -> Component:
    """The page of one sport; the most frequent one unless the address names another (runs, where there are any)."""
    activities = view.frames.activities
    present = remembered(activities, "sports", lambda: running.sports(activities))
    if not present:
        return _nothing()
    names = [name for name, _ in present]
    if oneactivity.PARAMETER in view.choices:
        return _one(view, view.choices[oneactivity.PARAMETER])
    sport = view.choice("sport", names, "run" if "run" in names else names[0])
    table = sessions_of(activities, sport)
    usual = spans.usual(view, table["day"].iloc[-1].date() if len(table) else None)
    days = spans.days(view, usual)
    look, (title, _) = view.look, sport_words(sport)
    begun = activities["day"].min().date()
    small, said = remembered(
        table, ("small", look, begun), lambda: (_small(table, sport, look, begun), news(table, sport, look, begun))
    )
    aside = html.Div([_sport_choice(present, sport), spans.segments(view, usual)], className="fb-controls")
    return html.Div(
        [
            cards.head(title, aside, eyebrow=said),
            cards.grid(*small, *_pictures(view, table, sport, days), *_tables(view, table, sport, days)),
        ]
    )


def _one(view: View, id: str) -> Component:
    """The page of one activity, whatever its sport."""
    activities = view.frames.activities
    sports = activities["sport"].to_numpy()[activities["id"].to_numpy() == id]
    return oneactivity.content(view, id, *sport_words(str(sports[0]) if len(sports) else "run"))


def sport_words(sport: str) -> tuple[str, str]:
    """The heading of a sport and the word for one session of it: `Running`, `run`."""
    return _SPORTS.get(sport, (sport.replace("_", " ").capitalize(), "session"))


def news(table: pd.DataFrame, sport: str, look: Look, begun: date) -> str:
    """The page in one sentence: this week against the usual one."""
    one = sport_words(sport)[1]
    if table.empty:
        return ""
    n, this, usual = _weeks(table, look, begun)
    measure = "distance" if this["distance_m"] > 0 or usual["distance_m"] > 0 else "time"
    column = "distance_m" if measure == "distance" else "time_s"
    if not n:
        last = table["day"].iloc[-1].date()
        return f"No {one} this week yet; the last was on {words.day(last, look)}."
    many = words.spelled(n) if n > 1 else "one"
    said = f"{amount(measure, this[column], sport, look)} this week in {many} {one if n == 1 else _many(one)}"
    return f"{said}; a usual week is {amount(measure, usual[column], sport, look)}." if usual["n"] >= 0 else f"{said}."


def _many(one: str) -> str:
    return f"{one}s"


def _weeks(table: pd.DataFrame, look: Look, begun: date) -> tuple[int, dict[str, float], dict[str, float]]:
    """Number and totals of this week, and the totals of a usual one as every page means it; NaN where no whole week is over."""
    columns = ("distance_m", "time_s", "ascent_m")
    by_week = weeks.of_activities(table, columns, begun, look.today, look.first_weekday)
    found = {each: weeks.compare(by_week, each, look.today, look.first_weekday) for each in ("n", *columns)}
    this = {each: 0.0 if math.isnan(one.this_week) else one.this_week for each, one in found.items()}
    return int(this["n"]), this, {each: one.usual for each, one in found.items()}


# -- four small cards ---------------------------------------------------------------------------------------------------------


def _small(table: pd.DataFrame, sport: str, look: Look, begun: date) -> list[Component]:
    measure, column = _main(table)
    found = [_last(table, sport, look, measure, column), _week(table, sport, look, begun)]
    found += [_year(table, sport, look, measure, column), _record(table, sport, look)]
    return found


def _main(table: pd.DataFrame) -> tuple[str, str]:
    """The measure that the cards of these sessions count, and its column."""
    return ("distance", "distance_m") if (table["distance_m"] > 0).any() else ("time", "time_s")


def _last(table: pd.DataFrame, sport: str, look: Look, measure: str, column: str) -> Component:
    last = table.iloc[-1]
    lines = [words.day_near(last["day"].date(), look)]
    if last["speed_mps"] > 0:
        lines.append(str(rate(float(last["speed_mps"]), sport, look)))
    said: list[cards.Part] = [cards.note(", ".join(lines))]
    if len(table) > 1:
        said.append(_against(last, table.iloc[-2], sport, look, column, measure))
    one = sport_words(sport)[1]
    return cards.small_card(f"Last {one}", amount(measure, float(last[column]), sport, look), *said, domain="run")


def _against(last: pd.Series, before: pd.Series, sport: str, look: Look, column: str, measure: str) -> Component:
    """How it compares with the one before: faster where both have a pace, else more or less of it."""
    if last["speed_mps"] > 0 and before["speed_mps"] > 0 and by_pace(sport, look) and sport != "swim":
        change = words.faster(float(last["speed_mps"]), float(before["speed_mps"]), look)
        return cards.note(f"{words.faster_text(change)} than the one before".replace("no change than", "same pace as"))
    grown = float(last[column]) - float(before[column])
    change = words.change(amount(measure, abs(grown), sport, look), grown)
    return cards.note(f"{words.more_text(change)} than the one before".replace("no change than", "as much as"))


def _week(table: pd.DataFrame, sport: str, look: Look, begun: date) -> Component:
    measure, column = _main(table)
    n, this, usual = _weeks(table, look, begun)
    one = sport_words(sport)[1]
    lines = [
        cards.note(words.count(n, one, _many(one)) if n else f"no {one} yet"),
        *([cards.note(f"usual week {amount(measure, usual[column], sport, look)}")] if usual["n"] >= 0 else []),
    ]
    return cards.small_card("This week", amount(measure, this[column], sport, look), *lines, domain="run")


def _year(table: pd.DataFrame, sport: str, look: Look, measure: str, column: str) -> Component:
    this = table[table["day"] >= pd.Timestamp(date(look.today.year, 1, 1))]
    one = sport_words(sport)[1]
    lines = [cards.note(words.count(len(this), one, _many(one)))]
    until = pd.Timestamp(look.today) - pd.DateOffset(years=1)
    past = table[(table["day"] >= pd.Timestamp(date(look.today.year - 1, 1, 1))) & (table["day"] <= until)]
    if not past.empty:
        lines.append(cards.note(f"last year by now {amount(measure, float(past[column].sum()), sport, look)}"))
    return cards.small_card(str(look.today.year), amount(measure, float(this[column].sum()), sport, look), *lines, domain="run")


def _record(table: pd.DataFrame, sport: str, look: Look) -> Component:
    found = running.records(table)
    if "pace" in found:
        best = found["pace"]
        over = f"over {words.distance(float(best['distance_m']), look)}"
        lines = [cards.note(over), cards.note(f"on {words.day(best['day'].date(), look)}")]
        return cards.small_card("Fastest", rate(float(best["speed_mps"]), sport, look), *lines, domain="run")
    name, measure, column = ("Farthest", "distance", "distance_m") if "distance" in found else ("Longest", "time", "time_s")
    if measure not in found:
        return cards.small_card("Longest", words.Amount(words.NONE), cards.note("none says how long it was"), domain="run")
    best = found[measure]
    lines = [cards.note(f"on {words.day(best['day'].date(), look)}")]
    return cards.small_card(name, amount(measure, float(best[column]), sport, look), *lines, domain="run")


# -- pictures -----------------------------------------------------------------------------------------------------------------


def _pictures(view: View, table: pd.DataFrame, sport: str, days: Days) -> list[Component]:
    first, last = days
    has_distance = bool((table["distance_m"] > 0).any())
    measure = view.choice("measure", MEASURES, "distance" if has_distance else "time")
    by = view.choice("by", _BY, "week")
    named = dict(MEASURES) | {"rate": "Pace" if by_pace(sport, view.look) else "Speed"}
    door = cards.rows_link("activities", sport=sport, first=str(first or ""), last=str(last or ""))

    def over_time() -> Component:
        figure = chart.draw(
            "running.over_time", view.frames.activities, view.look, measure=measure, by=by, sport=sport, first=first, last=last
        )
        said = {"session": "each session, and the middle one of nine"}.get(by, f"by {by}")
        return cards.card(
            f"{named[measure]}, {said}",
            html.Div(
                [
                    controls.segments(view, "measure", list(named.items()), measure, label="What is shown"),
                    controls.segments(view, "by", list(_BY.items()), by, label="Summed by"),
                ],
                className="fb-controls fb-tight",
            ),
            cards.graph("running.over_time", figure, height=280, zoom=view.look.today),
            moment=door,
            w=7,
            domain="run",
        )

    name = f"Distance and {'pace' if by_pace(sport, view.look) else 'speed'}"

    def speed() -> Component:
        figure = chart.draw("running.distance_and_speed", view.frames.activities, view.look, sport=sport, first=first, last=last)
        drawn = cards.graph("running.distance_and_speed", figure, height=296)
        climbs = (table["ascent_m"] > 0).any()
        said = cards.note("Up is faster. The stronger the colour, the more was climbed." if climbs else "Up is faster.")
        return cards.card(name, said, drawn, moment=door, w=5, domain="run")

    return [
        cards.drawn("Over time", over_time, w=7, domain="run"),
        cards.drawn(name, speed, w=5, domain="run"),
    ]


# -- tables -------------------------------------------------------------------------------------------------------------------


def _tables(view: View, table: pd.DataFrame, sport: str, days: Days) -> list[Component]:
    return [
        cards.drawn("Sessions", lambda: _sessions_card(view, table, sport, days), w=7, domain="run"),
        cards.drawn("Totals", lambda: _totals_card(view, table, sport), w=5, domain="run"),
    ]


def _sessions_card(view: View, table: pd.DataFrame, sport: str, days: Days) -> Component:
    look, (first, last) = view.look, days
    inside = between(array(table, "day"), first, last)
    n = inside.stop - inside.start
    if n <= 0:
        return cards.card("Sessions", cards.empty(f"None in {spans.said(view)}."), w=7, domain="run")
    latest = range(inside.stop - 1, inside.stop - 1 - min(n, _SHOWN), -1)
    shown = [
        [
            cards.link(words.day_near(row["day"], look), controls.address(view, activity=row["id"])),
            _or_dash("distance", row["distance_m"], sport, look),
            words.duration(row["time_s"]) if row["time_s"] > 0 else words.NONE,
            _or_dash("rate", row["speed_mps"], sport, look),
            _or_dash("climb", row["ascent_m"], sport, look),
        ]
        for row in rows_at(table, latest, "id", "day", "distance_m", "time_s", "speed_mps", "ascent_m")
    ]
    columns = ["Day", "Distance", "Time", "Pace" if by_pace(sport, look) else "Speed", "Climb"]
    if look.compact:  # four columns are what a phone can hold
        columns, shown = columns[:-1], [row[:-1] for row in shown]
    way = cards.link(
        f"All {words.number(n)}",
        f"/rows?of=activities&sport={sport}" + (f"&first={first}" if first else "") + (f"&last={last}" if last else ""),
        "fb-note fb-rows",
    )
    body = cards.table(columns, shown, numeric=range(1, len(columns)), label=f"The last {len(shown)} sessions")
    return cards.card("Sessions", body, moment=way, w=7, domain="run")


def _totals_card(view: View, table: pd.DataFrame, sport: str) -> Component:
    by = view.choice("by", _BY, "week")
    period: running.Period = "year" if by in ("year", "session") else by  # type: ignore[assignment]
    return remembered(table, ("totals", period, view.look), lambda: _totals(table, sport, period, view.look))


def _totals(table: pd.DataFrame, sport: str, period: running.Period, look: Look) -> Component:
    totals = running.totals(table, period, look.first_weekday, look.today).iloc[: -_SHOWN - 1 : -1]
    shown = [
        [
            _period_name(row["start"], period, look),
            words.number(row["n"]),
            _or_dash("distance", row["distance_m"], sport, look),
            words.duration(row["time_s"]) if row["time_s"] > 0 else words.NONE,
        ]
        for row in rows(totals, "start", "n", "distance_m", "time_s")
    ]
    body = cards.table([period.capitalize(), "Times", "Distance", "Time"], shown, numeric=(1, 2, 3), label=f"Totals by {period}")
    return cards.card("Totals", body, moment=f"by {period}", w=5, domain="run")


def _period_name(start: date, period: str, look: Look) -> str:
    if period == "year":
        return f"{start:%Y}"
    if period == "month":
        return f"{start:%b}" if start.year == look.today.year else f"{start:%b %Y}"
    return words.span(start, start + timedelta(days=6))


def _or_dash(measure: str, value: float, sport: str, look: Look) -> str:
    return str(amount(measure, value, sport, look)) if math.isfinite(value) and value > 0 else words.NONE


# -- choices and empty --------------------------------------------------------------------------------------------------------


def _sport_choice(present: list[tuple[str, int]], sport: str) -> Component | None:
    if len(present) < 2:
        return None
    options = {name: f"{sport_words(name)[0]} ({words.number(n)})" for name, n in present}
    return controls.choice("sport", options, sport, label="Sport")


def _nothing() -> Component:
    way = html.Div(
        [cards.link("Connect Strava", "/sources"), cards.link("Drop an export", "/sources#files")], className="fb-bannerways"
    )
    said = cards.empty("No run, ride or other activity yet. They come from Strava or from the export of your account.", way_on=way)
    return html.Div([cards.head("Running"), cards.card("Activities", said, domain="run")])
