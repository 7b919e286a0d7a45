"""Errors that a person can act on: what is wrong, where, what was expected, what to do next."""

from __future__ import annotations


class MerataError(Exception):
    """Something a person can mend. `exit_code` is what the command line ends with (see docs/reference)."""

    exit_code = 1


class FileError(MerataError):
    """A file is not what it claims to be, or can't be read safely."""

    exit_code = 3


class SettingsError(MerataError):
    """region.toml says something that can't be."""

    exit_code = 4


class MissingError(MerataError):
    """Something that is needed first is not there yet."""

    exit_code = 5


class BusyError(MerataError):
    """Somebody else is changing the region folder."""

    exit_code = 6


class InputError(MerataError, ValueError):
    """A number or profile lies outside what a method holds for."""

    exit_code = 7


class NoPlanError(MerataError):
    """No plan keeps every rule, or none was found in time."""

    exit_code = 8


class StoppedError(MerataError):
    """Somebody stopped the command, by Ctrl-C or SIGTERM, before it was done."""

    exit_code = 130
