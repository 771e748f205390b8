"""A package index on the loopback: small distributions made in the test, with and without ranges, JSON or HTML."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import tarfile
import threading
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from harness.environments.index import IndexSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass
class LocalIndex:
    """What is published, and what was asked for."""

    ranges: bool = True
    json: bool = True
    password: str = ""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ails: list[str] = field(default_factory=list)
    """What becomes of the next requests: a status, or ``breaks`` in the middle."""
    sent: int = 0
    url: str = ""

    @property
    def settings(self) -> IndexSettings:
        return IndexSettings((("UV_DEFAULT_INDEX", self.url),))

    def publish(
        self,
        name: str,
        version: str,
        modules: Mapping[str, str],
        *,
        date: str = "",
        yanked: bool = False,
        requires: tuple[str, ...] = (),
        sdist: bool = False,
    ) -> None:
        """Publish one release made of these files."""
        stem = f"{name.replace('-', '_')}-{version}"
        metadata = "\n".join(
            [
                "Metadata-Version: 2.1",
                f"Name: {name}",
                f"Version: {version}",
                *(f"Requires-Dist: {one}" for one in requires),
                "",
                "",
            ]
        )
        members = {path: dedent(text) for path, text in modules.items()}
        if sdist:
            filename, data = (
                f"{stem}.tar.gz",
                _tar({f"{stem}/{path}": text for path, text in members.items()} | {f"{stem}/PKG-INFO": metadata}),
            )
        else:
            filename, data = f"{stem}-py3-none-any.whl", _wheel(stem, members, metadata)
        self.files[filename] = {
            "name": name, "data": data, "yanked": yanked,
            "date": date or f"20{version.split('.', maxsplit=1)[0]:0>2}-01-{1 + int(re.sub(r'[^0-9].*', '', version.split('.')[1])):02}T00:00:00Z",
        }  # fmt: skip

    def has(self, kind: str, name: str) -> bool:
        """Return whether there is a file, or a page of a distribution."""
        return name in self.files if kind == "files" else any(one["name"] == name for one in self.files.values())

    def page(self, name: str) -> tuple[str, bytes]:
        """Return the media type and the content of the page of a distribution."""
        files = {filename: file for filename, file in self.files.items() if file["name"] == name}
        if not self.json:
            links = [
                f'<a href="/files/{one}#sha256=0"{" data-yanked" if file["yanked"] else ""}>{one}</a>'
                for one, file in files.items()
            ]
            return "text/html", "".join(links).encode()
        listed = [
            {
                "filename": one,
                "url": f"/files/{one}",
                "size": len(file["data"]),
                "upload-time": file["date"],
                "hashes": {"sha256": hashlib.sha256(file["data"]).hexdigest()},
                "yanked": file["yanked"],
            }
            for one, file in files.items()
        ]
        return "application/vnd.pypi.simple.v1+json", json.dumps({"files": listed}).encode()


def _ail(handler: BaseHTTPRequestHandler, how: str) -> None:
    """Answer with a status, or well and by halves."""
    half = b"half of it" if how == "breaks" else b""
    handler.send_response(200 if half else int(how))
    handler.send_header("Content-Length", str(2 * len(half)))
    handler.end_headers()
    handler.wfile.write(half)
    handler.close_connection = True


@contextmanager
def served(index: LocalIndex, host: str = "127.0.0.1") -> Iterator[LocalIndex]:
    """Serve an index at an address of this machine until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            index.asked.append(self.path)
            kind, name = self.path.strip("/").split("/")
            if index.ails:
                _ail(self, index.ails.pop(0))
            elif index.password and self.headers.get("Authorization") != index.password:
                self._answer(401, "text/plain", b"")
            elif not index.has(kind, name):
                self._answer(404, "text/plain", b"")
            elif kind == "files":
                self._answer(*_asked(index.files[name]["data"], self.headers.get("Range", "") if index.ranges else ""))
            else:
                self._answer(200, *index.page(name))

        do_HEAD = do_GET  # noqa: N815 -- the server looks for this name

        def _answer(self, status: int, media: str, data: bytes, given: str = "") -> None:
            index.sent += len(data)
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Accept-Ranges", "bytes" if index.ranges else "none")
            if given:
                self.send_header("Content-Range", given)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    index.url = f"http://{host}:{server.server_port}/simple"
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _asked(data: bytes, wanted: str) -> tuple[int, str, bytes, str]:
    """Return status, media type, content and its range, for a request that may ask for a part."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
    if not found:
        return 200, "application/octet-stream", data, ""
    start = int(found[1]) if found[1] else max(0, len(data) - int(found[2]))
    end = min(int(found[2]), len(data) - 1) if found[1] and found[2] else len(data) - 1
    return 206, "application/octet-stream", data[start : end + 1], f"bytes {start}-{end}/{len(data)}"


def _wheel(stem: str, members: Mapping[str, str], metadata: str) -> bytes:
    """Return a wheel that can be installed."""
    info = f"{stem}.dist-info"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    # padding keeps the wheel above the size up to which it is read whole
    padding = {f"{info}/pad.bin": "".join(chr(33 + at * 7919 % 90) * (at % 7) for at in range(90_000))}
    files = {**padding, **members, f"{info}/WHEEL": wheel, f"{info}/METADATA": metadata}
    lines = [f"{path},sha256={_digest(text)},{len(text.encode())}\n" for path, text in files.items()]
    return _zip(files | {f"{info}/RECORD": "".join([*lines, f"{info}/RECORD,,\n"])})


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _zip(members: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as file:
        for path, text in members.items():
            file.writestr(path, text)
    return content.getvalue()


def _tar(members: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as file:
        for path, text in members.items():
            info = tarfile.TarInfo(path)
            info.size = len(text.encode())
            file.addfile(info, io.BytesIO(text.encode()))
    return content.getvalue()
