"""A centre, a clock that does what it is told, and probes that belong to both."""

import pytest
from centre import Centre

from merata.probe.kept import Kept
from merata.probe.measure import World
from merata.probe.probe import Probe


class Hands:
    """A clock whose hands are moved by the test."""

    def __init__(self):
        self.boot, self.up, self.wall, self.waits = 1, 1000.0, 1_800_000_000.0, []
        self.left = 0  # rounds until it says stop

    def up_ms(self):
        return int(self.up * 1000)

    def seconds(self):
        return self.up

    def wall_s(self):
        return int(self.wall) if 0 <= self.wall < 2**32 else 0

    def wait(self, seconds):
        self.waits.append(seconds)
        self.go(seconds)
        self.left -= 1
        return self.left >= 0

    def go(self, seconds):
        self.up += seconds
        self.wall += seconds


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def centre(tmp_path):
    made = Centre(tmp_path)
    yield made
    made.close()


#: Nobody waits long in a test.
WORLD = World(apart_s=0.001, patience_s=0.2, resolvers=(), watch_s=0.05, run_s=1.0)


@pytest.fixture
def make_probe(tmp_path, centre, clock):
    made = []

    def make(world=WORLD, name="probe", **enrolment):
        folder = tmp_path / name
        if folder.exists():
            from merata.probe.kept import load

            kept = load(folder)
        else:
            folder.mkdir()
            kept = Kept(folder, {"enrolment": centre.enrolment(**enrolment)._asdict()})
            kept.local.update(ca_file=centre.pem, clients="off", interface="lo")
            kept.save()
        probe = Probe(kept, clock, world)
        made.append(probe)
        return probe

    yield make
    for probe in made:
        probe.store.close()
