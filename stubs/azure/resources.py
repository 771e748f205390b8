"""The resources of a subscription: what was put is there, and some are there from the start."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from stubs.azure import CLIENT, seeds
from stubs.azure.answers import now

Resource = dict[str, Any]

ML = "microsoft.machinelearningservices"
"""The provider whose resources a page takes for granted."""
_DEFAULT = "azureml_default"
"""Stands for the newest version of an asset."""
_STAMP = "2024-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Address:
    """A path of the resource manager, taken apart."""

    scope: str
    """What stands before the provider: the subscription and the group."""
    provider: str
    """The provider's namespace, as written."""
    pairs: tuple[tuple[str, str], ...]
    """Types and names, outermost first."""
    rest: str = ""
    """A type without a name (a collection), or an action."""

    @property
    def id(self) -> str:
        """The path, written the one way that resources say it; what a registry holds is named without a group."""
        end = "/".join(f"{kind}/{name}" for kind, name in self.pairs)
        shared = self.kinds[:1] == ("registries",) and len(self.pairs) > 1
        return f"azureml://{end}" if shared else f"{self.scope}/providers/{self.provider}/{end}"

    @property
    def name(self) -> str:
        """The resource's own name."""
        return self.pairs[-1][1]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types alone, in lower case."""
        return tuple(kind.lower() for kind, _ in self.pairs)

    @property
    def type(self) -> str:
        """The type as resources say it."""
        return "/".join([self.provider, *(kind for kind, _ in self.pairs)])

    def child(self, name: str) -> Address:
        """Return the address of one of a collection."""
        return Address(self.scope, self.provider, (*self.pairs, (self.rest, name)))


def parse(path: str) -> Address | None:
    """Take a path apart; None where it names no provider."""
    at = path.lower().rfind("/providers/")
    if at < 0:
        return None
    provider, *parts = [one for one in path[at + len("/providers/") :].split("/") if one] or [""]
    pairs = tuple(zip(parts[::2], parts[1::2], strict=False))
    return Address(path[:at].rstrip("/"), provider, pairs, parts[-1] if len(parts) % 2 else "")


@dataclass(slots=True)
class Store:
    """All resources of a job, by their paths in lower case."""

    found: dict[str, Resource] = field(default_factory=dict)

    def get(self, address: Address) -> Resource | None:
        """Return a resource: what was put, else what counts as there from the start."""
        kept = self.found.get(address.id.lower())
        if kept is not None:
            return kept
        if address.name == _DEFAULT:
            outer = Address(address.scope, address.provider, address.pairs[:-1], address.pairs[-1][0])
            return next(iter(self.list(outer)), None)
        if address.provider.lower() != ML:
            return None
        body = seeds.body(address)
        return None if body is None else self._made(address, body, _STAMP)

    def put(self, address: Address, body: Resource) -> Resource:
        """Keep a resource and return it as the service would."""
        kept = self._made(address, copy.deepcopy(body), now())
        self.found[address.id.lower()] = kept
        self._version(address)
        return kept

    def _version(self, address: Address) -> None:
        """Keep the container of an asset's version: services make it along with the first one."""
        if address.kinds[-1:] == ("versions",):
            outer = Address(address.scope, address.provider, address.pairs[:-1])
            body = {"properties": {"latestVersion": address.name, "nextVersion": f"{address.name}.1"}}
            self.found[outer.id.lower()] = self._made(outer, body, now())

    def _made(self, address: Address, body: Resource, when: str) -> Resource:
        if not isinstance(body.get("properties"), dict):
            body["properties"] = {}
        body |= {"id": address.id, "name": address.name, "type": address.type}
        body["systemData"] = {
            "createdAt": when,
            "createdBy": CLIENT,
            "createdByType": "Application",
            "lastModifiedAt": when,
        }
        body["properties"]["provisioningState"] = "Succeeded"
        if address.provider.lower() == ML:
            seeds.complete(address, body)
        return body

    def patch(self, kept: Resource, body: Resource) -> Resource:
        """Change what a request names, one level deep, and return the resource."""
        for name, value in body.items():
            if isinstance(value, dict) and isinstance(kept.get(name), dict):
                kept[name].update(value)
            else:
                kept[name] = value
        return kept

    def delete(self, address: Address) -> bool:
        """Forget a resource and all below it; return whether it was there."""
        path = address.id.lower()
        gone = [key for key in self.found if key == path or key.startswith(path + "/")]
        for key in gone:
            del self.found[key]
        return bool(gone)

    def list(self, address: Address) -> list[Resource]:
        """Return what is in a collection, newest first."""
        kinds = (*address.kinds, address.rest.lower())
        outer = (address.id if address.pairs else address.scope).lower() + "/"
        found = []
        for key, one in reversed(self.found.items()):
            kept = parse(key)
            if kept and kept.kinds == kinds and key.startswith(outer) and kept.provider == address.provider.lower():
                found.append(one)
        # what is there from the start: of an asset that nobody put one version, of datastores the default
        start = self.get(address.child(seeds.FIRST[kinds[-1]])) if kinds[-1] in seeds.FIRST else None
        if start and start not in found and (kinds[-1] != "versions" or not found):
            return [start, *found]
        return found
