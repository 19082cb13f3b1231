"""`python -m tests.bench.forecast_figures`: the tables of docs/forecast.md, from real files and the sample person.

Each real file goes the product's own way: imported into an empty ledger, then `python -m forecast backtest --json`.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from forecast import backtest, features, volume
from health.sample import sample_frames

ROOT = Path(__file__).resolve().parents[2]
REALDATA = ROOT.parent / "shared" / "realdata"
TODAY = date(2026, 11, 22)
SETS = "--map date=date --map exercise=exercise_name --map set=order --map reps=rep --map weight=weight"
PEOPLE = {
    "weigh-ins of one person, 2016 to 2024": ("weight/dericmei.csv", "--zone America/New_York"),
    "their sets": ("strength/sets_dericmei.csv", f"--units lb --zone America/New_York {SETS}"),
    "a Strong log": ("strength/strong_breinsp.csv", "--units kg --zone Europe/Berlin"),
    "a FitNotes log": ("strength/fitnotes_lukaszebedin.csv", "--zone Europe/Warsaw"),
}
SAMPLES = (0, 1, 2)
HORIZONS = (1, 4, 8, 12)


def of_file(file: str, options: str) -> list[dict[str, Any]]:
    """The backtest of a ledger that holds this file alone."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".env").write_text("FITBOARD_ZONE=UTC\n")
        run(folder, "collectors", "import", str(REALDATA / file), *options.split())
        return json.loads(run(folder, "forecast", "backtest", "--json"))["results"]


def run(folder: str, module: str, *arguments: str) -> str:
    """Standard output's last line of one command of ours, run in `folder`."""
    command = [sys.executable, "-m", module, *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": folder}
    done = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().splitlines()[-1]


def of_sample(seed: int) -> list[dict[str, Any]]:
    """The backtest of the sample person of that seed."""
    frames = sample_frames(seed, TODAY, "Europe/Berlin", datetime(2026, 11, 22, 9, tzinfo=UTC))
    found = []
    for target in features.NOISE:
        given = features.inputs(frames, target, date(2026, 11, 21), use_api=False)
        if given is not None:
            table = features.weeks(given)
            found += backtest.results(table, backtest.tracks(table))
    sessions = volume.sessions(frames, date(2026, 11, 21))
    return found + ([] if sessions is None else volume.results(sessions, volume.tracks(sessions)))


def table(rows: Iterable[dict[str, Any]], target: str) -> str:
    """A markdown table of one target: skill and share inside the 80 % interval by horizon; of volume also by the mean of five."""
    own = [row for row in rows if row["target"] == target and row["n"]]
    if not own:
        return ""
    if target == volume.TARGET:
        five = next(row["mae"] for row in own if row["model"] == "mean_5")
        lines = ["| model | n | error | skill (last session) | skill (mean of 5) | in 80 % |", "|---|---|---|---|---|---|"]
        for row in own:
            skills = f"{row['skill']:+.3f} | {1 - row['mae'] / five:+.3f}"
            lines.append(f"| {named(row)} | {row['n']} | {row['mae']:.0f} kg | {skills} | {row['coverage_80']:.2f} |")
        return "\n".join(lines)
    heads = " | ".join(f"{each} wk" for each in HORIZONS)
    lines = [f"| model | {heads} | in 80 % at {HORIZONS} | n |", "|---" * (len(HORIZONS) + 3) + "|"]
    for model in dict.fromkeys(row["model"] for row in own):
        at = {row["horizon"]: row for row in own if row["model"] == model}
        if all(each in at for each in HORIZONS):
            skills = " | ".join(f"{at[each]['skill']:+.3f}" for each in HORIZONS)
            held = " ".join(f"{at[each]['coverage_80']:.2f}" for each in HORIZONS)
            lines.append(f"| {named(at[1])} | {skills} | {held} | {at[1]['n']} |")
    return "\n".join(lines)


def named(row: dict[str, Any]) -> str:
    return f"**{row['model']}**" if row["default"] else row["model"]


def main() -> int:
    people = {f"sample person, seed {seed}": of_sample(seed) for seed in SAMPLES}
    for name, (file, options) in PEOPLE.items():
        if not (REALDATA / file).exists():
            print(f"no {file} beside the project", file=sys.stderr)
            continue
        people[name] = of_file(file, options)
    for name, rows in people.items():
        for target in (*features.NOISE, volume.TARGET):
            said = table(rows, target)
            if said:
                print(f"### {target}: {name}\n\n{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
