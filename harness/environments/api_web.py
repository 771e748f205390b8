"""Reads from a package index over HTTP: whole documents and byte ranges, each of them bounded.

Which index: what the host has configured for pip and uv. Where nothing is
configured, uv is asked which one it would use, so no address stands here.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry
from uv import find_uv_bin

from harness.environments.index import CREDENTIALS, redact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.environments.index import IndexSettings

_PASSED_ON: Final = re.compile(r"^(?:--(?:extra-)?(?:default-)?index(?:-url)?)[ =](\S+)", re.MULTILINE)
_TIMEOUT: Final = 30.0
_ASK_UV: Final = 30.0
_STATUS_PARTIAL: Final = 206
_STATUS_MISSING: Final = (403, 404, 410)
_BUSY: Final = (408, 429, 500, 502, 503, 504)
"""Answers after which a server is asked again."""
PARALLEL: Final = 8
"""Connections that are kept open."""
BREAKS: Final = (0.3, 1.2)
"""Seconds after which something is asked for again whose connection broke, one for each further attempt."""

logger = logging.getLogger(__name__)


class WebError(Exception):
    """The index did not give what was asked for; the text says why, credentials struck out."""


class MissingError(WebError):
    """The index has nothing of that name."""


@dataclass(frozen=True, slots=True)
class Index:
    """One package index."""

    url: str
    """Its address, without a slash at its end and without credentials."""
    auth: tuple[str, str] | None = None
    """User name and password, or None."""


@dataclass(slots=True)
class Traffic:
    """What was asked of servers, added up."""

    requests: int = 0
    """How many requests were made."""
    bytes: int = 0
    """How many bytes of content came back."""


class Web:
    """A pool of connections; safe to share by threads."""

    def __init__(self, settings: IndexSettings) -> None:
        """Say where to look.

        Args:
            settings: What the host has configured.
        """
        self._env = dict(settings.env)
        self._auth: dict[str, tuple[str, str]] = {}
        self._session = _session()
        self._lock = threading.Lock()
        self._indexes: tuple[Index, ...] | None = None
        self.traffic = Traffic()

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def indexes(self) -> tuple[Index, ...]:
        """Return the indexes in the order in which a name is looked up.

        Raises:
            WebError: If none is configured and uv does not tell its own.
        """
        with self._lock:
            if self._indexes is None:
                self._indexes = tuple(_configured(self._env))
                self._auth = {urlsplit(one.url).netloc: one.auth for one in self._indexes if one.auth}
            return self._indexes

    def page(self, index: Index, name: str, accept: str, limit: int) -> tuple[str, str, bytes] | None:
        """Return an index's page on a distribution, or None where it has none.

        Args:
            index: Where to look.
            name: Normalised name of the distribution.
            accept: The media types that are understood.
            limit: The most bytes to read.

        Returns:
            The address it came from, its media type and its content.

        Raises:
            WebError: If the index does not answer.
        """
        try:
            answer, content = self._read(f"{index.url}/{name}/", {"Accept": accept}, limit)
        except MissingError:
            return None
        return answer.url, answer.headers.get("Content-Type", ""), content

    def part(self, url: str, wanted: str, limit: int) -> tuple[int, int, bytes]:
        """Return a range of a file, or the whole where the server knows no ranges.

        Args:
            url: The file.
            wanted: The range, e.g. ``0-99`` or ``-100`` for its end.
            limit: The most bytes to read.

        Returns:
            Where the bytes begin, the size of the file, and the bytes.

        Raises:
            WebError: If the server does not give it, or gives more than the limit.
        """
        answer, content = self._read(url, {"Range": f"bytes={wanted}", "Accept-Encoding": "identity"}, limit)
        if answer.status_code != _STATUS_PARTIAL:
            return 0, len(content), content
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
        if not found:
            raise WebError(f"{_safe(url)}: the server does not say which part it gives")
        return int(found[1]), int(found[2]), content

    def whole(self, url: str, limit: int) -> bytes:
        """Return a file.

        Raises:
            WebError: If the server does not give it, or it is larger than the limit.
        """
        return self._read(url, {"Accept-Encoding": "identity"}, limit)[1]

    def _read(self, url: str, headers: Mapping[str, str], limit: int) -> tuple[requests.Response, bytes]:
        """Return a server's answer and what it holds; asked for again where the connection breaks in the middle.

        Before the first byte the session itself tries again.
        """
        pauses = iter(BREAKS)
        while True:
            with self._open(url, headers) as answer:
                try:
                    return answer, self._content(answer, limit)
                except (requests.RequestException, HTTPError) as error:
                    pause = next(pauses, None)
                    if pause is None:
                        raise WebError(f"{_safe(url)}: {type(error).__name__}") from error
                    logger.info("%s: %s; asked for again", _safe(url), type(error).__name__)
            time.sleep(pause)

    def _open(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        auth = self._auth.get(urlsplit(url).netloc)
        try:
            answer = self._session.get(url, headers=dict(headers), stream=True, timeout=_TIMEOUT, auth=auth)
        except (requests.RequestException, HTTPError) as error:
            raise WebError(f"{_safe(url)}: {type(error).__name__}") from error
        with self._lock:
            self.traffic.requests += 1
        return answer

    def _content(self, answer: requests.Response, limit: int) -> bytes:
        """Read what a server sends, but no more than the limit."""
        if not answer.ok:
            kind = MissingError if answer.status_code in _STATUS_MISSING else WebError
            raise kind(f"{_safe(answer.url)}: status {answer.status_code}")
        chunks, size = [], 0
        try:
            for chunk in answer.iter_content(1 << 16):
                chunks.append(chunk)
                size += len(chunk)
                if size > limit:
                    raise WebError(f"{_safe(answer.url)}: larger than {limit} bytes")
        finally:
            with self._lock:
                self.traffic.bytes += size
        return b"".join(chunks)


def _session() -> requests.Session:
    session = requests.Session()
    # a server may ask for an hour's patience: ours is bounded
    retry = Retry(
        total=3, backoff_factor=0.3, status_forcelist=_BUSY, raise_on_status=False, respect_retry_after_header=False
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=PARALLEL, max_retries=retry))
    # requests heeds other variables than the rest of the world
    if (bundle := os.environ.get("SSL_CERT_FILE")) and os.path.isfile(bundle):  # noqa: PTH113 -- a text from outside
        session.verify = bundle
    return session


def _configured(env: Mapping[str, str]) -> list[Index]:
    """Return the indexes that the settings name, extra ones first, as uv looks them up."""
    extra = [_index(text, env) for text in env.get("UV_INDEX", "").split()]
    default = env.get("UV_DEFAULT_INDEX", "")
    return [*extra, *([_index(default, env)] if default else [Index(url) for url in _of_uv()])]


def _index(text: str, env: Mapping[str, str]) -> Index:
    """Read ``url`` or ``name=url``; credentials stand in the address or, for a named index, in variables."""
    name, equals, url = text.partition("=")
    if not equals or "://" in name:
        name, url = "", text
    parts = urlsplit(url)
    prefix = "UV_INDEX_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    user = env.get(f"{prefix}_USERNAME") or unquote(parts.username or "")
    password = env.get(f"{prefix}_PASSWORD") or unquote(parts.password or "")
    return Index(CREDENTIALS.sub("", url).rstrip("/"), (user, password) if user or password else None)


def _of_uv() -> list[str]:
    """Return the index that uv uses where nothing is configured: it writes it above what it resolves."""
    argv = [find_uv_bin(), "pip", "compile", "--emit-index-url", "--offline", "--no-config", "--quiet", "-"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    try:
        said = subprocess.run(argv, input="", capture_output=True, text=True, timeout=_ASK_UV, env=env, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise WebError(f"uv does not tell which index it uses: {type(error).__name__}") from error
    found = _PASSED_ON.findall(said.stdout)
    if not found:
        raise WebError("uv does not tell which index it uses")
    return [url.rstrip("/") for url in found]


def _safe(url: str) -> str:
    return redact(url.partition("?")[0])
