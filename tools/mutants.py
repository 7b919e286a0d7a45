#!/usr/bin/env python3
"""Mutation tests: small faults are put into a module, one at a time, and its tests must notice each.

    tools/mutants.py merata/assure/terms.py tests/assure/test_assure_owed.py [--sample 200] [--only _due,dues]

What faults there are is mutmut's to say (`pip install mutmut==3.8.1`; it is not in requirements.lock). It would run
them itself, but not in what has a decorator, and that is every formula of the radio room; and it would read all tests
anew for each fault. Here the tests are read once; each fault is a process of its own with other code in a function.
"""

import argparse
import ast
import difflib
import functools
import importlib
import math
import os
import random
import resource
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def plain(source: str) -> str:
    """The source without decorators of functions: mutmut passes over what has one."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            for at in range(decorator.lineno - 1, decorator.end_lineno):
                lines[at] = "\n"
    return "".join(lines)


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Each fault: the name of the function that it is in, and the module's source with it."""
    from mutmut.mutation.file_mutation import create_mutations, deep_replace

    module, made, _, _ = create_mutations("", source)
    for one in made:
        inside = one.contained_by_top_level_function
        if hasattr(inside, "params"):  # what runs when a module is imported is left alone, as mutmut does
            yield (
                inside.name.value,
                lambda one=one: deep_replace(module, one.original_node, one.mutated_node).code,
            )


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The code of every function of a module and of its classes."""
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield one
            yield from codes(one) if "<locals>" not in one.co_qualname and not one.co_flags & 2 else ()


def function_of(module: types.ModuleType, qualname: str):
    """The plain function behind a name, whatever decorates it; None for the body of a class."""
    found = functools.reduce(lambda of, name: vars(of)[name], qualname.split("."), module)
    while not isinstance(found, types.FunctionType) or hasattr(found, "__wrapped__"):
        inner = [
            getattr(found, name, None) for name in ("__wrapped__", "__func__", "func", "fget", "py_func")
        ]
        found = next((one for one in inner if one is not None), None)
        if found is None:
            return None
    return found


class Mutants:
    """A plugin of pytest that runs the collected tests once as things are and then on each fault."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.path, self.sample, self.seed = given.module, given.sample, given.seed
        self.only, self.until = (
            set(filter(None, given.only.split(","))),
            time.monotonic() + given.minutes * 60,
        )

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        name = self.path.removesuffix(".py").replace("/", ".")
        self.module, self.source = importlib.import_module(name), plain(Path(self.path).read_text())
        self.took, self.calls = {}, {}
        before = time.process_time()
        for item, following in self.pairs(session.items):
            self.calls[item] = called = set()
            began = time.process_time()
            sys.setprofile(lambda f, e, _, c=called: c.add(f.f_code.co_name) if self.mine(f) else None)
            passed = self.passes(item, following)
            sys.setprofile(None)
            self.took[item] = time.process_time() - began
            assert passed, f"{item.nodeid} fails as things are"
        print(f"{len(session.items)} tests take {time.process_time() - before:.1f} s", flush=True)
        self.tried()
        return True

    def mine(self, frame: types.FrameType) -> bool:
        return frame.f_code.co_filename.endswith(self.path)

    def pairs(self, items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
        return zip(items, [*items[1:], None], strict=True)

    def passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))

    def tried(self) -> None:
        every = list(mutants(self.source))
        some = [one for one in every if not self.only or one[0] in self.only]
        if self.sample and self.sample < len(some):
            some = random.Random(self.seed).sample(some, self.sample)
        assert self.survives(self.source, list(self.took)), "without a fault the tests fail, too"
        tried = lost = nobody = 0
        for name, written in some:
            if time.monotonic() > self.until:
                break
            tried += 1
            items = sorted((i for i in self.took if name in self.calls[i]), key=self.took.get)
            source = written()
            if not items or self.survives(source, items):
                lost, nobody = lost + 1, nobody + (not items)
                print(f"\nsurvived in {name}" + " (no test calls it)" * (not items))
                lines = (self.source.splitlines(), source.splitlines())
                print("\n".join(list(difflib.unified_diff(*lines, n=0, lineterm=""))[2:]), flush=True)
        tests = " ".join(sorted({item.location[0] for item in self.took}))
        uncalled = f" ({nobody} that no test calls)" * (nobody > 0)
        print(f"\n| `{self.path}` | {len(every)} | {tried} | {tried - lost} | {lost}{uncalled} | {tests} |")

    def survives(self, source: str, items: list[pytest.Item]) -> bool:
        """Whether all tests pass, in a process of its own; one that takes ten times as long does not."""
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            most = int(10 * sum(self.took[i] for i in items)) + 5
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))
            try:
                self.put_in(source)
                os._exit(0 if all(self.passes(*pair) for pair in self.pairs(items)) else 1)
            finally:
                os._exit(1)
        return os.waitpid(child, 0)[1] == 0

    def put_in(self, source: str) -> None:
        for code in codes(compile(source, self.module.__file__, "exec")):
            if "<" not in code.co_qualname and (function := function_of(self.module, code.co_qualname)):
                function.__code__ = code
        for one in vars(self.module).values():
            if hasattr(one, "cache_clear"):
                one.cache_clear()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("module")
    asked.add_argument("tests", nargs="+")
    asked.add_argument("--sample", type=int, default=0, help="only so many faults, drawn by --seed")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="only in these functions: names with commas between them")
    asked.add_argument("--minutes", type=float, default=math.inf, help="none is begun after so many")
    asked.add_argument("-m", dest="marks", default="not slow", help="which tests, as pytest has it")
    asked.add_argument("-k", dest="named", default="", help="which tests by name, as pytest has it")
    given = asked.parse_args()
    os.environ["NUMBA_DISABLE_JIT"] = "1"  # compiled functions have no code that could be changed
    how = ["-q", "-s", "-p", "no:cacheprovider", "--hypothesis-profile", "quick"]
    how += ["-m", given.marks, "-k", given.named]
    return pytest.main([*how, *given.tests], plugins=[Mutants(given)])


if __name__ == "__main__":
    sys.exit(main())
