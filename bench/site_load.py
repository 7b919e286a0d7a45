"""People who look at the open pages: what locust does in `bench/site.py`."""

import os
import random

from locust import FastHttpUser, task

VILLAGES = [f"99.01.{district:02d}.{2001 + place}" for district in range(1, 41) for place in range(50)]
EACH_PER_S = 2


class Reader(FastHttpUser):
    """Somebody whose phone keeps nothing: mostly villages' pages, now and then another."""

    default_headers = {"Accept-Encoding": "br, gzip"}  # noqa: RUF012 — locust reads it of the class

    def on_start(self):
        self.random = random.Random(os.urandom(8))

    def wait_time(self):
        # People come independently of each other: the times between them are exponential, not all alike.
        return self.random.expovariate(EACH_PER_S)

    @task(12)
    def village(self):
        prefix = "/en" if self.random.random() < 0.1 else ""
        self.client.get(f"{prefix}/desa/{self.random.choice(VILLAGES)}/", name="/desa/…/")

    @task(3)
    def home(self):
        self.client.get("/")

    @task(1)
    def search(self):
        self.client.get(
            "/cari/", params={"q": self.random.choice(["sungai contoh", "tanjung rekaan 7"])}, name="/cari/"
        )

    @task(1)
    def budget(self):
        self.client.get("/anggaran/")

    @task(1)
    def district(self):
        self.client.get("/kecamatan/")
