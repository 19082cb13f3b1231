"""Files on their way in: pieces, limits, what became of them, and the question only the person can answer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.importing import FileResult
from dashboard import uploads
from dashboard.factory import create_app
from dashboard.uploads import UploadError, Uploads, plain_error, plain_name, summary
from tests.pages.conftest import KEYS, NOW, App, client_of, text

HEVY = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe\n"
    'Push,"30 Jun 2025, 19:56","30 Jun 2025, 20:56",,Bench Press (Barbell),,,0,normal,80,5,,,\n'
    'Push,"30 Jun 2025, 19:56","30 Jun 2025, 20:56",,Bench Press (Barbell),,,1,normal,82.5,4,,,\n'
)
STRONG = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    "2025-06-30 19:56:00,Push,1h,Bench Press (Barbell),1,100,5,0,0,,,\n"
)


def send(app: App, content: bytes, name: str = "file.csv", piece: int | None = None) -> Any:
    """Send a file in pieces as the browser does; the last answer."""
    size, at, key = len(content), 0, None
    step = piece or max(size, 1)
    while True:
        query = {"file": key, "at": at} if key else {"name": name, "size": size}
        answer = app.client.post("/sources/upload", query_string=query, data=content[at : at + step])
        if answer.status_code != 200 or answer.json["received"] == size:
            return answer
        key, at = answer.json["file"], answer.json["received"]


def outcome(app: App, answer: Any) -> list[Any]:
    """The steps of the job that an upload began, once it is over."""
    job = app.house.jobs.wait(answer.json["job"], 20)
    assert job is not None
    return list(job.steps)


def folder(app: App) -> list[Path]:
    return list((app.house.data_dir / "uploads").glob("*"))


@pytest.mark.parametrize("piece", [None, 100, 7])
def test_a_file_in_any_number_of_pieces_is_imported_and_then_gone(make_app: Callable[..., App], piece: int | None) -> None:
    app = make_app()
    (step,) = outcome(app, send(app, HEVY.encode(), "hevy.csv", piece))
    assert (step.state, step.said) == ("done", "Hevy. 1\u00a0session is new.")
    (body,) = app.house.store.bodies("me", "workout")
    assert [each["load_kg"] for each in body["sets"]] == [80, 82.5]
    assert body["zone"] == "Europe/Berlin"  # the house's, for a format without one
    assert folder(app) == []


def test_the_same_file_again_changes_nothing(make_app: Callable[..., App]) -> None:
    app = make_app()
    outcome(app, send(app, HEVY.encode()))
    (step,) = outcome(app, send(app, HEVY.encode()))
    assert step.said == "Hevy. 1 was already here."


def test_a_zip_tells_of_each_file_in_it(make_app: Callable[..., App]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/hevy.csv", HEVY)
        archive.writestr("b/weight.csv", "Date,Weight (kg)\n2025-01-01,80.4\n2025-01-02,80.1\n")
        archive.writestr("photo.jpg", b"\xff\xd8")
    app = make_app()
    steps = outcome(app, send(app, packed.getvalue(), "all.zip"))
    assert [(each.name, each.state) for each in steps] == [("all.zip/a/hevy.csv", "done"), ("all.zip/b/weight.csv", "done")]


def test_a_file_without_a_unit_asks_and_goes_on_with_the_answer(make_app: Callable[..., App]) -> None:
    app = make_app()
    answer = send(app, STRONG.encode(), "strong.csv")
    (step,) = outcome(app, answer)
    assert (step.state, step.asks) == ("asks", "units")
    assert app.house.store.bodies("me", "workout") == []
    assert len(folder(app)) == 1
    told = app.fire({"answer": "units", "value": "lb", "job": answer.json["job"]})
    assert told["jobs-poll"]["disabled"] is False
    (job,) = app.house.jobs.all()
    app.house.jobs.wait(job.id, 20)
    (body,) = app.house.store.bodies("me", "workout")
    assert body["sets"][0]["load_kg"] == 45.359237
    assert folder(app) == []


def test_an_answer_that_is_none_starts_nothing(make_app: Callable[..., App]) -> None:
    app = make_app()
    answer = send(app, STRONG.encode(), "strong.csv")
    outcome(app, answer)
    assert app.fire({"answer": "units", "value": "stone", "job": answer.json["job"]}) == {}
    standing = len(app.house.jobs.all())
    assert "jobs-poll" in app.fire({"answer": "units", "value": "kg", "job": 999}), "answered already: how it stands is told again"
    assert len(app.house.jobs.all()) == standing
    assert app.fire({"answer": "units", "value": "kg", "job": answer.json["job"]}, value=None) == {}
    assert app.house.store.bodies("me", "workout") == []


def test_clearing_a_question_takes_the_file_off_the_disk(make_app: Callable[..., App]) -> None:
    app = make_app()
    answer = send(app, STRONG.encode(), "strong.csv")
    outcome(app, answer)
    told = app.fire({"clear": answer.json["job"]})
    assert text(told["imports"]["children"]) == ""
    assert folder(app) == []


def test_what_is_no_export_says_which_are(make_app: Callable[..., App]) -> None:
    app = make_app()
    (step,) = outcome(app, send(app, b"\x00\x01\x02 nothing", "photo.jpg"))
    assert step.state == "failed"
    assert "Hevy" in step.said
    assert "--" not in step.said


class TestRefused:
    @pytest.mark.parametrize(
        "query", [{}, {"name": "x"}, {"name": "x", "size": "-1"}, {"name": "x", "size": "1e9"}, {"name": "x", "size": "٣"}]
    )
    def test_without_a_size(self, make_app: Callable[..., App], query: dict[str, str]) -> None:
        answer = make_app().client.post("/sources/upload", query_string=query, data=b"x")
        assert answer.status_code == 400
        assert answer.json["error"]

    @pytest.mark.parametrize(("size", "status"), [("0", 413), (str(5 << 30), 413)])
    def test_empty_and_too_large(self, make_app: Callable[..., App], size: str, status: int) -> None:
        assert make_app().client.post("/sources/upload", query_string={"name": "x", "size": size}, data=b"").status_code == status

    @pytest.mark.parametrize("key", ["nobody-knows-this-upload", "../../../etc/passwd", "x", ""])
    def test_unknown_ids(self, make_app: Callable[..., App], key: str) -> None:
        answer = make_app().client.post("/sources/upload", query_string={"file": key, "at": "0"}, data=b"x")
        assert answer.status_code in (400, 404)

    def test_pieces_that_do_not_fit(self, make_app: Callable[..., App]) -> None:
        app = make_app()
        first = app.client.post("/sources/upload", query_string={"name": "x", "size": "10"}, data=b"12345").json
        for at, piece in ((7, b"x"), (5, b"123456")):
            answer = app.client.post("/sources/upload", query_string={"file": first["file"], "at": at}, data=piece)
            assert answer.status_code == 409

    def test_a_piece_sent_twice_counts_once(self, make_app: Callable[..., App]) -> None:
        app = make_app()
        content = HEVY.encode()
        first = app.client.post("/sources/upload", query_string={"name": "x", "size": len(content)}, data=content[:50]).json
        for _ in range(2):
            again = app.client.post("/sources/upload", query_string={"file": first["file"], "at": 0}, data=content[:50])
            assert again.json["received"] == 50
        last = app.client.post("/sources/upload", query_string={"file": first["file"], "at": 50}, data=content[50:])
        assert outcome(app, last)[0].state == "done"

    def test_from_another_site_and_without_a_session(self, make_app: Callable[..., App]) -> None:
        app = make_app()
        query = {"name": "x", "size": "1"}
        elsewhere = app.client.post("/sources/upload", query_string=query, data=b"x", headers={"Origin": "https://evil.example"})
        assert elsewhere.status_code == 403
        locked = client_of(create_app(app.house, secret_keys=KEYS, password="a password nobody guesses"))
        answer = locked.post("/sources/upload", query_string=query, data=b"x")
        assert answer.status_code == 401


class TestUploads:
    def test_the_folder_is_emptied_when_the_server_starts(self, tmp_path: Path) -> None:
        (tmp_path / "left").write_text("over")
        Uploads(tmp_path)
        assert not tmp_path.exists()

    def test_a_disk_without_room_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
        with pytest.raises(UploadError) as caught:
            Uploads(tmp_path).begin("x", 10, NOW)
        assert caught.value.status == 507

    def test_what_nobody_finished_is_forgotten_after_a_day(self, tmp_path: Path) -> None:
        files = Uploads(tmp_path)
        old = files.begin("x", 10, NOW)
        files.add(old.id, 0, b"12345")
        files.begin("y", 10, NOW + timedelta(days=1, seconds=1))
        assert files.get(old.id) is None
        assert not old.path.exists()

    def test_only_so_many_wait_at_once(self, tmp_path: Path) -> None:
        files = Uploads(tmp_path)
        for _ in range(uploads.MOST_FILES):
            files.begin("x", 10, NOW)
        with pytest.raises(UploadError):
            files.begin("x", 10, NOW)


@given(st.text(max_size=200))
def test_a_name_is_fit_for_a_page(name: str) -> None:
    plain = plain_name(name)
    assert 0 < len(plain) <= 80
    assert plain.isprintable()
    assert "/" not in plain
    assert "\\" not in plain


def test_names() -> None:
    assert plain_name("C:\\Users\\me\\strong.csv") == "strong.csv"
    assert plain_name("../../etc/passwd") == "passwd"
    assert plain_name("\x00\n") == "file"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("is no table. Known formats: Hevy (--as hevy), Strong (--as strong)", "It is no table. Known formats: Hevy, Strong."),
        ("is empty: export it again", "It is empty: export it again."),
    ],
)  # fmt: skip
def test_messages_of_the_command_line_as_sentences(error: str, said: str) -> None:
    assert plain_error(error) == said
    assert "--" not in plain_error("could be more than one format: say which with --as hevy or --as strong")


def test_a_result_in_words() -> None:
    result = FileResult(file="x", format="strong", new=412, changed=1, unchanged=12, rejected=2)
    assert summary(result) == "Strong. 412\u00a0sessions are new, 1 changed, 12 were already here. 2\u00a0rows were set aside."
    assert summary(FileResult(file="x", format="strong")) == "Strong. No sessions in it."
