"""Reads an exception record: who raised it, on whose behalf, and against whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.execution import Frame, Raised

FOREIGN_TO_LIBRARIES = frozenset({"", "builtins", "__main__", "__mp_main__", "_harness_probe", "sample", "types"})
"""Tops of dotted paths that are no library."""


def attribute(seen: Raised, name: str) -> str:
    """Return one attribute of the exception, or an empty string."""
    return dict(seen.attributes).get(name, "")


def below(seen: Raised) -> tuple[Frame, ...]:
    """Return the frames below the sample's innermost one: those of the code that it called."""
    own = [at for at, frame in enumerate(seen.frames) if frame.owner == "sample"]
    return seen.frames[own[-1] + 1 :] if own else seen.frames


def libraries(seen: Raised) -> tuple[Frame, ...]:
    """Return the frames of libraries below the sample's innermost one."""
    return tuple(frame for frame in below(seen) if frame.owner not in {"stdlib", "sample", ""})


def of_library(seen: Raised) -> bool:
    """Return whether a library raised it; compiled code leaves no frame, but raises what its library has defined."""
    return bool(libraries(seen)) or ("." in seen.type and top(seen.type) not in FOREIGN_TO_LIBRARIES)


def importing(seen: Raised) -> bool:
    """Return whether a library was being imported when it was raised."""
    return any(frame.name == "<module>" for frame in libraries(seen))


def lazily(seen: Raised) -> bool:
    """Return whether a library's own look-up function for missing names raised it."""
    return any(frame.name == "__getattr__" for frame in libraries(seen)[-3:])


def chain(seen: Raised) -> Iterator[Raised]:
    """Yield an exception and what led to it."""
    current: Raised | None = seen
    while current is not None:
        yield current
        current = current.cause


def has_type(seen: Raised, *names: str) -> bool:
    """Return whether it is of a class of one of these names, or inherits from one."""
    return not {*names}.isdisjoint((seen.type, *seen.bases))


def top(path: str) -> str:
    """Return the first word of a dotted path."""
    return path.partition(".")[0]


def owned(description: str) -> str:
    """Return the dotted path in a probe's description of a value if a library owns it: ``instance a.B`` is ``a.B``."""
    path = description.partition(" ")[2]
    bare = "." not in path and not description.startswith("module ")
    return "" if bare or top(path) in FOREIGN_TO_LIBRARIES else path


def supplied(seen: Raised) -> bool:
    """Return whether what lacks an attribute stands in for a value that could not be had."""
    return attribute(seen, "obj").startswith("instance _harness_probe.")


def account(seen: Raised) -> str:
    """Return the exception as a person quotes it: type and first line."""
    first = next(iter(seen.message.strip().splitlines()), "")
    return f"{seen.type}: {first[:300]}" if first else seen.type
