"""Runs one sample without stopping, then what it only defines."""

import ast
import builtins
from types import CodeType
from typing import Any, Callable, Dict, Tuple

from . import asked, clock, programs, rewrite
from .drive import Driver
from .helper import Explorer, StuckError
from .recorder import Exploring


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


def run(code: CodeType, namespace: Dict[str, Any], explorer: Explorer) -> None:
    """Run the sample to its last line, and drive what it defines."""
    clock.start()
    explorer.files.watch()
    asked.watch(explorer)
    programs.watch(explorer.taint)
    driver = Driver(explorer, namespace)
    actions: Tuple[Callable[[], None], ...] = (lambda: exec(code, namespace), driver.drive)
    for action in actions:
        clock.wind()
        try:
            action()
        except StuckError:
            continue
        except BaseException as error:
            # an exception that the sample itself raises at its end, and means to
            explorer.ended(error)
        finally:
            clock.stop()
