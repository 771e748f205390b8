"""Blob storage over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import ParseError, fromstring
from xml.sax.saxutils import escape

from starlette.responses import Response
from starlette.routing import Route, Router

from stubs.azure import CLIENT, TENANT
from stubs.azure.answers import call, http_date, now
from stubs.azure.storage import STORAGE, Blob, Container, FullError
from stubs.plausible import document

if TYPE_CHECKING:
    from starlette.requests import Request

METHODS = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"]
"""What storage answers to."""
_NOTED = "x-ms-meta-"


def fault(status: int, code: str) -> Response:
    """Return an error as storage words it."""
    text = f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return Response(text, status_code=status, media_type="application/xml", headers={"x-ms-error-code": code})


def _xml(text: str) -> Response:
    return Response(f"<?xml version='1.0' encoding='utf-8'?>{text}", media_type="application/xml")


async def blobs(request: Request) -> Response:
    """Answer for an account, a container or a blob."""
    name, _, blob = request.path_params["path"].partition("/")
    part, sort = request.query_params.get("comp", ""), request.query_params.get("restype", "")
    if not name or sort in ("service", "account"):
        return _account(request, part)
    host = request.url.hostname or ""
    if not blob and sort != "container":
        name, blob = "$root", name
    container = STORAGE.container(host, name)
    try:
        response = await _blob(request, container, blob, part) if blob else _container(request, name, container, part)
    except FullError as full:
        return fault(413, f"RequestBodyTooLarge: {full}")
    response.headers.update({"x-ms-version": "2025-01-05", "x-ms-request-id": "fake", "Date": http_date()})
    return response


def _account(request: Request, part: str) -> Response:
    found = STORAGE.account(request.url.hostname or "")
    if part == "list":
        call(request.scope, "containers.list")
        when = f"<Properties><Last-Modified>{http_date()}</Last-Modified><Etag>0x1</Etag></Properties>"
        names = "".join(f"<Container><Name>{escape(name)}</Name>{when}</Container>" for name in found)
        return _xml(f"<EnumerationResults><Containers>{names}</Containers><NextMarker/></EnumerationResults>")
    if part == "properties" and request.query_params.get("restype") == "account":
        return Response(headers={"x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2"})
    if part == "properties":
        return _xml("<StorageServiceProperties/>")
    if part == "userdelegationkey":
        call(request.scope, "account.get_user_delegation_key")
        signed = f"<SignedOid>{CLIENT}</SignedOid><SignedTid>{TENANT}</SignedTid><SignedStart>{now()}</SignedStart>"
        rest = "<SignedExpiry>2099-01-01T00:00:00Z</SignedExpiry><SignedService>b</SignedService>"
        last = "<SignedVersion>2025-01-05</SignedVersion><Value>ZmFrZQ==</Value>"
        return _xml(f"<UserDelegationKey>{signed}{rest}{last}</UserDelegationKey>")
    return fault(501, "NotImplemented")


def _container(request: Request, name: str, container: Container, part: str) -> Response:
    account = STORAGE.account(request.url.hostname or "")
    if part == "list":
        call(request.scope, "blobs.list")
        return _listing(container, request.query_params.get("prefix", ""), request.query_params.get("delimiter", ""))
    if part not in ("", "metadata", "acl"):
        return fault(501, "NotImplemented")
    call(request.scope, f"containers.{ {'PUT': 'create', 'DELETE': 'delete'}.get(request.method, 'get') }")
    if request.method == "DELETE":
        account.pop(name)
    status = {"PUT": 200 if part else 201, "DELETE": 202}.get(request.method, 200)
    return Response(status_code=status, headers={"ETag": '"0x1"', "Last-Modified": http_date()})


def _listing(container: Container, prefix: str, delimiter: str) -> Response:
    names, folders = container.under(prefix, delimiter)
    found = "".join(_listed(name, container.blobs[name]) for name in names)
    found += "".join(f"<BlobPrefix><Name>{escape(name)}</Name></BlobPrefix>" for name in folders)
    return _xml(f"<EnumerationResults><Blobs>{found}</Blobs><NextMarker/></EnumerationResults>")


def _listed(name: str, blob: Blob) -> str:
    noted = "".join(f"<{key[len(_NOTED) :]}>{escape(value)}</{key[len(_NOTED) :]}>" for key, value in blob.metadata)
    known = {
        "Creation-Time": blob.changed,
        "Last-Modified": blob.changed,
        "Etag": blob.tag.strip('"'),
        "Content-Length": str(len(blob.content)),
        "Content-Type": blob.media,
        "BlobType": blob.kind,
    }
    properties = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in known.items())
    return f"<Blob><Name>{escape(name)}</Name><Properties>{properties}</Properties><Metadata>{noted}</Metadata></Blob>"


async def _blob(request: Request, container: Container, name: str, part: str) -> Response:
    if request.method == "PUT":
        call(request.scope, f"blobs.{part or 'upload'}")
        return await _write(request, container, name, part)
    # what a sample reads and did not write is in the account of whoever wrote the page; checks find nothing
    made_up = document(name) if request.method == "GET" and not part else None
    found = container.blobs.get(name) or (Blob(made_up) if made_up is not None else None)
    call(request.scope, {"GET": "blobs.download", "DELETE": "blobs.delete"}.get(request.method, "blobs.get"))
    if found is None:
        return fault(404, "BlobNotFound")
    if part not in ("", "metadata") or request.method not in ("GET", "HEAD", "DELETE"):
        return fault(501, "NotImplemented")
    if request.method == "DELETE":
        del container.blobs[name]
        return Response(status_code=202)
    return read(request, found)


def read(request: Request, blob: Blob) -> Response:
    """Return a blob's content, or the part that is asked for."""
    wanted = request.headers.get("x-ms-range") or request.headers.get("range") or ""
    start, _, end = wanted.removeprefix("bytes=").partition("-")
    if not start.isdigit() or request.method == "HEAD":
        return _content(request, blob, blob.content, 200, {})
    if int(start) >= len(blob.content):
        return fault(416, "InvalidRange")
    piece = blob.content[int(start) : int(end) + 1 if end.isdigit() else None]
    place = f"bytes {start}-{int(start) + len(piece) - 1}/{len(blob.content)}"
    return _content(request, blob, piece, 206, {"Content-Range": place})


def _content(request: Request, blob: Blob, piece: bytes, status: int, headers: dict[str, str]) -> Response:
    length = {"Content-Length": str(len(piece))}
    body = b"" if request.method == "HEAD" else piece
    return Response(body, status, {**blob.headers, **headers, **length}, media_type=blob.media)


async def _write(request: Request, container: Container, name: str, part: str) -> Response:
    body = await request.body()
    if part == "block":
        blocks = container.blocks.setdefault(name, {})
        blocks[request.query_params.get("blockid", "")] = STORAGE.take(body)
        return Response(status_code=201)
    if part in ("metadata", "properties", "tags", "tier"):
        return _note(request, container, name, part)
    if part not in ("", "blocklist", "appendblock"):
        return fault(501, "NotImplemented")
    return _keep(request, container, name, part, body)


def _note(request: Request, container: Container, name: str, part: str) -> Response:
    """Change what is said of a blob; only metadata is ever read again."""
    old = container.blobs.get(name)
    if old is None:
        return fault(404, "BlobNotFound")
    if part == "metadata":
        container.blobs[name] = replace(old, metadata=_noted(request))
    return Response(headers=container.blobs[name].headers, status_code=204 if part == "tags" else 200)


def _keep(request: Request, container: Container, name: str, part: str, body: bytes) -> Response:
    """Write a blob whole."""
    old = container.blobs.get(name)
    if old and request.headers.get("if-none-match") == "*":
        return fault(409, "BlobAlreadyExists")
    try:
        content = _whole(request, container, name, part, body)
    except (ParseError, KeyError):
        return fault(400, "InvalidBlockList")
    kind = old.kind if part == "appendblock" and old else request.headers.get("x-ms-blob-type", "BlockBlob")
    media = request.headers.get("x-ms-blob-content-type", "application/octet-stream")
    container.blobs[name] = made = Blob(content, kind, media, _noted(request))
    copied = {"x-ms-copy-id": "fake", "x-ms-copy-status": "success"} if "x-ms-copy-source" in request.headers else {}
    return Response(status_code=202 if copied else 201, headers={**made.headers, **copied})


def _whole(request: Request, container: Container, name: str, part: str, body: bytes) -> bytes:
    """Return what a blob holds after a write.

    Raises:
        KeyError: If a piece or a source was never sent.
        ParseError: If the list of pieces cannot be read.
    """
    if part == "blocklist":
        blocks = container.blocks.pop(name, {})
        return b"".join(blocks[one.text or ""] for one in fromstring(body))  # noqa: S314 - entities are bounded by expat
    if part == "appendblock":
        return container.blobs[name].content + STORAGE.take(body)
    source = request.headers.get("x-ms-copy-source")
    if source:
        at = urlsplit(source)
        place, _, blob = unquote(at.path).lstrip("/").partition("/")
        return STORAGE.container(at.hostname or "", place).blobs[blob].content
    return STORAGE.take(body)


def _noted(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in request.headers.items() if name.startswith(_NOTED))


routes = Router([Route("/{path:path}", blobs, methods=METHODS)])
