"""What an API server says of itself: its version, its groups, their resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from stubs.web import name

if TYPE_CHECKING:
    from starlette.requests import Request

_RESOURCES: dict[str, dict[str, str]] = {
    "v1": {
        "namespaces": "Namespace",
        "nodes": "Node",
        "persistentvolumes": "PersistentVolume",
        "pods": "Pod",
        "services": "Service",
        "configmaps": "ConfigMap",
        "secrets": "Secret",
        "events": "Event",
        "serviceaccounts": "ServiceAccount",
        "persistentvolumeclaims": "PersistentVolumeClaim",
        "replicationcontrollers": "ReplicationController",
        "endpoints": "Endpoints",
    },
    "apps/v1": {
        "deployments": "Deployment",
        "statefulsets": "StatefulSet",
        "daemonsets": "DaemonSet",
        "replicasets": "ReplicaSet",
    },
    "batch/v1": {"jobs": "Job", "cronjobs": "CronJob"},
    "networking.k8s.io/v1": {"ingresses": "Ingress", "networkpolicies": "NetworkPolicy"},
    "autoscaling/v2": {"horizontalpodautoscalers": "HorizontalPodAutoscaler"},
    "rbac.authorization.k8s.io/v1": {
        "roles": "Role",
        "rolebindings": "RoleBinding",
        "clusterroles": "ClusterRole",
        "clusterrolebindings": "ClusterRoleBinding",
    },
    "apiextensions.k8s.io/v1": {"customresourcedefinitions": "CustomResourceDefinition"},
    "storage.k8s.io/v1": {"storageclasses": "StorageClass"},
    # Operators that samples of machine learning submit to.
    "argoproj.io/v1alpha1": {
        "workflows": "Workflow",
        "workflowtemplates": "WorkflowTemplate",
        "cronworkflows": "CronWorkflow",
    },
    "kubeflow.org/v1": {"pytorchjobs": "PyTorchJob", "tfjobs": "TFJob", "mpijobs": "MPIJob", "notebooks": "Notebook"},
    "serving.kserve.io/v1beta1": {"inferenceservices": "InferenceService"},
    "ray.io/v1": {"rayclusters": "RayCluster", "rayjobs": "RayJob", "rayservices": "RayService"},
    "sparkoperator.k8s.io/v1beta2": {"sparkapplications": "SparkApplication"},
}
"""Group and version → resource → kind; others are accepted as well, and not told of."""
_CLUSTER_WIDE = {"Namespace", "Node", "PersistentVolume", "ClusterRole", "ClusterRoleBinding", "StorageClass"}
_VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"]


def kind_of(resource: str) -> str:
    """Return the kind of a resource, by what is known or by its name."""
    known = next((kinds[resource] for kinds in _RESOURCES.values() if resource in kinds), "")
    return known or resource.removesuffix("s").capitalize()


def _groups() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group in _RESOURCES:
        if "/" in group:
            found.setdefault(group.split("/")[0], []).append(group)
    return found


def _group(group: str, versions: list[str]) -> dict[str, Any]:
    listed = [{"groupVersion": version, "version": version.split("/")[1]} for version in versions]
    return {"name": group, "versions": listed, "preferredVersion": listed[0]}


async def _version(request: Request) -> Response:
    name(request, "version")
    told = {"major": "1", "minor": "34", "gitVersion": "v1.34.0", "gitCommit": "sample", "gitTreeState": "clean"}
    return JSONResponse(
        {**told, "buildDate": "2025-09-01T00:00:00Z", "goVersion": "go1", "compiler": "gc", "platform": "linux/amd64"}
    )


async def _core(request: Request) -> Response:
    name(request, "discovery")
    return JSONResponse({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})


async def _apis(request: Request) -> Response:
    name(request, "discovery")
    listed = [_group(group, versions) for group, versions in _groups().items()]
    return JSONResponse({"kind": "APIGroupList", "apiVersion": "v1", "groups": listed})


async def _api(request: Request) -> Response:
    name(request, "discovery")
    group = request.path_params["group"]
    versions = _groups().get(group, [f"{group}/v1"])
    return JSONResponse({"kind": "APIGroup", "apiVersion": "v1", **_group(group, versions)})


async def _resources(request: Request) -> Response:
    name(request, "discovery")
    version = "/".join(request.path_params.values()) or "v1"
    listed = [
        {
            "name": resource,
            "singularName": kind.lower(),
            "kind": kind,
            "namespaced": kind not in _CLUSTER_WIDE,
            "verbs": _VERBS,
        }
        for resource, kind in _RESOURCES.get(version, {}).items()
    ]
    return JSONResponse({"kind": "APIResourceList", "groupVersion": version, "resources": listed})


async def _healthy(request: Request) -> Response:
    name(request, "health")
    return PlainTextResponse("ok")


_ROUTES = {
    "/version": _version,
    "/api": _core,
    "/apis": _apis,
    "/api/v1": _resources,
    "/apis/{group}": _api,
    "/apis/{group}/{version}": _resources,
    "/healthz": _healthy,
    "/livez": _healthy,
    "/readyz": _healthy,
}

# Clients write some of them with a slash behind.
ROUTES = [Route(path + slash, endpoint) for path, endpoint in _ROUTES.items() for slash in ("", "/")]
