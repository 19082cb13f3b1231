"""Who may import whom: the rules of the import linter hold, and the floors can be loaded one by one."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("health", "store", "collectors", "forecast", "api", "dashboard")
HEAVY = {
    "health": {"boto3", "dash", "plotly", "flask", "requests", "stravalib", "gspread", "sklearn", "cryptography", "store"},
    "store": {"dash", "plotly", "requests", "stravalib", "gspread", "sklearn", "collectors", "dashboard"},
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    # The linter looks for the packages on the path of Python, and must find those of `folder`.
    paths = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run([linter, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, env=paths)


def test_the_import_linter_is_content() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize(
    ("careless", "line"),
    [
        ("health/careless.py", "import requests"),
        ("health/careless.py", "from store import items"),
        ("store/careless.py", "import settings"),
        ("store/careless.py", "import plotly"),
        ("dashboard/careless.py", "import boto3"),
        ("forecast/careless.py", "from dashboard import theme"),
        ("collectors/careless.py", "import sklearn"),
    ],
)
def test_the_import_linter_sees_a_careless_file(tmp_path: Path, careless: str, line: str) -> None:
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    for floor in FLOORS:
        (tmp_path / floor).mkdir()
        (tmp_path / floor / "__init__.py").touch()
    for name in ("settings.py", "store/items.py", "dashboard/theme.py"):
        (tmp_path / name).touch()
    assert lint(tmp_path).returncode == 0
    (tmp_path / careless).write_text(line + "\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize("floor", HEAVY)
def test_a_lower_floor_loads_nothing_heavy(floor: str) -> None:
    modules = [
        f"{floor}.{path.stem}" for path in (ROOT / floor).glob("*.py") if path.stem not in ("__init__", "__main__", "dynamodb")
    ]
    code = f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY[floor] & set(done.stdout.split())


@pytest.mark.parametrize("floor", FLOORS)
def test_no_floor_reads_the_environment_or_a_clock(floor: str) -> None:
    """Ruff holds this too; here it holds for code that says `noqa`."""
    for path in (ROOT / floor).rglob("*.py"):
        if path.name == "__main__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "utcnow")), f"{path}:{node.lineno}"
            imported = [each.name for each in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = getattr(node, "module", None) or ""
            assert not {"settings", "pickle", "joblib"} & {module, *imported}, f"{path}:{getattr(node, 'lineno', 0)}"
