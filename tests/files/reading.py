"""What the tests of file formats share: the fixtures, what each needs to be read, and reading without a store."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from collectors.keep import by_group
from collectors.source import FileFormat, Parsed, ReadOptions, formats
from collectors.tables import HEAD
from health.records import RawRow

FIXTURES = Path(__file__).parents[1] / "fixtures" / "files"
ZONE = "Europe/Berlin"

# fixture -> its format, and what a person has to say about it
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "apple.csv": ("apple", {}),
    "apple.xml": ("apple", {}),
    "catalogue.csv": ("catalogue", {}),
    "fitbit_export.txt": ("fitbit", {"units": "kg"}),
    "fitbod.csv": ("fitbod", {}),
    "fitnotes_lbs.csv": ("fitnotes", {}),
    "fitnotes_unit.csv": ("fitnotes", {}),
    "hevy_kg.csv": ("hevy", {}),
    "hevy_lbs.csv": ("hevy", {}),
    "mapped_sets.csv": (
        "sets",
        {"units": "lb", "mapping": {"date": "when", "exercise": "move", "set": "nr", "weight": "pounds", "reps": "times"}},
    ),
    "mapped_weights.csv": ("weight", {"mapping": {"date": "taken", "weight": "pounds", "fat": "fat pct"}}),
    "run.fit": ("fit", {}),
    "run.gpx": ("gpx", {}),
    "run.tcx": ("tcx", {}),
    "scale.fit": ("fit", {}),
    "strava.csv": ("strava", {}),
    "strava_de.csv": ("strava", {}),
    "strong_de.csv": ("strong", {"units": "kg"}),
    "strong_kg_column.csv": ("strong", {}),
    "strong_semicolon.csv": ("strong", {}),
    "strong_unlisted_language.csv": ("strong", {"units": "kg"}),
    "strong_weight_unit.csv": ("strong", {}),
    "strong_with_duration.csv": ("strong", {"units": "kg"}),
    "strong_without_duration.csv": ("strong", {"units": "kg"}),
    "weekly_2024-03-04.csv": ("weekly", {"units": "kg"}),
    "weekly_short.csv": ("weekly", {}),
    "weekly_underscores.csv": ("weekly", {}),
    "weight_comma.csv": ("weight", {}),
    "weight_day_value.csv": ("weight", {"units": "lb"}),
    "weight_lb_comments.csv": ("weight", {}),
    "weight_plain.csv": ("weight", {"units": "kg"}),
    "weight_with_cells_unit.csv": ("weight", {}),
    "withings_de.csv": ("withings", {}),
    "withings_lb.csv": ("withings", {}),
    "withings_old.csv": ("withings", {}),
    "withings_unlisted_language.csv": ("withings", {}),
}


def zipped(members: dict[str, bytes]) -> bytes:
    """A ZIP of these files."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def options(name: str, **said: Any) -> ReadOptions:
    """The options that fixture needs; what is `said` here comes on top."""
    return ReadOptions(**{"zone": ZONE, **CASES[name][1], **said})


def recognised(data: bytes, name: str = "file.csv") -> list[str]:
    """The names of the formats that take `data` for theirs."""
    return [each.name for each in formats().values() if each.recognises(data[:HEAD], name)]


def raw_rows(reader: FileFormat, data: bytes, name: str, said: ReadOptions) -> list[RawRow]:
    return list(reader.rows(BytesIO(data), name, said))


def parsed(reader: FileFormat, rows: list[RawRow]) -> dict[str, Parsed]:
    """What each group parses to, by group."""
    return {group: reader.parse(each, "me") for group, each in by_group(rows).items()}


def read_text(text: str, format_name: str, **said: Any) -> dict[str, Parsed]:
    """`text` read as a file of that format."""
    reader = formats()[format_name]
    return parsed(reader, raw_rows(reader, text.encode(), "file.csv", ReadOptions(**{"zone": ZONE, **said})))
