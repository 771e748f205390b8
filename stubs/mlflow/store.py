"""What a tracking server keeps: experiments, runs, logged models, registered models, traces, artifacts."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]


class Missing(Exception):  # noqa: N818 MLflow calls it an error, a lookup that finds nothing is none
    """Something that was asked for by id or name is not there."""


def now() -> int:
    """Return milliseconds since 1970, as MLflow counts time."""
    return int(time.time() * 1000)


@dataclass(slots=True)
class Store:
    """Everything, in memory and for one job."""

    experiments: dict[str, Fields] = field(default_factory=dict)
    """By id."""
    runs: dict[str, Fields] = field(default_factory=dict)
    """By id."""
    histories: dict[tuple[str, str], list[Fields]] = field(default_factory=dict)
    """(run, metric) → its values."""
    logged: dict[str, Fields] = field(default_factory=dict)
    """Logged models by id."""
    registered: dict[str, Fields] = field(default_factory=dict)
    """Registered models by name."""
    versions: dict[tuple[str, str], Fields] = field(default_factory=dict)
    """(registered model, version) → the version."""
    traces: dict[str, Fields] = field(default_factory=dict)
    """By id."""
    artifacts: dict[str, bytes] = field(default_factory=dict)
    """By path."""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    """Ids of experiments."""

    def __post_init__(self) -> None:
        self.add_experiment("Default", "0", [])

    def add_experiment(self, name: str, own: str, tags: list[Fields]) -> Fields:
        """Keep a new experiment."""
        made = {
            "experiment_id": own,
            "name": name,
            "artifact_location": f"mlflow-artifacts:/{own}",
            "lifecycle_stage": "active",
            "creation_time": now(),
            "last_update_time": now(),
            "tags": list(tags),
        }
        self.experiments[own] = made
        return made

    def experiment(self, own: str) -> Fields:
        """Return an experiment; one that is named by an id of its author's is there."""
        if own not in self.experiments:
            self.add_experiment(f"experiment-{own}", own, [])
        return self.experiments[own]

    def add_run(self, asked: Fields) -> Fields:
        """Keep a new run."""
        own = uuid.uuid4().hex
        experiment = self.experiment(str(asked.get("experiment_id") or "0"))
        tags = list(asked.get("tags") or [])
        shown = asked.get("run_name") or next((t["value"] for t in tags if t["key"] == "mlflow.runName"), "made-up-run")
        if all(tag["key"] != "mlflow.runName" for tag in tags):
            tags.append({"key": "mlflow.runName", "value": shown})
        info = {
            "run_id": own,
            "run_uuid": own,
            "run_name": shown,
            "experiment_id": experiment["experiment_id"],
            "user_id": asked.get("user_id", "sample"),
            "status": "RUNNING",
            "start_time": asked.get("start_time") or now(),
            "artifact_uri": f"{experiment['artifact_location']}/{own}/artifacts",
            "lifecycle_stage": "active",
        }
        data: Fields = {"metrics": [], "params": [], "tags": tags}
        self.runs[own] = {"info": info, "data": data, "inputs": {"dataset_inputs": []}, "outputs": {}}
        return self.runs[own]

    def run(self, asked: Fields) -> Fields:
        """Return the run that a request names.

        Raises:
            Missing: If there is none.
        """
        own = str(asked.get("run_id") or asked.get("run_uuid") or "")
        if own not in self.runs:
            raise Missing(f"Run with id={own} not found")
        return self.runs[own]

    def log_metric(self, run: Fields, metric: Fields) -> None:
        """Keep one value of a metric; the last one is the run's."""
        kept = {"timestamp": now(), "step": 0, **{k: metric[k] for k in metric if k not in {"run_id", "run_uuid"}}}
        self.histories.setdefault((run["info"]["run_id"], str(kept["key"])), []).append(kept)
        put(run["data"]["metrics"], kept)


Operation = Callable[[Store, Fields], Fields]
"""What answers a request: the store and what was asked for to what is told."""


def put(listed: list[Fields], item: Fields) -> None:
    """Put a thing with a key in the place of the one that has that key, or at the end."""
    listed[:] = [known for known in listed if known["key"] != item["key"]] + [item]
