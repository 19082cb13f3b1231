"""Docs that fail the build: a setting, command or link that is not true is red."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from collectors.source import formats
from settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()
NAMES = sorted(
    set(re.findall(r'"((?:FITBOARD|WITHINGS|STRAVA|SHEETS|AWS)_[A-Z0-9_]+|HOST|PORT)"', (ROOT / "settings.py").read_text()))
)


def test_the_settings_are_found():
    assert len(NAMES) >= len(fields(Settings)) - 3, NAMES  # on_dyno, data_dir and url have no name of their own


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_in_the_readme_and_the_example(name: str):
    assert f"`{name}`" in README or re.search(rf"`[^`]*\b{name}\b", README), f"{name} is not in README.md"
    assert f"{name}=" in (ROOT / ".env.example").read_text(), f"{name} is not in .env.example"


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_make_target_in_the_docs_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE))
        assert named <= targets, f"{page.name} names {named - targets}"


def test_every_file_format_is_documented():
    text = (ROOT / "docs" / "importing.md").read_text()
    for each in formats().values():
        assert each.title in text, f"{each.title} is not in docs/importing.md"
        assert f"`{each.name}`" in text, f"--as {each.name} is not in docs/importing.md"


def test_decisions_are_numbered_once():
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"\d{4}", number) for number in numbers)


def test_nothing_names_the_machine_it_was_made_on():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert tracked
    place = re.compile(r"(?<![\w.])/(?:work|root|farm)/|python" + r"hosted|pypi\.org/sim" + r"ple|registry\.npm" + r"js")
    for name in tracked:
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        assert not place.search(text), f"{name} names a path of a machine or a registry"
