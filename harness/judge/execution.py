"""The execution witness: what a plain run shows, as findings.

A run proves that a line fails, not since when. A name that is gone is therefore
``removed`` and ``likely`` here; the timeline tells ``removed`` from ``never-existed``.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from harness.judge import binding, deprecation, members, services
from harness.judge.blame import (
    account,
    attribute,
    below,
    chain,
    has_type,
    importing,
    libraries,
    of_library,
    top,
)
from harness.judge.marks import mark
from harness.judge.names import Source, sources
from harness.model.execution import Ending, Raised
from harness.model.verdict import Code, Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.judge.base import Case
    from harness.model.execution import Evidence
    from harness.model.matrix import Job, Unknown

_ENDINGS = {
    Ending.TIMEOUT: (Code.TIMEOUT, Kind.TIMEOUT, "runs longer than it may"),
    Ending.MEMORY: (Code.LIMIT, Kind.LIMIT, "needs more memory than it may have"),
    Ending.OUTPUT: (Code.LIMIT, Kind.LIMIT, "prints more than it may"),
    Ending.KILLED: (Code.LIMIT, Kind.LIMIT, "was ended by a signal"),
}
_FILE_TYPES = ("FileNotFoundError", "NotADirectoryError", "IsADirectoryError", "PermissionError")
_ABSENT = re.compile(
    r"\b(?:files?|directory|folder|path)\b.*\b(?:not|no|missing)\b|\b(?:no|not|missing)\b.*\b(?:files?|directory|folder|path)\b"
    r"|(?:does(?: not|n't)|did(?: not|n't)) exist|not found|can(?:not|'t) (?:find|locate)",
    re.IGNORECASE | re.DOTALL,
)
_FILE_NAME = re.compile(r"^(?!\w+://).*(?:/|\.[A-Za-z]\w{0,7}$)")
_PATH = re.compile(r"^(?:\.{1,2}/)+[\w./ -]*\w/?$")
"""What can be nothing but a path."""
_QUOTED = re.compile(r"""(['"])(?!\w+://)(?P<file>[\w./*?-]*[\w*]\.[A-Za-z][A-Za-z0-9]{0,7})\1""")
"""A file named within a text of another language, as in ``SELECT * FROM 'trips.csv'``."""
_PLACE = re.compile(r" \([^()]*, line \d+\)$")
_WORK = "/work/"
"""Folder of the sample inside a sandbox."""
_USAGE = "2"
"""Exit status by which programs say that their arguments are not what they take."""
_NO_SPACE, _READ_ONLY, _AGAIN = "28", "30", "11"


class ExecutionWitness:
    """Judges by what happened when the sample ran as published."""

    name = "execution"

    def findings(self, case: Case) -> tuple[Finding, ...]:
        """Return what the run showed, and what was never installed for it."""
        found = [_unknown(unknown) for unknown in case.job.unknown]
        if case.evidence is not None:
            found += _of_run(case.job, case.evidence)
        return tuple(found)


def _unknown(unknown: Unknown) -> Finding:
    """Return the finding for an import that nothing was installed for: a module of the author's own is a file."""
    code, kind = (Code.FILE, Kind.MISSING_FILE) if unknown.own else (Code.PLATFORM, Kind.PLATFORM)
    return Finding(code, kind, unknown.line, unknown.module, unknown.reason, witnesses=("plan",))


def _of_run(job: Job, evidence: Evidence) -> list[Finding]:
    files = sources(job.sample)
    judge = Rules(job, evidence, files)
    passing = [seen for seen in evidence.raised if not seen.fatal and not _meant(seen, files)]
    found = [finding for seen in passing for finding in [judge.passing(seen)] if finding]
    fatal = [finding for seen in evidence.raised if seen.fatal for finding in [judge.fatal(seen)] if finding]
    # What ends the run after a framework took an exception of the sample's is the framework's way of telling so.
    found += [finding for finding in fatal if finding.code is not Code.BUG or not found]
    found += services.went_without(evidence, [one.symbol for one in found if one.code is Code.SERVICE])
    # Where a line fails over an API, the warning that came first says the same with less.
    failing = {finding.line for finding in found if finding.code in API}
    found += [one for one in deprecation.findings(evidence.warned, files) if one.line not in failing]
    if evidence.ending in _ENDINGS:
        code, kind, text = _ENDINGS[evidence.ending]
        last = max(evidence.executed, default=1)
        found.append(Finding(code, kind, last, evidence.ending, f"the sample {text}"))
    elif evidence.exit_code and not found and not judge.known:
        text = f"the sample ends with status {evidence.exit_code} and says no more"
        found.append(Finding(Code.BUG, Kind.SAMPLE_BUG, max(evidence.executed, default=1), "exit", text))
    return found


def _meant(seen: Raised, files: dict[str, Source]) -> bool:
    """Return whether the sample handles an exception on purpose: it names its type."""
    source = files.get(seen.file)
    return seen.handled and (source is None or source.expects(seen))


class Rules:
    """The rules in order; the first that knows an exception names its code. Both runs go by them."""

    def __init__(self, job: Job, evidence: Evidence, files: dict[str, Source]) -> None:
        self._evidence = evidence
        self._files = files
        self._unknown = frozenset(top(unknown.module) for unknown in job.unknown)
        self._installed = frozenset(top(module) for module, _ in evidence.modules)
        self.known = False
        """True once something was seen that another finding accounts for."""

    def passing(self, seen: Raised) -> Finding | None:
        """Judge an exception that the run outlived: only what is plainly no logic of the sample's counts."""
        found = self.fatal(seen)
        passes = {Code.BUG, Code.SERVICE, Code.LIMIT} if not seen.handled else {*Code} - API
        return found if found and found.code not in passes else None

    def fatal(self, seen: Raised) -> Finding | None:
        """Judge an exception that ended the run."""
        source = self._files.get(seen.file)
        if _foreign(seen, source):
            return None
        if self._accounted_for(seen):
            self.known = True
            return None
        for rule in (_limit, _syntax, self._import, _undefined, _placeholder, _attribute, _call, self._service):
            found = rule(seen, source)
            if found:
                return found
        found = self._file(seen, source) or binding.keyword_gone(seen, source) or members.says_gone(seen, source)
        if found is None and _wants_arguments(seen):
            self.known = True
            return None
        found = found or _rest(seen)
        return self._made_up(seen, source, found) if found.code in _DEPENDS else found

    def _made_up(self, seen: Raised, source: Source | None, found: Finding) -> Finding:
        """Keep from counting what fails in the logic of a sample or a library where what a call got may be why."""
        call = services.leading_to(seen, self._evidence.calls, source)
        if call is None:
            return found
        needed = f"{call.host}:{call.port}"
        made_up = f"depends on what {needed} answers, which is made up here"
        return mark(seen, Code.SERVICE, needed, services.lacks(call) if call.refused else made_up, sure=False)

    def _accounted_for(self, seen: Raised) -> bool:
        """Return whether another finding tells of it: of an import for which nothing was installed, the plan's."""
        unknown = has_type(seen, "ModuleNotFoundError") and top(attribute(seen, "name")) in self._unknown
        return (unknown and not libraries(seen)) or self._brought(seen)

    def _brought(self, seen: Raised) -> bool:
        """Return whether a pool brought an exception here from a process in which it was seen where it arose."""
        if not _remote(seen):
            return False
        told = (seen.type, seen.message)
        return any((one.type, one.message) == told and not _remote(one) for one in self._evidence.raised)

    def _import(self, seen: Raised, source: Source | None) -> Finding | None:
        if not has_type(seen, "ImportError"):
            return None
        if not has_type(seen, "ModuleNotFoundError"):
            return members.import_failed(seen, source)
        return members.module_missing(seen, source, self._installed)

    def _service(self, seen: Raised, _source: Source | None) -> Finding | None:
        call = services.refused(seen, self._evidence.calls)
        if call is not None:
            return mark(seen, Code.SERVICE, f"{call.host}:{call.port}", services.lacks(call))
        needed = services.needs_service(seen, self._evidence.hosts)
        return mark(seen, Code.SERVICE, needed, f"needs {needed}, which is not there") if needed else None

    def _file(self, seen: Raised, source: Source | None) -> Finding | None:
        path = attribute(seen, "filename") if has_type(seen, *_FILE_TYPES) else ""
        if not path and attribute(seen, "errno") == _READ_ONLY:
            path = attribute(seen, "filename")
        if not path:
            tried = [access.target for access in self._evidence.files if access.line == seen.line]
            path = next((target for target in tried if target in seen.message), "")
        path = path or _spoken_of(seen, source)
        spoken = attribute(seen, "absent") if libraries(seen) else ""
        if not path and spoken:  # the library looks for it by a name of its own
            return mark(seen, Code.FILE, spoken, f"needs {spoken}, which a reader does not have")
        if not path:
            return None
        written = _as_written(path, source)
        if written is None and has_type(seen, "FileNotFoundError") and _beside(path):
            written = path.removeprefix(_WORK)  # a project file that a library looks for where it is started
        if written is None:
            return members.by_itself(seen) if libraries(seen) else None
        return mark(seen, Code.FILE, written, f"reads {written}, which a reader does not have")


_DEPENDS = frozenset({Code.BUG, Code.ENVIRONMENT})
"""What may follow from the contents of an answer."""
API = frozenset({Code.MODULE, Code.NAME, Code.SIGNATURE, Code.PROTOCOL})
"""Codes that say that an interface is not what it was."""


def _remote(seen: Raised) -> bool:
    """Return whether an exception was raised in another process: pools attach its traceback there as the cause."""
    return any(one.type.endswith("RemoteTraceback") for one in chain(seen))


def _beside(path: str) -> bool:
    """Return whether a path is one that a reader would have beside the sample."""
    inside = path.removeprefix(_WORK)
    return not inside.startswith(("/", "..")) and "." in inside.rpartition("/")[2].strip(".")


def _spoken_of(seen: Raised, source: Source | None) -> str:
    """Return the file that a library's message says is not there: one that the sample named, at that line or before."""
    if source is None or not of_library(seen) or not _ABSENT.search(seen.message):
        return ""
    quoted = [match["file"] for text in _texts(source.nodes) for match in _QUOTED.finditer(text)]
    here = [text for one in source.head(seen.line) for text in _texts(ast.walk(one)) if _FILE_NAME.search(text)]
    before = [text for text in _texts(source.nodes) if _PATH.match(text)]
    # a message may quote the whole query below the file that it misses
    missed = sorted((text for text in quoted if text in seen.message), key=seen.message.index)
    return next((text for text in (*missed, *here, *before) if text in seen.message), "")


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _as_written(path: str, source: Source | None) -> str | None:
    """Return the text of the sample that a path comes from, None where no text of it does."""
    text = source.part.text if source else ""
    if path in text:
        return path
    words = path.split("/")
    tails = ("/".join(words[at:]) for at in range(len(words)))
    tail = next((tail for tail in tails if tail and tail in text), None)
    return f"./{tail}" if tail and f"./{tail}" in text else tail


def _limit(seen: Raised, _source: Source | None) -> Finding | None:
    threads = "can't start new thread" in seen.message
    forks = has_type(seen, "BlockingIOError") and attribute(seen, "errno") == _AGAIN and "fork" in str(seen.frames)
    if has_type(seen, "MemoryError") or threads or forks or attribute(seen, "errno") == _NO_SPACE:
        what = "memory" if has_type(seen, "MemoryError") else "disk" if not (threads or forks) else "processes"
        return mark(seen, Code.LIMIT, what, f"needs more {what} than it may have")
    return None


def _syntax(seen: Raised, _source: Source | None) -> Finding | None:
    if not has_type(seen, "SyntaxError"):
        return None
    if libraries(seen):
        return members.by_itself(seen)
    told = _PLACE.sub("", seen.message)
    return mark(seen, Code.SYNTAX, "", f"does not parse: {told}")


def _foreign(seen: Raised, source: Source | None) -> bool:
    """Return whether code that a library made, and filed under the sample's name, lacks a name of its own."""
    name = attribute(seen, "name") if has_type(seen, "NameError") else ""
    return bool(name and source) and not re.search(
        rf"(?<!\w){re.escape(name)}(?!\w)", source.part.text if source else ""
    )


def _undefined(seen: Raised, source: Source | None) -> Finding | None:
    if not has_type(seen, "NameError"):
        return None
    if libraries(seen):
        return members.by_itself(seen)
    words = seen.message.split("'")
    name = attribute(seen, "name") or (words[1] if len(words) > 1 else "")
    node = next((one for one in (source.head(seen.line) if source else ()) if getattr(one, "id", None) == name), None)
    return mark(seen, Code.UNDEFINED, name, f"{name} is neither defined nor imported", node=node)


def _placeholder(seen: Raised, _source: Source | None) -> Finding | None:
    """Judge a use of ``...``: it stands for code that the author left out."""
    on_line = any(key.startswith("name:") and text == "instance ellipsis" for key, text in seen.attributes)
    if attribute(seen, "obj") == "instance ellipsis" or "llipsis" in seen.message or (on_line and libraries(seen)):
        return mark(seen, Code.UNDEFINED, "...", "needs what ... stands for, which the page leaves out")
    return None


def _attribute(seen: Raised, source: Source | None) -> Finding | None:
    if not has_type(seen, "AttributeError"):
        return None
    return binding.judge(seen, source) if seen.message.startswith("__") else members.attribute_missing(seen, source)


def _call(seen: Raised, source: Source | None) -> Finding | None:
    return binding.judge(seen, source) if has_type(seen, "TypeError", "ValueError") else None


def _wants_arguments(seen: Raised) -> bool:
    """Return whether a command-line framework ended the sample, which a reader starts with arguments."""
    code = attribute(seen, "code") or seen.message
    return has_type(seen, "SystemExit") and bool(below(seen)) and (code == _USAGE or not code.lstrip("-").isdigit())


def _rest(seen: Raised) -> Finding:
    """Return S104, or E203 where a library fell over while it was imported."""
    if importing(seen):
        return members.by_itself(seen)
    symbol, frames = seen.type.rpartition(".")[2], libraries(seen)
    if frames:
        # A refused value and a library's own mistake look alike from here.
        return mark(seen, Code.BUG, symbol, f"{frames[-1].owner} fails here: {account(seen)}", sure=False)
    return mark(seen, Code.BUG, symbol, f"fails in its own logic: {account(seen)}")
