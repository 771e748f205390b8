"""What else one could ask about a sample: a plain run's traceback, ty, pyright, each taken at its word."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.model.environment import Request
from harness.model.execution import Limits, StoreAccess, Task
from harness.model.matrix import Lane
from harness.model.source import Language
from harness.sandbox.policy import TY

if TYPE_CHECKING:
    from harness.jobs import Equipment, Ran

Said = tuple[list[dict[str, Any]], float]
"""Findings, as the report has them, and the seconds it took."""
Checker = Callable[["Ran", "Equipment"], Said]

KINDS = ("removed", "never-existed", "signature", "protocol", "deprecated")
"""The kinds that make a sample outdated."""
EXCEPTIONS = {
    "ModuleNotFoundError": "removed",
    "ImportError": "removed",
    "AttributeError": "removed",
    "TypeError": "signature",
    "NameError": "undefined-name",
    "FileNotFoundError": "missing-file",
}
"""What a reader of a traceback would call it; whatever else a library raises is its API refusing the sample."""
TY_RULES = {
    "import-not-found": "removed",
    "unresolved-import": "removed",
    "missing-module-member": "removed",
    "missing-attribute": "removed",
    "unresolved-attribute": "removed",
    "unknown-argument": "signature",
    "missing-argument": "signature",
    "too-many-positional-arguments": "signature",
    "parameter-already-assigned": "signature",
    "positional-only-parameter-as-kwarg": "signature",
    "invalid-argument-type": "signature",
    "no-matching-overload": "signature",
    "invalid-context-manager": "protocol",
    "not-callable": "protocol",
    "call-non-callable": "protocol",
    "not-iterable": "protocol",
    "not-subscriptable": "protocol",
    "unsupported-operator": "protocol",
    "invalid-await": "protocol",
    "deprecated": "deprecated",
    "unresolved-reference": "undefined-name",
}
PYRIGHT_RULES = {
    "reportMissingImports": "removed",
    "reportAttributeAccessIssue": "removed",
    "reportCallIssue": "signature",
    "reportArgumentType": "signature",
    "reportGeneralTypeIssues": "protocol",
    "reportIndexIssue": "protocol",
    "reportOperatorIssue": "protocol",
    "reportDeprecated": "deprecated",
    "reportUndefinedVariable": "undefined-name",
}
LIMITS = Limits(seconds=180, memory=4 << 30, output=16 << 20)
LAY_OUT = (
    "import json, os, subprocess, sys\n"
    "orders = json.load(sys.stdin)\n"
    "for name, text in orders['files'].items():\n"
    "    os.makedirs(os.path.dirname(name) or '.', exist_ok=True)\n"
    "    open(name, 'w', encoding='utf-8').write(text)\n"
    "sys.exit(subprocess.call(orders['argv'], stdin=subprocess.DEVNULL))\n"
)
"""Runs in the sandbox: writes the sample's files and calls a type checker."""
STANDARD = json.dumps({"typeCheckingMode": "standard", "reportDeprecated": "warning"})
"""basedpyright with pyright's own defaults, and with deprecations, which the defaults leave out."""


def plain(ran: Ran) -> Said:
    """Take the exception that ended a plain run for all there is."""
    evidence = ran.evidence
    if evidence is None:
        return [], 0.0
    fatal = [seen for seen in evidence.raised if seen.fatal and seen.line]
    findings = []
    for seen in fatal[-1:]:
        kind = next((EXCEPTIONS[name] for name in (seen.type, *seen.bases) if name in EXCEPTIONS), "signature")
        named = dict(seen.attributes)
        findings.append(_finding(seen.line, kind, seen.message, named.get("name") or named.get("filename") or ""))
    return findings, evidence.seconds


def ty(ran: Ran, equipment: Equipment) -> Said:
    """Ask ty, with its defaults."""
    options = ["--output-format", "gitlab", "--no-progress", "--exit-zero", "--color", "never"]
    answer, seconds = _ask(ran, equipment, lambda path: [TY, "check", "--python", path, *options, "--"])
    findings = []
    for one in answer or ():
        kind = TY_RULES.get(one["check_name"])
        line = _line(ran, one["location"]["path"], one["location"]["positions"]["begin"]["line"])
        if kind and line:
            findings.append(_finding(line, kind, one["description"], one["description"].split("`")[1:2]))
    return findings, seconds


def pyright(ran: Ran, equipment: Equipment) -> Said:
    """Ask pyright, as PyPI has it with everything it needs: basedpyright, set to pyright's own defaults."""
    if ran.lock is None:
        return [], 0.0
    tool = equipment.provider.ready(Request(("basedpyright",), Lane.CURRENT, python=ran.lock.python))
    call = [tool.python, "-m", "basedpyright", "--outputjson", "--project", "pyrightconfig.json"]
    answer, seconds = _ask(
        ran, equipment, lambda path: [*call, "--pythonpath", f"{path}/bin/python"], {"pyrightconfig.json": STANDARD}
    )
    findings = []
    for one in (answer or {}).get("generalDiagnostics", ()):
        kind = PYRIGHT_RULES.get(one.get("rule", ""))
        line = _line(ran, one["file"], one["range"]["start"]["line"] + 1)
        if kind and line:
            findings.append(_finding(line, kind, one["message"], one["message"].split('"')[1:2]))
    return findings, seconds


def _ask(
    ran: Ran, equipment: Equipment, argv: Callable[[str], list[str]], more: dict[str, str] | None = None
) -> tuple[Any, float]:
    """Run a type checker on a sample's Python beside its environment; return its answer and its seconds."""
    files = {part.name: part.text for part in ran.job.sample.parts if part.language is Language.PYTHON}
    if not files or ran.request is None or ran.lock is None:
        return None, 0.0
    environment = equipment.provider.ready(ran.request)
    call = argv(environment.path)
    orders = {"files": {**files, **(more or {})}, "argv": [*call, *files] if call[-1] == "--" else call}
    done = equipment.sandbox.run(
        Task(
            (environment.python, "-I", "-c", LAY_OUT),
            ran.lock.python,
            stdin=json.dumps(orders).encode(),
            store=StoreAccess.READ,
            limits=LIMITS,
            label=f"{ran.job.id} {call[0]}",
        )
    )
    try:
        return json.loads(done.stdout), done.seconds
    except ValueError:
        raise SystemExit(f"{ran.job.id}: {call} gave no answer: {done.ending} {done.stderr.decode()[-2000:]}") from None


def _line(ran: Ran, path: str, line: int) -> int:
    """Return a file's line as a line of the sample's text, 0 where it is in none of its files."""
    for part in ran.job.sample.parts:
        if path.endswith(part.name):
            return line + part.first_line - 1
    return 0


def _finding(line: int, kind: str, message: str, symbol: str | list[str]) -> dict[str, Any]:
    named = symbol if isinstance(symbol, str) else next(iter(symbol), "")
    return {"line": line, "kind": kind, "symbol": named, "message": message}
