"""A catalogue of exercises from a file: kept as records, in force at once, and never over what the person logged."""

from datetime import datetime
from io import BytesIO

import pytest

from collectors.importing import import_file
from collectors.source import NotThisFormat, ReadOptions, formats
from store.frames import FrameCache
from store.store import Store
from tests.files.reading import FIXTURES, ZONE, options, read_text, recognised

HEVY = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps\n"
    'Day,"30 Jun 2025, 19:56","30 Jun 2025, 20:56",,stone walk,,,0,normal,80,5\n'
    'Day,"30 Jun 2025, 19:56","30 Jun 2025, 20:56",,Barbell Bench Press,,,0,normal,80,5\n'
)


def test_what_it_says_is_in_force_at_once_and_goes_with_it(store: Store, now: datetime) -> None:
    cache = FrameCache(store, "me")
    import_file(store, "me", BytesIO(HEVY.encode()), "hevy.csv", ReadOptions(zone=ZONE), now)
    assert list(cache.frames().sets[["exercise", "muscle"]].itertuples(index=False, name=None)) == [
        ("stone walk", "Other"),
        ("Bench press", "Chest"),
    ]
    (done,) = import_file(store, "me", FIXTURES / "catalogue.csv", "catalogue.csv", options("catalogue.csv"), now)
    assert (done.format, done.new, done.rejected) == ("catalogue", 6, 3)
    assert list(cache.frames().sets[["exercise", "given", "muscle"]].itertuples(index=False, name=None)) == [
        ("Stone walk", "stone walk", "Back"),
        ("Bench press", "Barbell Bench Press", "Chest"),
    ]
    store.delete_source("me", "catalogue", now)
    assert cache.frames().sets["exercise"].tolist() == ["stone walk", "Bench press"]


def test_a_catalogue_alone_is_no_data_of_the_person(store: Store, now: datetime) -> None:
    import_file(store, "me", FIXTURES / "catalogue.csv", "catalogue.csv", options("catalogue.csv"), now)
    assert FrameCache(store, "me").frames().empty


def test_a_record_holds_what_the_row_says(store: Store, now: datetime) -> None:
    import_file(store, "me", FIXTURES / "catalogue.csv", "catalogue.csv", options("catalogue.csv"), now)
    body = store.get("me", "exercise", "catalogue:Stone walk").body  # type: ignore[union-attr]
    assert {key: body[key] for key in ("title", "type", "body_part", "equipment", "level", "rating", "precision")} == {
        "title": "Stone walk", "type": "Strongman", "body_part": "Lower Back", "equipment": "Other", "level": "Expert",
        "rating": 8.4, "precision": "day",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "formats_of_it"),
    [
        ("Title,Type,BodyPart,Equipment,Level,Rating", ["catalogue"]),
        ("exercise name;body part;equipment", ["catalogue"]),
        ("name\ttarget\tdifficulty", ["catalogue"]),
        ("Title,Rating", []),
        ("Date,Exercise,Muscle Group,Set,Reps,Weight (kg)", ["weekly"]),
        ("Date,Exercise,Category,Weight (lbs),Reps,Distance,Distance Unit,Time,Comment", ["fitnotes"]),
    ],
)
def test_a_log_of_lifting_is_no_catalogue(header: str, formats_of_it: list[str]) -> None:
    assert recognised(f"{header}\n".encode()) == formats_of_it


def test_another_table_is_refused_with_what_it_needs() -> None:
    with pytest.raises(NotThisFormat, match="title, body part and one of type, equipment and level"):
        list(formats()["catalogue"].rows(BytesIO(b"Date,Weight\n2024-01-01,80\n"), "x.csv", ReadOptions(zone=ZONE)))


def test_a_title_beyond_reason_is_set_aside_and_its_neighbour_kept() -> None:
    found = read_text(f"Title,BodyPart,Level\n{'x' * 300},Chest,Expert\nStone walk,Back,Expert\n", "catalogue")
    (bad, (record, aside)) = found.values()
    assert (bad[0], bad[1][0].field, bad[1][0].reason) == (None, "title", "has more than 200 characters")
    assert (record is not None, aside) == (True, [])
