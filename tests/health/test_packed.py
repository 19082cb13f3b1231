"""A time series as one text: exact to the step of its unit, checked to the byte, bounded."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health import packed
from health.packed import STEPS, PackedError

values = st.none() | st.integers(-(2**31) + 1, 2**31 - 1)


@given(st.integers(1, 40).flatmap(lambda n: st.dictionaries(
    st.sampled_from(sorted(STEPS)), st.lists(values, min_size=n, max_size=n), min_size=1)))  # fmt: skip
def test_what_goes_in_comes_out(steps: dict[str, list[int | None]]) -> None:
    columns = {name: np.array([np.nan if each is None else each / STEPS[name] for each in told]) for name, told in steps.items()}
    names = [name for name in STEPS if name in columns]
    points = len(columns[names[0]])
    back = packed.unpack(packed.pack(columns), names, points)
    for name in names:
        np.testing.assert_array_equal(np.rint(back[name] * STEPS[name]), np.rint(columns[name] * STEPS[name]))


def run(points: int) -> dict[str, np.ndarray]:
    seconds = np.arange(float(points))
    noise = np.sin(seconds * 12.9898) * 43758.5453 % 1
    return {
        "time_s": seconds,
        "distance_m": seconds * 3 + noise,
        "heart_rate_bpm": 140 + np.rint(9 * noise),
        "lat_deg": 52 + seconds / 4e4,
    }


def test_a_run_is_small_and_a_day_of_noise_is_thinned_to_fit() -> None:
    assert len(packed.pack(run(3000))) < 15_000
    text, kept = packed.pack_within(run(200_000))
    assert len(text) <= packed.MOST_TEXT
    assert 50_000 <= len(kept["time_s"]) < 200_000
    assert (kept["time_s"][0], kept["time_s"][-1]) == (0, 199_999)
    assert set(np.diff(kept["time_s"])[:-1]) <= {2, 4}


def test_every_damage_is_noticed() -> None:
    columns = run(50)
    names, text = [name for name in STEPS if name in columns], packed.pack(columns)
    for at in range(0, len(text) - 4, 7):
        spoilt = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(PackedError):
            packed.unpack(spoilt, names, 50)
    for said in ((names, 49), (names, 51), (names[:-1], 50), ([*names, "power_w"], 50), (["weight"], 50), (names, 0), ([], 50)):
        with pytest.raises(PackedError):
            packed.unpack(text, *said)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = base64.b64encode(zlib.compress(b"\0" * 50_000_000)).decode()
    with pytest.raises(PackedError, match="another length"):
        packed.unpack(bomb, ["time_s"], 10)


def test_a_number_beyond_its_unit_is_refused() -> None:
    with pytest.raises(PackedError, match="beyond the range"):
        packed.pack({"distance_m": np.array([3e8])})
