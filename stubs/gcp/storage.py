"""Cloud Storage: a kept emulator's handlers, fed without a socket; buckets that a sample names exist."""

from __future__ import annotations

import http.client
import io
import re
import threading
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from stubs.gcp.naming import call_name

if TYPE_CHECKING:
    from starlette.requests import Request

NAMES = re.compile(
    r"(?:/upload|/download)?/storage/v1/b/([^/]+)(?:/o/(.+)|/.*)?|(?!/(?:storage|upload|download|batch)/)/([^/]+)/(.+)"
)
"""Bucket and object in a path, of the JSON API or of the XML API."""
CONTENTS = {
    ".csv": b"id,feature,target\n1,0.5,0\n2,1.5,1\n3,2.5,0\n4,3.5,1\n",
    ".json": b"{}\n",
    ".jsonl": b'{"id": 1}\n',
    ".txt": b"made up\n",
    ".yaml": b"made_up: true\n",
    ".yml": b"made_up: true\n",
}
"""What an object holds that the sample reads and did not write: the reader has it, the harness has not."""
SKIPPED = {"content-length", "transfer-encoding", "connection", "server", "date", "accept-encoding"}


class _Handler(RequestHandler):  # type: ignore[misc]  # the emulator has no types
    """One request, from bytes to bytes."""

    def __init__(self, storage: Storage, request: bytes) -> None:
        self._request = request
        self.answer = b""
        super().__init__(storage, None, ("127.0.0.1", 0), SimpleNamespace(server_address=("127.0.0.1", 0)))

    def setup(self) -> None:
        """Read from memory and write to memory."""
        self.rfile, self.wfile = io.BytesIO(self._request), io.BytesIO()

    def finish(self) -> None:
        """Keep what was written."""
        self.answer = self.wfile.getvalue()


class _Answer:
    """What `http.client` reads a response from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


class CloudStorage:
    """The buckets of one job."""

    def __init__(self) -> None:
        self._storage = Storage(use_memory_fs=True, data_dir="/tmp")  # noqa: S108  nothing is written there
        self._turn = threading.Lock()
        self._seen: set[str] = set()

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        return await run_in_threadpool(self._answer, request, await request.body())

    def _answer(self, request: Request, body: bytes) -> Response:
        path = self._path(request)
        below = path.partition("?")[0].partition("/storage/v1/")[2]
        # the verb of a copy stands in the middle, before where it goes
        parts = re.split(r"/(?:copyTo|rewriteTo)/", below, maxsplit=1)[0].split("/") if below else []
        request.scope["state"]["call"] = call_name(request.method, parts)
        with self._turn:
            self._supply(request, path)
            handler = _Handler(self._storage, _raw(request, path, body))
        return _response(handler.answer, request)

    def _supply(self, request: Request, path: str) -> None:
        """Make what a reader has: the bucket that is named, and the object that is read before it was ever written."""
        found = NAMES.fullmatch(path.partition("?")[0])
        if found is None:
            return
        bucket, name = (unquote(found.group(first) or found.group(first + 2) or "") for first in (1, 2))
        if self._storage.get_bucket(bucket) is None:
            create_bucket(bucket, self._storage)
        if not name or bucket + "/" + name in self._seen:
            return
        content = CONTENTS.get(PurePosixPath(name).suffix)
        if request.method == "GET" and content is not None and not self._has(bucket, name):
            request.scope["state"]["call"] = f"objects.get, made up: {name}"
            target = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={quote(name, safe='')}"
            lines = f"POST {target} HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: {len(content)}\r\n\r\n"
            _Handler(self._storage, lines.encode() + content)
        self._seen.add(bucket + "/" + name)

    def _has(self, bucket: str, name: str) -> bool:
        try:
            self._storage.get_file_obj(bucket, name)
        except NotFound:
            return False
        return True

    @staticmethod
    def _path(request: Request) -> str:
        """Return the path as the emulator knows it: a bucket in the host's name goes into the path."""
        path = request.scope["raw_path"].decode("latin-1")
        host = request.headers.get("host", "").partition(":")[0]
        bucket = host.removesuffix(".storage.googleapis.com")
        if bucket != host:
            path = f"/{bucket}{path}"
        query = request.scope["query_string"].decode("latin-1")
        return f"{path}?{query}" if query else path


def _raw(request: Request, path: str, body: bytes) -> bytes:
    method = "GET" if request.method == "HEAD" else request.method
    headers = [(name, value) for name, value in request.headers.items() if name.lower() not in SKIPPED]
    lines = [
        f"{method} {path} HTTP/1.0",
        *(f"{name}: {value}" for name, value in headers),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _response(answer: bytes, request: Request) -> Response:
    parsed = http.client.HTTPResponse(_Answer(answer))  # type: ignore[arg-type]  # it only asks for a file
    parsed.begin()
    body = parsed.read()
    # the emulator knows no TLS, and names itself by http in what it answers
    plain, secure = (
        f"http://{request.headers.get('host', '')}",
        f"{request.url.scheme}://{request.headers.get('host', '')}",
    )
    headers = {name: value.replace(plain, secure) for name, value in parsed.getheaders() if name.lower() not in SKIPPED}
    if headers.get("Content-type", "").startswith("application/json"):
        body = body.replace(plain.encode(), secure.encode())
    return Response(body, parsed.status, headers)
