"""Pictures of every page as a person sees it: `python -m tests.screenshots [--out FOLDER] [--readme]`.

Starts the real product on a store of its own: the sample person and, where ../shared/realdata is beside the project, one filled
from the real files. Every page at 1280 and 390 px, light and dark. `--readme` puts the README's pictures into docs/.
Looks as meant with the font Inter (Debian: fonts-inter), which stands in for a system font here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dashboard.page import pages
from tests.browser.conftest import ARGUMENTS
from tests.browser.looking import MODES, SIZES, looking, whole
from tests.conftest import REALDATA
from tests.product.running import ROOT, command, product

README = {("/", "1280", "light"): "overview.png", ("/body", "1280", "dark"): "body-dark.png", ("/", "390", "light"): "phone.png"}
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit></match>
</fontconfig>"""
REAL = (
    ("strength/strong_breinsp.csv", "--units", "kg"),
    ("strength/fitnotes_lukaszebedin.csv",),
    ("weight/dericmei.csv",),
    ("strava/activities.csv",),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "screenshots")
    parser.add_argument("--readme", action="store_true", help="put the README's pictures into docs/")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no browser: install Debian's chromium (apt-get install chromium)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        fonts = Path(folder) / "fonts.conf"
        fonts.write_text(FONTS)
        environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS, env=environment)
        for person in ("sample", "real") if REALDATA.exists() else ("sample",):
            home = Path(folder) / person
            home.mkdir()
            if person == "real":
                fill(home)
            with product(home) as running:
                every_page(browser, running.base, arguments.out / person)
        browser.close()
    if arguments.readme:
        for (path, size, mode), name in README.items():
            shutil.copy(arguments.out / "sample" / picture(path, size, mode), ROOT / "docs" / name)
    return 0


def fill(home: Path) -> None:
    """A store with the real files, by the real command."""
    for name, *more in REAL:
        done = command(home, "collectors", "import", str(REALDATA / name), *more)
        assert done.returncode == 0, done.stderr


def every_page(browser: Browser, address: str, out: Path) -> None:
    """A picture of each page in each size and mode; what the browser complains of is said."""
    out.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        for mode in MODES:
            with looking(browser, size, mode) as (page, seen):
                for path in pages():
                    whole(page, address, path)
                    if size == "390":  # as on the phone: the bar stands at the foot of the whole picture
                        page.set_viewport_size({"width": 390, "height": page.evaluate("document.documentElement.scrollHeight")})
                    page.screenshot(path=out / picture(path, size, mode), full_page=True)
                    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
                for each in seen.wrong:
                    print(f"{out.name} {size} {mode}: {each}", file=sys.stderr)


def picture(path: str, size: str, mode: str) -> str:
    return f"{path.strip('/') or 'overview'}-{size}-{mode}.png"


if __name__ == "__main__":
    sys.exit(main())
