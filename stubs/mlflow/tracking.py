"""Experiments, runs and what is logged to them: operation by operation, as the REST API names them."""

from __future__ import annotations

import uuid

from stubs.mlflow import filters
from stubs.mlflow.store import Fields, Missing, Operation, Store, now, put


def _create_experiment(store: Store, asked: Fields) -> Fields:
    known = next((e for e in store.experiments.values() if e["name"] == asked["name"]), None)
    if known is not None:
        raise ValueError(f"RESOURCE_ALREADY_EXISTS: Experiment '{asked['name']}' already exists.")
    made = store.add_experiment(asked["name"], str(next(store.numbers)), asked.get("tags") or [])
    return {"experiment_id": made["experiment_id"]}


def _experiment_by_name(store: Store, asked: Fields) -> Fields:
    for experiment in store.experiments.values():
        if experiment["name"] == asked.get("experiment_name"):
            return {"experiment": experiment}
    raise Missing(f"Could not find experiment with name '{asked.get('experiment_name')}'")


def _search_experiments(store: Store, asked: Fields) -> Fields:
    def look(item: Fields, name: str) -> object:
        kind, _, key = name.partition(".")
        tags = {tag["key"]: tag["value"] for tag in item["tags"]}
        return tags.get(key) if kind in {"tag", "tags"} else item.get(key or kind)

    return {"experiments": filters.kept(store.experiments.values(), asked.get("filter", ""), look)}


def _set_experiment(store: Store, asked: Fields) -> Fields:
    known = store.experiment(str(asked["experiment_id"]))
    known.update(last_update_time=now(), **({"name": asked["new_name"]} if "new_name" in asked else {}))
    return {}


def _tag_experiment(store: Store, asked: Fields) -> Fields:
    put(store.experiment(str(asked["experiment_id"]))["tags"], {"key": asked["key"], "value": asked["value"]})
    return {}


def _stage(kind: str, stage: str) -> Operation:
    def change(store: Store, asked: Fields) -> Fields:
        found = store.experiment(str(asked["experiment_id"])) if kind == "experiments" else store.run(asked)["info"]
        found["lifecycle_stage"] = stage
        return {}

    return change


def _update_run(store: Store, asked: Fields) -> Fields:
    info = store.run(asked)["info"]
    info.update({key: asked[key] for key in ("status", "end_time", "run_name") if asked.get(key)})
    return {"run_info": info}


def _look_into_run(item: Fields, name: str) -> object:
    kind, _, key = name.partition(".")
    kind = {"metric": "metrics", "param": "params", "parameter": "params", "tag": "tags"}.get(kind, kind)
    if kind in item["data"]:
        return next((entry["value"] for entry in item["data"][kind] if entry["key"] == key), None)
    found = key or kind
    return item["info"].get({"created": "start_time", "Created": "start_time"}.get(found, found))


def _search_runs(store: Store, asked: Fields) -> Fields:
    experiments = {str(own) for own in asked.get("experiment_ids") or []}
    stages = {"DELETED_ONLY": {"deleted"}, "ALL": {"active", "deleted"}}.get(asked.get("run_view_type", ""), {"active"})
    found = [
        run
        for run in reversed(store.runs.values())
        if run["info"]["experiment_id"] in experiments and run["info"]["lifecycle_stage"] in stages
    ]
    found = filters.kept(found, asked.get("filter", ""), _look_into_run)
    return {
        "runs": filters.ordered(found, asked.get("order_by") or [], _look_into_run)[: asked.get("max_results") or 1000]
    }


def _log_batch(store: Store, asked: Fields) -> Fields:
    run = store.run(asked)
    for metric in asked.get("metrics") or []:
        store.log_metric(run, metric)
    for kind in ("params", "tags"):
        for item in asked.get(kind) or []:
            put(run["data"][kind], item)
    return {}


def _log(kind: str) -> Operation:
    def log(store: Store, asked: Fields) -> Fields:
        return _log_batch(store, {**asked, kind: [{k: v for k, v in asked.items() if not k.startswith("run_")}]})

    return log


def _history(store: Store, asked: Fields) -> Fields:
    return {"metrics": store.histories.get((str(asked.get("run_id")), str(asked.get("metric_key"))), [])}


def _list_artifacts(store: Store, asked: Fields) -> Fields:
    uri = store.run(asked)["info"]["artifact_uri"]
    root = uri.removeprefix("mlflow-artifacts:/")
    return {"root_uri": uri, "files": listing(store, root, str(asked.get("path") or ""))}


def listing(store: Store, root: str, path: str) -> list[Fields]:
    """Return the files and folders directly below a path of a root, their paths relative to the root."""
    base = "/".join(part for part in (root.strip("/"), path.strip("/")) if part) + "/"
    found: dict[str, Fields] = {}
    for name, contents in store.artifacts.items():
        if name.startswith(base):
            child, _, deeper = name[len(base) :].partition("/")
            shown = f"{path.strip('/')}/{child}".lstrip("/")
            found[child] = {"path": shown, "is_dir": bool(deeper), **({} if deeper else {"file_size": len(contents)})}
    return list(found.values())


def _log_inputs(store: Store, asked: Fields) -> Fields:
    run = store.run(asked)
    run["inputs"]["dataset_inputs"] += asked.get("datasets") or []
    run["inputs"].setdefault("model_inputs", []).extend(asked.get("models") or [])
    return {}


def _log_outputs(store: Store, asked: Fields) -> Fields:
    store.run(asked)["outputs"].setdefault("model_outputs", []).extend(asked.get("models") or [])
    return {}


def _create_logged(store: Store, asked: Fields) -> Fields:
    own = f"m-{uuid.uuid4().hex}"
    experiment = store.experiment(str(asked.get("experiment_id") or "0"))
    info = {
        "model_id": own,
        "experiment_id": experiment["experiment_id"],
        "name": asked.get("name") or "model",
        "creation_timestamp_ms": now(),
        "last_updated_timestamp_ms": now(),
        "artifact_uri": f"{experiment['artifact_location']}/models/{own}/artifacts",
        "status": "LOGGED_MODEL_PENDING",
        "model_type": asked.get("model_type", ""),
        "source_run_id": asked.get("source_run_id", ""),
        "tags": asked.get("tags") or [],
    }
    store.logged[own] = {"info": info, "data": {"params": asked.get("params") or [], "metrics": []}}
    return {"model": store.logged[own]}


def logged(store: Store, own: str, part: str, asked: Fields) -> Fields:
    """Change or tell of one logged model.

    Raises:
        Missing: If there is none of that id.
    """
    if own not in store.logged:
        raise Missing(f"Logged model with ID '{own}' not found")
    model = store.logged[own]
    if asked.get("status"):
        model["info"]["status"] = {1: "LOGGED_MODEL_PENDING", 2: "LOGGED_MODEL_READY"}.get(
            asked["status"], asked["status"]
        )
    for kind, place in (("params", model["data"]["params"]), ("tags", model["info"]["tags"])):
        for item in asked.get(kind) or []:
            put(place, item)
    if part == "artifacts/directories":
        root = model["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
        path = str(asked.get("artifact_directory_path") or "")
        return {"root_uri": model["info"]["artifact_uri"], "files": listing(store, root, path)}
    return {"model": model}


OPERATIONS: dict[str, Operation] = {
    "experiments/create": _create_experiment,
    "experiments/get": lambda store, asked: {"experiment": store.experiment(str(asked["experiment_id"]))},
    "experiments/get-by-name": _experiment_by_name,
    "experiments/search": _search_experiments,
    "experiments/list": _search_experiments,
    "experiments/update": _set_experiment,
    "experiments/delete": _stage("experiments", "deleted"),
    "experiments/restore": _stage("experiments", "active"),
    "experiments/set-experiment-tag": _tag_experiment,
    "server-info": lambda _store, _asked: {},
    "runs/create": lambda store, asked: {"run": store.add_run(asked)},
    "runs/get": lambda store, asked: {"run": store.run(asked)},
    "runs/update": _update_run,
    "runs/delete": _stage("runs", "deleted"),
    "runs/restore": _stage("runs", "active"),
    "runs/search": _search_runs,
    "runs/log-batch": _log_batch,
    "runs/log-metric": _log("metrics"),
    "runs/log-parameter": _log("params"),
    "runs/set-tag": _log("tags"),
    "runs/log-model": lambda store, asked: store.run(asked) and {},
    "runs/log-inputs": _log_inputs,
    "runs/outputs": _log_outputs,
    "metrics/get-history": _history,
    "artifacts/list": _list_artifacts,
    "logged-models": _create_logged,
    "logged-models/search": lambda store, _asked: {"models": list(store.logged.values())},
}
"""Path below ``/mlflow/`` → what answers it."""
