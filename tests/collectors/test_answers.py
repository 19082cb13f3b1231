"""JSON with what no store can keep: the row that says it is set aside, never the answer around it, and never everything before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collectors.answers import named, told
from tests.collectors.conftest import Home
from tests.fakes.server import Answer, Request
from tests.fakes.withings import Withings, group


def test_numbers_that_no_store_keeps_come_as_their_text() -> None:
    assert told("[NaN, -Infinity, 1e400, 1.5, 7]") == ["NaN", "-Infinity", "1e400", 1.5, 7]
    assert told("9" * 5000) == "9" * 5000
    assert told('{"a": "é"}'.encode("utf-16")) == {"a": "é"}
    assert told("[1.10]", floats=str) == ["1.10"]


def test_what_is_nested_deeply_comes_as_a_text_and_without_end_not_at_all() -> None:
    assert told('{"a": 1, "b": ' + "[" * 60 + "]" * 60 + "}")["a"] == 1
    with pytest.raises(ValueError, match="nested without end"):
        told("[" * 100_000)


def test_an_entry_without_a_name_has_one_of_what_it_says() -> None:
    assert named({"a": 1, "b": 2}) == named({"b": 2, "a": 1}) != named({"a": 1})


Spoil = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("spoil", "state", "kept"),
    [
        (lambda body: {**body, "measuregrps": None}, "failed", 3),
        (lambda body: {**body, "updatetime": True}, "failed", 3),
        (lambda body: {**body, "updatetime": 77_777_777_777}, "failed", 3),
        (lambda body: {**body, "measuregrps": [*body["measuregrps"][1:], "busy"]}, "ok", 3),
    ],
)
def test_an_answer_without_a_list_deletes_nothing(
    home: Home, withings: Callable[..., Withings], spoil: Spoil, state: str, kept: int
) -> None:
    now = int(home.at.timestamp())
    fake = withings([group(now - day * 86_400, {1: (80_000, -3)}) for day in (1, 2, 3)])
    home.collect()
    honest = fake.answer

    def answer(request: Request) -> Answer:
        got = honest(request)
        is_listing = request.form.get("action") == "getmeas"
        return Answer({**got.content, "body": spoil(got.content["body"])}) if is_listing else got

    fake.answer = answer  # type: ignore[method-assign]
    home.later(hours=21)
    assert home.collect()["withings"].state == state
    assert len(home.store.bodies("me", "measurement")) == kept
    fake.answer = honest  # type: ignore[method-assign]
    home.later(hours=21)
    assert home.collect()["withings"].state == "ok"
    assert (len(home.store.bodies("me", "measurement")), home.store.rejected("me")) == (3, [])
