"""What a sample needs installed, and why.

Requirements come from what the sample imports, from what its author wrote
down (PEP 723 block, directive, context), and from its own pip lines. A name
that is not known is never installed merely because a page mentions it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from harness.model.matrix import Need, Unknown
from harness.model.source import Language
from harness.plan.imports import imports, provided
from harness.plan.names import Provider, listed, provider
from harness.plan.stated import Stated, pip_lines, script_block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from harness.model.matrix import Context
    from harness.model.source import Part, Sample
    from harness.plan.imports import Import


def needs(
    sample: Sample, context: Context, allow: Collection[str] = ()
) -> tuple[tuple[Need, ...], tuple[Unknown, ...]]:
    """Return the distributions that a sample needs, and its imports that lead to none.

    Args:
        sample: The sample; only its Python parts need anything.
        context: What was written down for it by hand: trusted, since it is the user's own.
        allow: Names that the user allows though they are not known: distributions
            (``acme-sdk``) or modules with their distribution (``acme=acme-sdk``).
    """
    parts = _python(sample)
    allowed = _Allowed(allow)
    trusted = [Need(text, "context") for text in context.requires]
    stated, refused = _sort_out(_stated(sample, parts), allowed) if parts else ([], [])
    explicit = [*trusted, *stated]
    imported, unknown = _imported(sample, parts, context, allowed, {_name(need.requirement) for need in explicit})
    return _each_once([*explicit, *imported]), (*refused, *unknown)


def known(requirement: str) -> bool:
    """Say whether a requirement names a distribution that may be installed unasked."""
    try:
        parsed = Requirement(requirement)
    except InvalidRequirement:
        return False
    return not parsed.url and canonicalize_name(parsed.name) in listed()


def grant(requirement: str = "", module: str = "", installed: Collection[str] = ()) -> str | None:
    """Return what to install where a library asks for something, or None where nothing known would help.

    Args:
        requirement: What it asks for as a PEP 508 requirement, or empty.
        module: The module that it could not import, or a name that may be one, or empty.
        installed: Normalised names of what is installed already: asking for it bare does not help.
    """
    found = provider(module or requirement.partition("[")[0]).distributions
    wanted = requirement if known(requirement) else next(iter(found), None)
    return None if wanted in installed else wanted


def requires_python(sample: Sample) -> str:
    """Return the specifier for the Python from the sample's PEP 723 block, or an empty string."""
    return next((block.python for part in _python(sample) if (block := script_block(part)).python), "")


class _Allowed:
    """What the user lets us install though it is not known."""

    def __init__(self, entries: Iterable[str]) -> None:
        pairs = [entry.partition("=") for entry in entries]
        self.modules = {module.strip(): name.strip() for module, equals, name in pairs if equals}
        self.names = {canonicalize_name(name or module) for module, _, name in pairs}

    def requirement(self, text: str) -> bool:
        """Say whether a requirement may be installed."""
        return known(text) or _name(text) in self.names

    def distribution(self, module: str) -> str | None:
        """Return the distribution that the user names for a module."""
        top = module.partition(".")[0]
        name = canonicalize_name(top)
        return self.modules.get(module) or self.modules.get(top) or (name if name in self.names else None)


def _python(sample: Sample) -> tuple[Part, ...]:
    """Return the sample's Python files."""
    return tuple(part for part in sample.parts if part.language is Language.PYTHON)


def _stated(sample: Sample, parts: tuple[Part, ...]) -> Iterator[Stated]:
    """Yield what the page itself says to install."""
    for text in sample.directive.requires:
        yield Stated(text, "directive", 1)
    for part in parts:
        yield from script_block(part).stated
    for part in sample.parts:
        # A pip line is a hint: what it names and nobody knows is left alone without a word.
        yield from (line for line in pip_lines(part) if known(line.text))


def _sort_out(stated: Iterable[Stated], allowed: _Allowed) -> tuple[list[Need], list[Unknown]]:
    """Part what may be installed from what may not."""
    needed: list[Need] = []
    refused: list[Unknown] = []
    for one in stated:
        if one.fault:
            refused.append(Unknown(one.text, one.line, one.fault))
        elif allowed.requirement(one.text):
            needed.append(Need(one.text, one.reason))
        else:
            reason = f"the {one.reason} asks for '{one.text}', which is not known; allow it to install it"
            refused.append(Unknown(one.text, one.line, reason))
    return needed, refused


def _imported(
    sample: Sample, parts: tuple[Part, ...], context: Context, allowed: _Allowed, explicit: set[str]
) -> tuple[list[Need], list[Unknown]]:
    """Return what the imports lead to."""
    beside = provided(chain((part.name for part in sample.parts), (path for path, _ in context.files)))
    found = (one for part in parts for one in imports(part.text, part.first_line) if one.top not in beside)
    needed: list[Need] = []
    unknown: dict[str, Unknown] = {}
    for one in found:
        for module, origin in _origins(one):
            if name := allowed.distribution(module) or _chosen(origin, explicit):
                others = tuple(other for other in origin.distributions if other != name)
                needed.append(Need(name, f"import {module} (line {one.line})", module, others))
            elif not one.optional:
                unknown.setdefault(module, Unknown(module, one.line, origin.reason, origin.own))
    wanted = [need for need in needed if _name(need.requirement) not in explicit]
    return wanted, list(unknown.values())


def _origins(one: Import) -> Iterator[tuple[str, Provider]]:
    """Yield each module behind an import: ``from google.cloud import a, b`` may mean two distributions."""
    whole = provider(one.module)
    members = [(name, provider(name)) for name in (f"{one.module}.{part}" for part in one.names if part.islower())]
    if whole.distributions or not any(origin.distributions for _, origin in members):
        yield one.module, whole
        yield from (pair for pair in members if pair[1].distributions not in {(), whole.distributions})
    else:
        yield from members


def _chosen(origin: Provider, explicit: set[str]) -> str | None:
    """Return the alternative that was asked for elsewhere, else the preferred one."""
    asked = (name for name in origin.distributions if name in explicit)
    return next(asked, next(iter(origin.distributions), None))


def _each_once(needed: Iterable[Need]) -> tuple[Need, ...]:
    """Keep the first reason for each requirement."""
    return tuple({need.requirement: need for need in reversed(list(needed))}.values())[::-1]


def _name(requirement: str) -> str:
    """Return the normalised name of a requirement, or an empty string."""
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""
