"""Runs one sample without stopping, then what it only defines."""

import ast
import builtins
import os
import sys
from types import CodeType
from typing import Any, Callable, Dict, Tuple

from . import asked, clock, programs, rewrite, standin
from .drive import Driver
from .helper import Explorer, StuckError
from .recorder import Exploring
from .rerun import rerun


def prepare(source: bytes, path: str, namespace: Dict[str, Any], recorder: Exploring) -> "Tuple[CodeType, Explorer]":
    """Return the sample's code with every statement guarded, and what the guards call.

    Raises:
        SyntaxError: If the sample does not parse.
    """
    text = ast.parse(source, path)
    rewriter = rewrite.Rewriter()
    code = compile(rewriter.module(ast.parse(source, path)), path, "exec", dont_inherit=True)
    explorer = Explorer(recorder, text, rewriter.nodes, path)
    setattr(builtins, rewrite.NAME, explorer)
    explorer.prepare(source.decode("utf-8", "replace"), namespace)
    recorder.progress = clock.wind
    return code, explorer


def run(code: CodeType, namespace: Dict[str, Any], explorer: Explorer, orders: Dict[str, Any]) -> None:
    """Run the sample to its last line, and drive what it defines; a process that it started itself only runs."""
    again = orders["mode"] == "again"
    if again:
        sys.executable = os.environ["PYTHON_STARTER"]
        standin.KEPT.add(standin.StandIn)
    clock.start()
    explorer.files.watch()
    asked.watch(explorer)
    programs.watch(explorer.taint)
    driver = Driver(explorer, namespace)
    _bounded(explorer, lambda: exec(code, namespace))
    if not again:
        if explorer.wanted:
            rerun(orders, explorer.path, explorer.wanted, explorer.recorder)
        _bounded(explorer, driver.drive)
        for target, line in explorer.files.never_read(explorer.recorder.lines_of(explorer.path)):
            explorer.recorder.at("file", explorer.path, line, target=target)


def _bounded(explorer: Explorer, action: Callable[[], Any]) -> None:
    """Run something to its end, to an error that the sample raises itself, or until nothing new is seen."""
    clock.wind()
    try:
        action()
    except StuckError:
        return
    except BaseException as error:
        # an exception that the sample itself raises at its end, and means to
        explorer.ended(error)
    finally:
        clock.stop()
