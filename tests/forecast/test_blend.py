"""The default says something for as long as any of its parts does, and the page draws whatever that is."""

from datetime import date

import numpy as np

from dashboard.figures.forecast import Ahead, fan
from dashboard.theme import Look
from forecast.backtest import tracks
from forecast.features import inputs, weeks
from forecast.models.blend import Blend
from health.frames import Frames
from tests.forecast.made import readings, sunday, wandering


def silent() -> Frames:
    """Ninety weeks of readings, and two years without one."""
    values = wandering(7, 7 * 200)
    values[7 * 90 :] = np.nan
    return readings(values)


def test_after_years_without_a_reading_the_default_still_says_what_it_expects() -> None:
    made = tracks(weeks(inputs(silent(), "body_mass_kg", sunday(199), use_api=False)))
    assert np.isnan(made["holt"].mean[-1]).all()
    for name in ("blend", "ridge", "no_change"):
        assert np.isfinite(made[name].mean[-1]).all()
        assert np.isfinite(made[name].radius[80][-1]).all()
    np.testing.assert_allclose(made["blend"].mean[-1], made["ridge"].mean[-1], rtol=1e-12)


def test_the_shares_are_those_of_who_says_something() -> None:
    nothing = np.nan
    said = {"holt": np.array([[1.0, nothing, nothing]]), "ridge": np.array([[2.0, 3.0, nothing]])}
    np.testing.assert_allclose(Blend.joined(said), [[1.9, 3.0, nothing]])


def test_a_model_with_nothing_to_say_draws_what_was() -> None:
    look = Look(today=date(2024, 5, 1))
    none = Ahead(
        since=look.today, base=80.0, days=[], until=look.today, mean=[], low_50=[], high_50=[], low_80=[], high_80=[]
    )  # fmt: skip
    frame = silent().measurements
    assert fan(frame, look, ahead=none) == fan(frame, look)
