"""How large the install is: everything in requirements.txt as this Python has it and the code, packed as a slug would be."""

import gzip
import io
import re
import subprocess
import tarfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from tests.bench._row import row

ROOT = Path(__file__).resolve().parents[2]
_PIN = re.compile(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==", re.MULTILINE)


class Counted(io.RawIOBase):
    """A file that keeps nothing of what is written to it but its length."""

    length = 0

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        self.length += len(content)
        return len(content)


def main() -> None:
    packed, installed, known = Counted(), 0, 0
    # As strong as the slug compiler's gzip at its usual level; what pip fetches (wheels are zips) is about the same size.
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6) as zipped, tarfile.open(fileobj=zipped, mode="w|") as archive:
        for name in _PIN.findall((ROOT / "requirements.txt").read_text()):
            try:
                files = distribution(name).files or ()
            except PackageNotFoundError:  # of another platform
                continue
            known += 1
            for path in (Path(str(each.locate())) for each in files if each.suffix != ".pyc"):
                if path.is_file():
                    archive.add(path, recursive=False)
                    installed += path.stat().st_size
        for name in subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines():
            if not name.startswith("tests/") and (ROOT / name).is_file():
                archive.add(ROOT / name, recursive=False)
    row("install: packages of requirements.txt", known, "", at_least=20)
    row("install: packages on disk", round(installed / 1e6), "MB")
    row("install: packages and code, compressed as a slug (Python itself not in it)", round(packed.length / 1e6), "MB", 300)


if __name__ == "__main__":
    main()
