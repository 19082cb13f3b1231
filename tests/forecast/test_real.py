"""On a real person's weigh-ins: what is promised holds there too. The figures themselves stand in docs/forecast.md."""

from datetime import date

import pandas as pd
import pytest

from forecast.backtest import score, tracks
from forecast.features import inputs, weeks
from tests.forecast.made import EMPTY, replace


@pytest.fixture(scope="module")
def table(realdata):
    rows = pd.read_csv(realdata("weight/dericmei.csv"), skiprows=1)
    at = pd.to_datetime(rows["startDate"], format="%Y-%m-%d %H:%M:%S %z", utc=True)
    day = at.dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize().astype("datetime64[us]")
    frame = pd.DataFrame({"id": rows.index.astype(str), "source": "apple", "at": at, "zone": "America/New_York", "day": day})
    frame["precision"], frame["body_mass_kg"] = "instant", rows["value"]
    frames = replace(EMPTY, measurements=frame.sort_values("at"))
    return weeks(inputs(frames, "body_mass_kg", date(2024, 1, 14), use_api=False))


def test_the_default_beats_no_change_on_a_real_person(table):
    made = tracks(table, {"blend", "no_change"})
    scores = {each: score(table, made["blend"], each, "body_mass_kg") for each in (1, 4, 8, 12)}
    assert scores[1]["n"] > 150
    assert scores[1]["skill"] > 0.06
    assert scores[4]["skill"] > 0.03
    assert scores[8]["skill"] > 0
    assert scores[12]["skill"] > -0.02
    for each in scores.values():
        assert 0.76 < each["coverage_80"] < 0.86
        assert 0.45 < each["coverage_50"] < 0.55
