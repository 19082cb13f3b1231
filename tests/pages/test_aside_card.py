"""The card of rows set aside: looked at in place, corrected, taken as true, dismissed, undone; nothing of it runs as markup."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from collectors.decided import open_rejected
from collectors.importing import import_file
from collectors.leases import Lease
from collectors.rejecting import handle, word_handle
from collectors.source import ReadOptions
from dashboard import aside
from dashboard.page import View
from dashboard.pages import sources
from tests.pages.conftest import NOW, ZONE, App, text

FILE = "Date,Weight (kg),Fat (%)\n2025-01-01,80.5,21\n2025-01-02,900,22\n2025-01-03,8l,20\n"


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    made = make_app()
    import_file(made.house.store, "me", io.BytesIO(FILE.encode()), "scale.csv", ReadOptions(zone=ZONE), NOW)
    return made


def names(app: App) -> dict[str, str]:
    return {each.said: handle(each) for each in app.house.store.rejected("me")}


def shown(answer: dict[str, Any]) -> str:
    return text(answer["aside-inside"]["children"])


def inputs(tree: Any) -> dict[str, str]:
    """The cells of a form in their order: label -> what stands in the field."""
    found: dict[str, str] = {}
    label = ""

    def walk(node: Any) -> None:
        nonlocal label
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            props = node["props"]
            if node["type"] == "Label":
                label = text(props["children"])
            elif node["type"] == "Input":
                found[label] = props["value"]
            walk(props.get("children"))

    walk(tree)
    return found


def weights(app: App) -> list[Any]:
    return [each["body_mass_kg"] for each in app.house.store.bodies("me", "measurement") if "body_mass_kg" in each]


def decide(app: App, name: str, way: str, **cells: str) -> str:
    """Press a button of the row that is open, with what is typed in its cells."""
    typed = [{"id": {"cell": aside.key_of(f"/{column}")}, "property": "value", "value": said} for column, said in cells.items()]
    store = "press-decide-aside"
    output, spec = app._find(store, "data", "aside-inside")
    body = {
        "output": output,
        "outputs": {"id": "aside-inside", "property": "children@" + output.split("@")[1]} if "@" in output else None,
        "inputs": [{"id": store, "property": "data", "value": {"id": {"aside": name, "way": way}, "value": 1}}],
        "state": [typed],
        "changedPropIds": [f"{store}.data"],
    }
    assert len(spec["inputs"]) == 1
    answer = app.client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return shown(answer.get_json()["response"])


def test_a_row_opens_in_its_place_with_every_cell_the_one_meant_first(app: App, view: Callable[..., View]) -> None:
    said = text(sources.content(view(app.house, "/sources"))).replace("\u00a0", " ")
    assert "weight:  “900”   is above 500 kg Plain table of weigh-ins, scale.csv, row 3" in said
    answer = app.fire({"look": names(app)["8l"]})
    found = inputs(answer["aside-inside"]["children"])
    assert list(found.items()) == [("Weight (kg)", "8l"), ("Date", "2025-01-03"), ("Fat (%)", "20")]
    assert "Save the correction Dismiss" in shown(answer)
    assert "Save the correction It is true Dismiss" in shown(app.fire({"look": names(app)["900"]}))
    assert inputs(app.fire({"look": f"-{names(app)['900']}"})["aside-inside"]["children"]) == {}
    assert app.fire({"look": names(app)["900"]}, value=None) == {}


def test_decided_and_undone(app: App) -> None:
    heavy, letter = names(app)["900"], names(app)["8l"]
    assert "It is read as you corrected it." in decide(app, letter, "fix", **{"Weight (kg)": "81", "Date": "2025-01-03"})
    said = decide(app, heavy, "accept")
    assert "It is taken as true." in said
    assert "What you decided (2)" in said
    assert "Weight (kg) “8l” is “81”" in said
    assert weights(app) == [80.5, 900, 81]
    for word in app.house.store.decisions("me"):
        assert "is as it came again" in shown(app.fire({"undecide": word_handle(word)}))
    assert weights(app) == [80.5]
    assert "It is dismissed" in decide(app, heavy, "dismiss")
    assert [each.said for each in open_rejected(app.house.store, "me")] == ["8l"]
    assert b"900" not in app.client.get("/sources/rejected.csv").data


def test_a_correction_that_does_not_help_says_why_and_keeps_what_was_typed(app: App) -> None:
    said = decide(app, names(app)["8l"], "fix", **{"Weight (kg)": "eighty"})
    assert "Not stored: “eighty” is not a number." in said
    assert "Save the correction" in said
    assert "Nothing was changed in this row." in decide(app, names(app)["8l"], "fix", **{"Weight (kg)": "8l"})
    lease = Lease(app.house.store, "import:weight_csv", "another", app.house.clock)
    assert lease.take()
    assert "being read right now" in decide(app, names(app)["900"], "accept")
    lease.release()
    assert "no such decision" in shown(app.fire({"undecide": "0123456789"}))
    assert app.house.store.decisions("me") == []


def test_the_last_row_decided_leaves_words(app: App) -> None:
    for name in names(app).values():
        said = decide(app, name, "dismiss")
    assert "None. Every row that came in was understood, or decided by you." in said
