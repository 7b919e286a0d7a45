"""Makes docs/images/report.png, the README's picture: the first figures and the maps of the worked example's report.

`python tools/make_picture.py demo/region/runs/latest/report/index.html` (Chromium must be installed).
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "report.png"
WIDTH = 1200


def piece(page: Page, selector: str, nth: int = 0) -> Image.Image:
    """One element of the page as a picture."""
    return Image.open(io.BytesIO(page.locator(selector).nth(nth).screenshot())).convert("RGB")


def pieces(report: Path) -> list[Image.Image]:
    """What the picture is put together from: the strip that says made up, the figures, and the maps side by side."""
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.goto(f"{report.resolve().as_uri()}#en")
        page.add_style_tag(content=".made-up { position: static !important }")
        top = [piece(page, ".made-up"), piece(page, "#en .four")]
        # Half as wide, so that what is written on the maps stays as large as the rest.
        page.set_viewport_size({"width": WIDTH // 2 + 40, "height": 900})
        maps = beside(
            [piece(page, "#en figure.mapfig", n) for n in (0, 1)], top[1].getpixel((0, top[1].height - 1))
        )
        browser.close()
    return [*top, maps]


def beside(images: list[Image.Image], ground: tuple[int, ...], gap: int = 24) -> Image.Image:
    """Pictures in a row."""
    height = max(image.height for image in images)
    row = Image.new("RGB", (sum(i.width + gap for i in images) - gap, height), ground)
    at = 0
    for image in images:
        row.paste(image, (at, 0))
        at += image.width + gap
    return row


def put_together(images: list[Image.Image], gap: int = 24) -> Image.Image:
    """One above the other, each as wide as the picture less a margin."""
    ground = images[1].getpixel((0, images[1].height - 1))
    images = [images[0].resize((WIDTH, round(images[0].height * WIDTH / images[0].width))), *images[1:]]
    inner = [
        images[0],
        *(i.resize((WIDTH - 2 * gap, round(i.height * (WIDTH - 2 * gap) / i.width))) for i in images[1:]),
    ]
    whole = Image.new("RGB", (WIDTH, sum(i.height + gap for i in inner)), ground)
    at = 0
    for image in inner:
        whole.paste(image, ((WIDTH - image.width) // 2, at))
        at += image.height + gap
    return whole


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    picture = put_together(pieces(Path(sys.argv[1])))
    picture.quantize(128, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(
        f"{PICTURE.name}: {picture.size[0]} by {picture.size[1]} pixels, {PICTURE.stat().st_size // 1024} kB"
    )
