"""The objects of a cluster, of any kind: kept as they were sent, with what a cluster adds to them."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import uuid
from typing import Any

Fields = dict[str, Any]
Key = tuple[str, str, str]
"""(path of the collection, namespace, name)."""

_DONE: dict[str, Fields] = {
    "Pod": {"phase": "Succeeded", "podIP": "192.0.2.1", "conditions": [], "containerStatuses": []},
    "Job": {"succeeded": 1, "active": 0, "failed": 0, "conditions": [{"type": "Complete", "status": "True"}]},
    "Namespace": {"phase": "Active"},
    "Node": {"conditions": [{"type": "Ready", "status": "True"}]},
    "PersistentVolumeClaim": {"phase": "Bound"},
    "Service": {"loadBalancer": {}},
}
"""What becomes of an object by its kind; of all others, that they are ready."""
_versions = itertools.count(1)


class Cluster:
    """Objects by their place; a namespace is there as soon as it is spoken of."""

    def __init__(self) -> None:
        self._objects: dict[Key, Fields] = {}
        for name in ("default", "kube-system", "kubeflow", "argo"):
            self.create(("/api/v1/namespaces", "", ""), {"kind": "Namespace", "metadata": {"name": name}})

    def create(self, place: Key, sent: Fields) -> Fields | None:
        """Keep a new object and return it as the cluster has it; None where its name is taken."""
        made = copy.deepcopy(sent)
        metadata = made.setdefault("metadata", {})
        if not metadata.get("name"):
            metadata["name"] = f"{metadata.get('generateName', 'made-up-')}{next(_versions):05x}"
        collection, namespace, _name = place
        key = (collection, namespace, metadata["name"])
        if key in self._objects:
            return None
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        metadata.update({"uid": str(uuid.uuid4()), "creationTimestamp": now, "generation": 1})
        if namespace:
            metadata["namespace"] = namespace
        made["status"] = {**_status(made, now), **made.get("status", {})}
        return self._keep(key, made)

    def get(self, key: Key) -> Fields | None:
        """Return an object, or None."""
        return self._objects.get(key)

    def put(self, key: Key, sent: Fields) -> Fields | None:
        """Put an object in the place of another and return it; None where there is none."""
        known = self._objects.get(key)
        if known is None:
            return None
        metadata = {**known["metadata"], **sent.get("metadata", {})}
        return self._keep(key, {**sent, "metadata": metadata, "status": {**known["status"], **sent.get("status", {})}})

    def patch(self, key: Key, sent: Fields) -> Fields | None:
        """Merge into an object and return it; None where there is none."""
        known = self._objects.get(key)
        return None if known is None else self._keep(key, _merged(known, sent))

    def delete(self, key: Key) -> Fields | None:
        """Take an object away and return it; None where there is none."""
        return self._objects.pop(key, None)

    def list(self, place: Key, selector: str = "") -> list[Fields]:
        """Return the objects of a collection, of one namespace or of all, that have the labels of a selector."""
        collection, namespace, _name = place
        wanted = dict(part.replace("==", "=").split("=", 1) for part in selector.split(",") if "=" in part)
        return [
            item
            for (kept_in, kept_for, _), item in self._objects.items()
            if kept_in == collection
            and namespace in {"", kept_for}
            and wanted.items() <= (item["metadata"].get("labels") or {}).items()
        ]

    def _keep(self, key: Key, made: Fields) -> Fields:
        made["metadata"]["resourceVersion"] = str(next(_versions))
        self._objects[key] = made
        return made


def _status(made: Fields, now: str) -> Fields:
    kind = str(made.get("kind", ""))
    if kind in _DONE:
        times = {"Pod": {"startTime": now}, "Job": {"startTime": now, "completionTime": now}}
        return {**copy.deepcopy(_DONE[kind]), **times.get(kind, {})}
    replicas = (made.get("spec") or {}).get("replicas", 1)
    ready = {
        "replicas": replicas,
        "readyReplicas": replicas,
        "availableReplicas": replicas,
        "updatedReplicas": replicas,
    }
    if kind in {"Deployment", "StatefulSet", "ReplicaSet"}:
        return {**ready, "observedGeneration": 1}
    # Custom resources say it in one of these ways.
    done = [
        {"type": kind, "status": "True", "reason": kind, "message": ""} for kind in ("Ready", "Succeeded", "Complete")
    ]
    return {"phase": "Succeeded", "state": "Succeeded", "conditions": done, "startedAt": now, "finishedAt": now}


def _merged(known: Fields, sent: Fields) -> Fields:
    """Return an object with a patch merged into it; what the patch has as null goes."""
    made = {key: value for key, value in known.items() if sent.get(key, value) is not None}
    for key, value in sent.items():
        before = known.get(key)
        if value is not None:
            both = isinstance(before, dict) and isinstance(value, dict)
            made[key] = _merged(before or {}, value) if both else copy.deepcopy(value)
    return made
