"""Kubeflow Pipelines: its API where a sample names a host of its own; below the cluster's proxy otherwise."""

from stubs.protocol import Stub

STUB = Stub(
    name="kubeflow",
    hosts=("*.pipelines.googleusercontent.com", "ml-pipeline.kubeflow*", "ml-pipeline-ui.kubeflow*"),
    paths=("/apis/v1beta1/", "/apis/v2beta1/", "/pipeline/apis/"),
    app="stubs.kubeflow.app:app",
)
