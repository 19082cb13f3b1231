"""The search for secrets finds each of their forms; the search itself is `python -m tests.torture secrets`."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.torture.secrets_torture import PASSWORD, Place, careless, crashed, hits


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_secret_is_found_in_every_form(before: str) -> None:
    raw = (before + PASSWORD).encode()
    for text in (PASSWORD, quote(PASSWORD), json.dumps(PASSWORD), base64.b64encode(raw).decode(), raw.hex(), repr(PASSWORD)):
        assert hits({"log": f"x={text} and more"}, {PASSWORD}), text
    assert hits({"log": "nothing of it"}, {PASSWORD}) == []


def test_a_careless_collector_is_found(tmp_path: Path) -> None:
    place = Place(tmp_path)
    try:
        said = careless(place)
        assert hits({"careless": said}, place.secrets()), said
    finally:
        place.close()


def test_a_run_that_crashes_tells_no_secret(tmp_path: Path) -> None:
    place = Place(tmp_path)
    try:
        said = crashed(place, "strava")
        assert "Traceback" in said
        assert hits({"traceback": said}, place.secrets()) == []
    finally:
        place.close()
