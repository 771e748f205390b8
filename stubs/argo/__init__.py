"""An Argo Workflows server: workflows have succeeded as soon as they are submitted."""

from stubs.protocol import Stub

STUB = Stub(
    name="argo",
    hosts=("argo-server*", "argo.*", "*.argoproj.io"),
    paths=(
        "/api/v1/workflows/",
        "/api/v1/workflow-templates/",
        "/api/v1/cron-workflows/",
        "/api/v1/cluster-workflow-templates",
        "/api/v1/workflow-events/",
        "/api/v1/events/",
        "/api/v1/info",
        "/api/v1/version",
        "/api/v1/userinfo",
    ),
    app="stubs.argo.app:app",
    environment={"ARGO_TOKEN": "Bearer fake-token-of-the-sample-harness"},
)
