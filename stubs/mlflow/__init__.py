"""An MLflow tracking server wherever a sample says that one is.

Not the real one of the sample's environment: it needs six processes and fifteen seconds of a core until it answers,
which is more than a sample has. What it keeps and how it answers follows MLflow's REST API.
"""

from stubs.protocol import Stub

STUB = Stub(
    name="mlflow",
    hosts=("mlflow", "mlflow.*", "mlflow-*", "*.mlflow.*"),
    paths=(
        "/api/2.0/mlflow/",
        "/api/2.0/preview/mlflow/",
        "/api/3.0/mlflow/",
        "/api/2.0/mlflow-artifacts/",
        "/ajax-api/",
        "/v1/traces",
    ),
    app="stubs.mlflow.app:app",
    environment={
        "DATABRICKS_HOST": "https://workspace.databricks.test",
        "DATABRICKS_TOKEN": "dapi-fake-token-of-the-sample-harness",
        # A server that refuses is asked again for minutes otherwise.
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    },
)
