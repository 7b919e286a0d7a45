"""The tests of the log don't wait for the disk: none cuts the power. What is synced when has a test of its own."""

import os

import pytest


@pytest.fixture(scope="module", autouse=True)
def _no_waiting():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fdatasync", lambda _: None)
        patched.setattr(os, "fsync", lambda _: None)
        yield
