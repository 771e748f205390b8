"""What a machine learning workspace has from the start, and what its service adds to what is put into it."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from stubs.azure import ACCOUNT, TENANT

if TYPE_CHECKING:
    from collections.abc import Callable

    from stubs.azure.resources import Address

REGION = "eastus"
"""Where everything is."""
API = f"https://{REGION}.api.azureml.ms"
"""Where a workspace's own services answer."""
FIRST = {"versions": "1", "datastores": "workspaceblobstore"}
"""What a collection of a kind holds before anybody puts something into it."""
CONTAINER = "azureml-blobstore"
"""The container of the default datastore."""


def body(address: Address) -> dict[str, Any] | None:
    """Return a resource that counts as there though nobody put it, None where there is none."""
    make = _SEEDS.get(address.kinds)
    found = make(address) if make else None
    if found is None or "properties" in found:
        return found
    return {"properties": found}


def complete(address: Address, resource: dict[str, Any]) -> None:
    """Add what the service knows of a resource and its author does not say."""
    add = _ADDED.get(address.kinds)
    if add:
        for name, value in add(address, resource["properties"]).items():
            resource["properties"].setdefault(name, value)


def identity(text: str) -> str:
    """Return the identity that goes with a name: the same one whenever it is asked for."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text.lower()))


def _workspace(_: Address) -> dict[str, Any]:
    return {"location": REGION, "sku": {"name": "Basic", "tier": "Basic"}, "kind": "Default", "properties": {}}


def _workspace_added(address: Address, _: dict[str, Any]) -> dict[str, Any]:
    near = f"{address.scope}/providers"
    return {
        "friendlyName": address.name,
        "workspaceId": identity(address.id),
        "tenantId": TENANT,
        "storageAccount": f"{near}/Microsoft.Storage/storageAccounts/{ACCOUNT}",
        "keyVault": f"{near}/Microsoft.KeyVault/vaults/{ACCOUNT}",
        "applicationInsights": f"{near}/Microsoft.Insights/components/{ACCOUNT}",
        "discoveryUrl": f"{API}/discovery",
        "mlFlowTrackingUri": f"azureml://{REGION}.api.azureml.ms/mlflow/v1.0{address.id}",
        "publicNetworkAccess": "Enabled",
    }


def _datastore(address: Address) -> dict[str, Any]:
    files = "file" in address.name
    where = {"fileShareName": CONTAINER} if files else {"containerName": CONTAINER}
    return {
        "datastoreType": "AzureFile" if files else "AzureBlob",
        "isDefault": address.name == "workspaceblobstore",
        "accountName": ACCOUNT,
        "endpoint": "core.windows.net",
        "protocol": "https",
        "credentials": {"credentialsType": "AccountKey"},
        "serviceDataAccessAuthIdentity": "None",
        **where,
    }


def _asset(_: Address) -> dict[str, Any]:
    return {"latestVersion": "1", "nextVersion": "2", "isArchived": False}


def _uri(address: Address) -> str:
    """Return where an asset's file lies, as the service writes it in full."""
    asset = address.pairs[-2][1]
    workspace = f"{address.scope}/workspaces/{address.pairs[0][1]}"
    return f"azureml:/{workspace}/datastores/workspaceblobstore/paths/{asset}"


def _data(address: Address) -> dict[str, Any]:
    return {"dataType": "uri_file", "dataUri": _uri(address), "isAnonymous": False, "isArchived": False}


def _model(address: Address) -> dict[str, Any]:
    return {"modelType": "custom_model", "modelUri": _uri(address), "isAnonymous": False, "isArchived": False}


def _environment(address: Address) -> dict[str, Any]:
    image = f"mcr.microsoft.com/azureml/{address.pairs[-2][1].lower()}:{address.name}"
    return {"image": image, "osType": "Linux", "environmentType": "Curated", "isAnonymous": False}


def _compute(_: Address) -> dict[str, Any]:
    machine = {
        "vmSize": "STANDARD_DS3_V2",
        "vmPriority": "Dedicated",
        "osType": "Linux",
        "scaleSettings": {"minNodeCount": 0, "maxNodeCount": 4, "nodeIdleTimeBeforeScaleDown": "PT120S"},
    }
    return {"location": REGION, "properties": {"computeType": "AmlCompute", "properties": machine}}


def _model_added(_: Address, __: dict[str, Any]) -> dict[str, Any]:
    return {"flavors": {}, "properties": {}, "tags": {}}


def _endpoint(_: Address) -> dict[str, Any]:
    return {"location": REGION, "properties": {"authMode": "Key", "traffic": {}}}


def _job_added(address: Address, asked: dict[str, Any]) -> dict[str, Any]:
    run = f"https://ml.azure.com/runs/{address.name}?wsid={address.id.rpartition('/jobs/')[0]}"
    services = {
        "Studio": {"jobServiceType": "Studio", "endpoint": run},
        "Tracking": {"jobServiceType": "Tracking", "endpoint": f"azureml://{REGION}.api.azureml.ms/mlflow/v1.0"},
    }
    # a service that a job declares keeps its place beside those every job has
    asked["services"] = {**services, **(asked.get("services") or {})}
    return {"status": "Completed", "experimentName": "Default", "displayName": address.name}


def _deployment_added(_: Address, __: dict[str, Any]) -> dict[str, Any]:
    return {"scaleSettings": {"scaleType": "Default"}}


def _endpoint_added(address: Address, _: dict[str, Any]) -> dict[str, Any]:
    host = f"https://{re.sub(r'[^a-z0-9-]', '-', address.name.lower())}.{REGION}.inference.ml.azure.com"
    kind = "jobs" if address.kinds[-1].startswith("batch") else "score"
    return {"scoringUri": f"{host}/{kind}", "swaggerUri": f"{host}/swagger.json"}


_WORKSPACE = ("workspaces",)
_SEEDS: dict[tuple[str, ...], Callable[[Address], dict[str, Any]]] = {
    _WORKSPACE: _workspace,
    (*_WORKSPACE, "computes"): _compute,
    (*_WORKSPACE, "datastores"): _datastore,
    (*_WORKSPACE, "data"): _asset,
    (*_WORKSPACE, "data", "versions"): _data,
    (*_WORKSPACE, "models"): _asset,
    (*_WORKSPACE, "models", "versions"): _model,
    (*_WORKSPACE, "environments"): _asset,
    (*_WORKSPACE, "environments", "versions"): _environment,
    (*_WORKSPACE, "onlineendpoints"): _endpoint,
    (*_WORKSPACE, "batchendpoints"): _endpoint,
    ("registries", "models"): _asset,
    ("registries", "models", "versions"): _model,
    ("registries", "environments"): _asset,
    ("registries", "environments", "versions"): _environment,
}
_ADDED: dict[tuple[str, ...], Callable[[Address, dict[str, Any]], dict[str, Any]]] = {
    _WORKSPACE: _workspace_added,
    (*_WORKSPACE, "models", "versions"): _model_added,
    ("registries", "models", "versions"): _model_added,
    (*_WORKSPACE, "jobs"): _job_added,
    (*_WORKSPACE, "onlineendpoints"): _endpoint_added,
    (*_WORKSPACE, "onlineendpoints", "deployments"): _deployment_added,
    (*_WORKSPACE, "batchendpoints"): _endpoint_added,
}
