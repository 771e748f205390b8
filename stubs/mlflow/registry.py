"""The model registry: registered models, their versions, stages, aliases and tags."""

from __future__ import annotations

from stubs.mlflow import filters
from stubs.mlflow.store import Fields, Missing, Operation, Store, now, put


def _registered(store: Store, asked: Fields) -> Fields:
    name = str(asked.get("name"))
    if name not in store.registered:
        raise Missing(f"Registered Model with name={name} not found")
    return store.registered[name]


def _version(store: Store, asked: Fields) -> Fields:
    key = (str(asked.get("name")), str(asked.get("version")))
    if key not in store.versions:
        raise Missing(f"Model Version (name={key[0]}, version={key[1]}) not found")
    return store.versions[key]


def _versions(store: Store, name: str) -> list[Fields]:
    return [version for (model, _), version in store.versions.items() if model == name]


def _told(store: Store, model: Fields) -> Fields:
    latest = {version["current_stage"]: version for version in _versions(store, model["name"])}
    return {**model, "latest_versions": list(latest.values())}


def _create(store: Store, asked: Fields) -> Fields:
    if asked["name"] in store.registered:
        raise ValueError(f"RESOURCE_ALREADY_EXISTS: Registered Model (name={asked['name']}) already exists.")
    times = {"creation_timestamp": now(), "last_updated_timestamp": now()}
    made = {
        "name": asked["name"],
        **times,
        "description": asked.get("description", ""),
        "tags": asked.get("tags") or [],
        "aliases": [],
    }
    store.registered[asked["name"]] = made
    return {"registered_model": made}


def _create_version(store: Store, asked: Fields) -> Fields:
    _registered(store, asked)
    number = str(len(_versions(store, asked["name"])) + 1)
    made = {
        "name": asked["name"],
        "version": number,
        "creation_timestamp": now(),
        "last_updated_timestamp": now(),
        "current_stage": "None",
        "description": asked.get("description", ""),
        "source": asked.get("source", ""),
        "run_id": asked.get("run_id", ""),
        "model_id": asked.get("model_id", ""),
        "status": "READY",
        "tags": asked.get("tags") or [],
        "aliases": [],
    }
    store.versions[asked["name"], number] = made
    return {"model_version": made}


def _change(store: Store, asked: Fields) -> Fields:
    found = _version(store, asked)
    found["last_updated_timestamp"] = now()
    if "stage" in asked:
        found["current_stage"] = asked["stage"]
    if "description" in asked:
        found["description"] = asked["description"]
    return {"model_version": found}


def _alias(store: Store, asked: Fields) -> Fields:
    model = _registered(store, asked)
    if "version" in asked:
        _version(store, asked)["aliases"].append(asked["alias"])
        model["aliases"] = [a for a in model["aliases"] if a["alias"] != asked["alias"]]
        model["aliases"].append({"alias": asked["alias"], "version": asked["version"]})
        return {}
    found = next((alias["version"] for alias in model["aliases"] if alias["alias"] == asked.get("alias")), None)
    if found is None:
        raise Missing(f"Registered model alias {asked.get('alias')} not found.")
    return {"model_version": _version(store, {"name": model["name"], "version": found})}


def _latest(store: Store, asked: Fields) -> Fields:
    stages = asked.get("stages") or []
    found = _told(store, _registered(store, asked))["latest_versions"]
    return {"model_versions": [version for version in found if not stages or version["current_stage"] in stages]}


def _search_versions(store: Store, asked: Fields) -> Fields:
    found = filters.kept(store.versions.values(), asked.get("filter", ""), lambda item, name: item.get(name))
    return {"model_versions": found[::-1]}


def _delete(store: Store, asked: Fields) -> Fields:
    store.registered.pop(_registered(store, asked)["name"])
    return {}


def _delete_version(store: Store, asked: Fields) -> Fields:
    found = _version(store, asked)
    del store.versions[found["name"], found["version"]]
    return {}


def _tag(find: Operation) -> Operation:
    def tag(store: Store, asked: Fields) -> Fields:
        put(find(store, asked)["tags"], {"key": asked["key"], "value": asked["value"]})
        return {}

    return tag


OPERATIONS: dict[str, Operation] = {
    "registered-models/create": _create,
    "registered-models/get": lambda store, asked: {"registered_model": _told(store, _registered(store, asked))},
    "registered-models/search": lambda store, _asked: {
        "registered_models": [_told(store, model) for model in store.registered.values()]
    },
    "registered-models/list": lambda store, _asked: {"registered_models": list(store.registered.values())},
    "registered-models/update": lambda store, asked: {"registered_model": _registered(store, asked)},
    "registered-models/delete": _delete,
    "registered-models/get-latest-versions": _latest,
    "registered-models/set-tag": _tag(_registered),
    "registered-models/alias": _alias,
    "model-versions/create": _create_version,
    "model-versions/get": lambda store, asked: {"model_version": _version(store, asked)},
    "model-versions/get-by-alias": _alias,
    "model-versions/update": _change,
    "model-versions/transition-stage": _change,
    "model-versions/search": _search_versions,
    "model-versions/set-tag": _tag(_version),
    "model-versions/get-download-uri": lambda store, asked: {"artifact_uri": _version(store, asked)["source"]},
    "model-versions/delete": _delete_version,
}
"""Path below ``/mlflow/`` → what answers it."""
