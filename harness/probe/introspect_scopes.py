"""What the names of a sample stand for at each place: scopes, branches, and bodies that run later."""

from typing import Dict, List, Optional

from .introspect_values import UNKNOWN, Value, same


class Scope:
    """The names of a module or of a function."""

    def __init__(self, outer: Optional["Scope"] = None) -> None:
        self.outer = outer
        self.names: Dict[str, Value] = {}
        self._ever: Dict[str, List[Value]] = {}
        self.closed = False
        """True once the body has been walked: what is looked up then may see any binding."""

        self.of_class = False
        """True for the body of a class, whose names its functions do not see."""

    def for_functions(self) -> "Scope":
        """Return the scope that functions defined here see around them."""
        return self.outer.for_functions() if self.of_class and self.outer else self

    def bind(self, name: str, value: Value) -> None:
        """Bind a name."""
        self.names[name] = value
        self._ever.setdefault(name, []).append(value)

    def find(self, name: str) -> Optional[Value]:
        """Return what a name stands for here, None where nothing binds it."""
        if self.closed and name in self._ever:
            first, *others = self._ever[name]
            return first if all(same(first, other) for other in others) else UNKNOWN
        if name in self.names:
            return self.names[name]
        return self.outer.find(name) if self.outer else None

    def snapshot(self) -> Dict[str, Value]:
        """Return the names as they are, to come back to for another branch."""
        return dict(self.names)

    def join(self, branches: List[Dict[str, Value]]) -> None:
        """Go on after several branches: what they disagree on is unknown."""
        merged: Dict[str, Value] = {}
        for branch in branches:
            for name, value in branch.items():
                known = merged.setdefault(name, value)
                if not same(known, value):
                    merged[name] = UNKNOWN
        self.names = merged
