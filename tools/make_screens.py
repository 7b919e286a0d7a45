"""Makes the pictures of the site in docs/images: pages of the worked example on a phone and on a desk.

`python tools/make_screens.py demo` (Chromium must be installed). The site is served while it is looked at, and a file
is sent in for it to look at.
"""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZES = {"phone": (360, 640), "desk": (1280, 800)}
#: Name of the picture -> its address; {village}: the first one whose turn is planned. Findings: see `findings`.
PAGES = {"home": "/", "village": "/desa/{village}/", "board": "/staf/program/"}
MOST_BYTES, FEWEST_COLOURS = 60_000, 8
#: How long a file that was sent in may take to be looked at, ms.
PATIENCE_MS = 300_000


@contextmanager
def serving(region: Path) -> Iterator[str]:
    """The address of a region's site, while the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command: list[str | Path] = [Path(sys.executable).parent / "merata", "serve", region, "--port", str(port)]
    with subprocess.Popen(command) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, server)
            yield address
        finally:
            server.terminate()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("The site did not start.")


def office(region: Path) -> tuple[tuple[str, str], str]:
    """Address and password of the example's regency office, and the code of a village whose turn is planned."""
    from merata.web.start import start, tables

    start(region)
    tables()
    from merata.web.example import set_up
    from merata.web.public.current import newest

    login = next(one for one in set_up(region) if one.role == "regency")
    publication = newest()
    assert publication
    village = publication.villages.exclude(year=None).order_by("code").first()
    assert village
    return (login.email, login.password), village.code


def logged_in(browser: Browser, site: str, login: tuple[str, str], size: tuple[int, int]) -> Page:
    """A browser's page of a size, in which the office has logged in."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="id")
    page.goto(f"{site}/akun/masuk/")
    page.locator("input[name=login]").fill(login[0])
    page.locator("input[name=password]").fill(login[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/staf/")
    return page


def findings(page: Page, site: str, file: Path) -> str:
    """Send a file in and wait until it is looked at: the address of what was found."""
    page.goto(f"{site}/staf/data/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("input[name=given_by]").fill("Dinas (contoh)")
    page.locator("form:has(input[type=file]) button").click()
    page.wait_for_url("**/staf/kerja/*/")
    page.locator("#job:not([data-open])").wait_for(timeout=PATIENCE_MS)
    return page.url


def keep(page: Page, name: str) -> None:
    """What the page shows on its first screen, as a small picture."""
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    colours = 256
    while True:
        out = io.BytesIO()
        shown.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES or colours <= FEWEST_COLOURS:
            break
        colours //= 2
    (IMAGES / f"{name}.png").write_bytes(out.getvalue())
    print(f"{name}.png: {shown.size[0]} by {shown.size[1]} pixels, {out.tell() // 1024} kB")


def main(demo: Path) -> None:
    """All pictures of the example in a folder."""
    region = demo / "region"
    login, village = office(region)
    with TemporaryDirectory() as folder, serving(region) as site, sync_playwright() as running:
        file = later_list(demo, Path(folder))
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        addresses = {name: site + path.format(village=village) for name, path in PAGES.items()}
        for size, pixels in SIZES.items():
            page = logged_in(browser, site, login, pixels)
            if "findings" not in addresses:
                addresses["findings"] = findings(page, site, file)
            for name, address in addresses.items():
                page.goto(address)
                keep(page, f"{name}-{size}")
        browser.close()


def later_list(demo: Path, folder: Path) -> Path:
    """A later list of blank spots, typed in a hurry: every ninth village misspelt, one unknown."""
    lines = next((demo / "files").glob("daftar blank spot*")).read_text(encoding="cp1252").splitlines()
    head, rows = lines[:3], [line.split(";") for line in lines[3:63]]
    for at, row in enumerate(rows):
        if at % 9 == 4:
            row[2] = f"{row[2][:2]}{row[2][3:]}"
    rows.append(["61", rows[0][1], "Desa Tak Dikenal", "lemah", "rapat (contoh)", ""])
    file = folder / "daftar blank spot 2025 (contoh).csv"
    file.write_text("\n".join([*head, *(";".join(row) for row in rows)]), encoding="cp1252")
    return file


if __name__ == "__main__":
    main(Path(sys.argv[1]))
