"""MLflow's own client against the stub of its server."""

from __future__ import annotations

import pytest

from stubs.mlflow import filters
from tests.stubs.conftest import Beside, Clients


def look(item: filters.Item, name: str) -> object:
    return item.get(name.rpartition(".")[2])


RUNS: list[filters.Item] = [{"loss": 2.0, "kind": "Big one"}, {"loss": 0.5, "kind": "small"}, {"kind": "none"}]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", [0, 1, 2]),
        ("metrics.loss > 1", [0]),
        ("metrics.loss <= 2 and tags.kind = 'small'", [1]),
        ("tags.kind LIKE '%one'", [0, 2]),
        ('tags."kind" != "none"', [0, 1]),
        ("nonsense", [0, 1, 2]),
    ],
)
def test_a_filter_lets_through_what_it_says(wanted: str, found: list[int]) -> None:
    assert [RUNS.index(run) for run in filters.kept(RUNS, wanted, look)] == found


def test_an_order_puts_what_has_no_value_last() -> None:
    assert [RUNS.index(run) for run in filters.ordered(RUNS, ["metrics.loss DESC"], look)] == [0, 1, 2]
    assert [RUNS.index(run) for run in filters.ordered(RUNS, ["metrics.loss"], look)] == [1, 0, 2]


@pytest.mark.network
def test_a_run_is_logged_registered_found_and_loaded(clients: Clients, beside: Beside, shipped: str) -> None:
    ran = beside(
        clients("mlflow-skinny", "pandas"),
        """
    import mlflow
    mlflow.set_tracking_uri("http://localhost:5000")
    mlflow.set_experiment("trial")

    class Double(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * 2

    with mlflow.start_run() as run:
        mlflow.log_params({"rate": 0.1})
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metric("loss", 0.25, step=2)
        mlflow.log_text("hello", "notes/a.txt")
        mlflow.pyfunc.log_model(name="model", python_model=Double(), registered_model_name="double")
    client = mlflow.MlflowClient()
    again = client.get_run(run.info.run_id)
    print(again.info.status, again.data.params, again.data.metrics)
    print([one.value for one in client.get_metric_history(run.info.run_id, "loss")])
    print([one.path for one in client.list_artifacts(run.info.run_id)])
    print(len(mlflow.search_runs(filter_string="metrics.loss < 0.3")), len(mlflow.search_runs(filter_string="metrics.loss > 1")))
    client.set_registered_model_alias("double", "champion", 1)
    print(client.get_model_version_by_alias("double", "champion").version)
    try:
        client.get_run("nobody")
    except mlflow.exceptions.MlflowException as error:
        print(error.error_code)
    print(mlflow.pyfunc.load_model("models:/double@champion").predict(21))
    """,
        front=shipped,
        HARNESS_STUBS_PORTS="5000",
        MLFLOW_DISABLE_TELEMETRY="true",
    )
    assert ran.code == 0, ran.err[-3000:]
    assert [line for line in ran.out.splitlines() if "View" not in line] == [
        "FINISHED {'rate': '0.1'} {'loss': 0.25}",
        "[0.5, 0.25]",
        "['notes']",
        "1 0",
        "1",
        "RESOURCE_DOES_NOT_EXIST",
        "42",
    ]
    assert [call for call in ran.calls if call["status"] >= 500 and call["host"] == "localhost"] == []
