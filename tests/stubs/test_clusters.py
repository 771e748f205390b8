"""The clients of Kubernetes, Argo Workflows and Kubeflow Pipelines against their stubs."""

from __future__ import annotations

import pytest

from tests.stubs.conftest import Beside, Clients

pytestmark = pytest.mark.network


def test_objects_of_any_kind_are_accepted_and_done(clients: Clients, beside: Beside, shipped: str) -> None:
    ran = beside(
        clients("kubernetes"),
        """
    from kubernetes import client, config, dynamic, watch
    config.load_kube_config()
    core, batch, custom = client.CoreV1Api(), client.BatchV1Api(), client.CustomObjectsApi()
    pod = {"metadata": {"name": "p", "labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    print(core.create_namespaced_pod("default", pod).status.phase)
    print([one.metadata.name for one in core.list_namespaced_pod("default", label_selector="a=b").items])
    print(core.list_namespaced_pod("default", label_selector="a=c").items, core.read_namespaced_pod_log("p", "default"))
    for event in watch.Watch().stream(core.list_namespaced_pod, "default", timeout_seconds=2):
        print(event["type"], event["object"].status.phase)
        break
    job = {"metadata": {"generateName": "j-"}, "spec": {"template": pod}}
    print(batch.create_namespaced_job("other", job).status.succeeded)
    torch = {"apiVersion": "kubeflow.org/v1", "kind": "PyTorchJob", "metadata": {"name": "t"}, "spec": {"n": 1}}
    where = ("kubeflow.org", "v1", "default", "pytorchjobs")
    custom.create_namespaced_custom_object(*where, torch)
    print(custom.patch_namespaced_custom_object(*where, "t", {"spec": {"m": 2}})["spec"])
    try:
        core.create_namespaced_pod("default", pod)
    except client.ApiException as error:
        print(error.status)
    core.delete_namespaced_pod("p", "default")
    services = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="Service")
    print(services.get(namespace="default").items, core.list_namespaced_pod("default").items)
    """,
        front=shipped,
    )
    assert ran.code == 0, ran.err[-3000:]
    assert ran.out.splitlines() == [
        "Succeeded",
        "['p']",
        "[] This is an answer of the sample harness, not of a model.",
        "",
        "ADDED Succeeded",
        "1",
        "{'n': 1, 'm': 2}",
        "409",
        "[] []",
    ]
    assert "pytorchjobs.create" in ran.names


def test_workflows_and_pipelines_are_submitted(clients: Clients, beside: Beside, shipped: str) -> None:
    ran = beside(
        clients("hera", "kfp"),
        """
    from hera.workflows import Steps, Workflow, WorkflowsService, script
    import kfp

    @script()
    def say(text: str): print(text)

    server = WorkflowsService(host="http://localhost:2746")
    with Workflow(generate_name="w-", entrypoint="s", namespace="argo", workflows_service=server) as workflow:
        with Steps(name="s"):
            say(arguments={"text": "x"})
    print(workflow.create().status.phase)

    @kfp.dsl.component
    def add(a: int) -> int: return a

    @kfp.dsl.pipeline(name="sums")
    def sums(): add(a=1)

    for client in (kfp.Client(), kfp.Client(host="http://localhost:8080")):
        run = client.create_run_from_pipeline_func(sums, arguments={})
        print(client.wait_for_run_completion(run.run_id, 10).state)
    """,
        front=shipped,
        HARNESS_STUBS_PORTS="2746 8080",
    )
    assert ran.code == 0, ran.err[-3000:]
    assert [line for line in ran.out.splitlines() if line.istitle() or line.isupper()] == [
        "Succeeded",
        "SUCCEEDED",
        "SUCCEEDED",
    ]
    assert {call["stub"] for call in ran.calls} == {"argo", "kubernetes", "kubeflow"}
