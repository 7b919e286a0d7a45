"""What keeping open pages saves, and what the nearest working link costs: in processor time, whatever else runs.

`python tools/postgres.py .venv/bin/python bench/kept.py` prints for kinds of pages: kept, asked for again by its
ETag, made anew (with what pages share known, and without), and how many times more of them a
processor answers by keeping.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "tests" / "web"), str(HERE.parent / "tests")]

PAGES = {
    "front page": "/",
    "a village": "/desa/99.01.07.2011/",
    "districts": "/kecamatan/",
    "budget": "/anggaran/",
}
TIMES, VILLAGES = 15, (841, 83_000)


def each_ms(ask, *of, times: int = TIMES, before=lambda: None, **said) -> float:
    """Processor time of one call, ms: this process's own; the first is not counted."""
    ask(*of, **said)
    spent = 0.0
    for _ in range(times):
        before()
        began = time.process_time()
        ask(*of, **said)
        spent += time.process_time() - began
    return 1000 * spent / times


def pages() -> None:
    """Print the table of pages."""
    from django.core.cache import caches
    from django.test import Client

    from merata.web import memory

    def forget() -> None:
        caches["pages"].clear()

    def forget_all() -> None:
        forget()
        memory.forget()

    print(
        "| page | kept, ms | unchanged (304), ms | anew, ms | anew, nothing known, ms | times more by keeping |"
    )
    print("|---|---|---|---|---|---|")
    for name, path in PAGES.items():
        client = Client(headers={"Accept-Encoding": "br"})
        tag = client.get(path)["ETag"]
        kept = each_ms(client.get, path)
        same = each_ms(client.get, path, headers={"If-None-Match": tag})
        anew = each_ms(client.get, path, before=forget)
        first = each_ms(client.get, path, times=3, before=forget_all)
        print(
            f"| {name} | {kept:.1f} | {same:.1f} | {anew:.1f} | {first:.0f} | {anew / kept:.1f} |", flush=True
        )


def nearest_links() -> None:
    """Print how long the nearest working link is looked for, by number of villages that have one."""
    from merata.web.nearest import Working, nearest

    for count in VILLAGES:
        places = [Working(str(n), "", 116 + n % 300 / 100, -n % 997 / 300, "measured") for n in range(count)]
        print(f"nearest of {count}: {each_ms(nearest, 'x', 117.0, -1.0, places, times=5):.1f} ms")


def main() -> None:
    """Measure on a made-up region of 2,000 villages."""
    with tempfile.TemporaryDirectory() as name:
        region = Path(name)
        (region / "region.toml").write_text(
            '[region]\nname = "Kabupaten Contoh"\nmade_up = true\n', encoding="utf-8"
        )
        os.environ["MERATA_SITE"] = "http://testserver"
        from merata.web.start import prepare, start

        start(region)
        prepare()
        import site_factory

        site_factory.publication(districts=40, each=50)
        pages()
        nearest_links()


if __name__ == "__main__":
    main()
