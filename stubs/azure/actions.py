"""What a POST to a resource asks for: keys, tokens, a place to upload to."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from stubs.azure import ACCOUNT
from stubs.azure.seeds import CONTAINER, identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from stubs.azure.resources import Address

KEY = base64.b64encode(b"fake-key-of-the-sample-harness").decode()
"""Stands for every key that a service gives out."""
_SIGNED = "sv=2024-01-01&sr=c&sp=rcwl&se=2099-01-01T00%3A00%3A00Z&sig=ZmFrZQ%3D%3D"
_Answer = dict[str, Any]


def _keys(address: Address, _: _Answer) -> _Answer:
    if address.provider.lower() == "microsoft.storage":
        return {"keys": [{"keyName": name, "value": KEY, "permissions": "FULL"} for name in ("key1", "key2")]}
    storage = {"userStorageKey": KEY, "userStorageResourceId": f"{address.scope}/providers/{ACCOUNT}"}
    return {"primaryKey": KEY, "secondaryKey": KEY, "key1": KEY, "key2": KEY, **storage}


def _secrets(_: Address, __: _Answer) -> _Answer:
    return {"secretsType": "Sas", "sasToken": _SIGNED}


def _upload(address: Address, body: _Answer) -> _Answer:
    """Say where the files of an asset go."""
    folder = f"https://{ACCOUNT}.blob.core.windows.net/{identity(address.id)[:8]}-{CONTAINER}"
    place = {
        "blobUri": folder,
        "credential": {"credentialType": "SAS", "sasUri": f"{folder}?{_SIGNED}"},
        "storageAccountArmId": f"{address.scope}/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}",
    }
    kind = body.get("pendingUploadType") or "TemporaryBlobReference"
    return {"blobReferenceForConsumption": place, "pendingUploadType": kind, "pendingUploadId": identity(folder)}


def _token(_: Address, __: _Answer) -> _Answer:
    return {
        "accessToken": "fake",
        "tokenType": "Bearer",
        "expiryTimeUtc": 4070908800,
        "refreshAfterTimeUtc": 4070905200,
    }


def _logs(_: Address, __: _Answer) -> _Answer:
    return {"content": "a stand-in has no logs\n"}


def _done(_: Address, __: _Answer) -> _Answer:
    return {}


ACTIONS: dict[str, Callable[[Address, _Answer], _Answer]] = {
    "listkeys": _keys,
    "regeneratekeys": _done,
    "liststorageaccountkeys": _keys,
    "listsecrets": _secrets,
    "startpendingupload": _upload,
    "token": _token,
    "getlogs": _logs,
    "cancel": _done,
    "start": _done,
    "stop": _done,
    "restart": _done,
    "resynckeys": _done,
}
"""Actions by their names in lower case."""
