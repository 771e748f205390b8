"""BigQuery over REST: datasets, tables and rows are kept; a query of one table gives its rows, any other none."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Sequence  # noqa: TC003
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from stubs.gcp.naming import call_name

if TYPE_CHECKING:
    from starlette.requests import Request

Json = dict[str, Any]
TABLE = re.compile(r"\bfrom\s+`?([\w-]+(?:\.[\w-]+)*)`?", re.IGNORECASE)
UPLOADS = re.compile(r"\r?\n\r?\n(.*?)\r?\n--", re.DOTALL)


class NotThereError(Exception):
    """What was asked for does not exist."""


class BigQuery:
    """The datasets of one job."""

    def __init__(self) -> None:
        self._kept: dict[str, Json] = {}
        self._rows: dict[str, list[Json]] = {}
        self._numbers = itertools.count(1)

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        path = re.sub(r"^/(upload/|resumable/upload/)?bigquery/v2/projects/", "", request.url.path).strip("/")
        request.scope["state"]["call"] = call_name(request.method, path.split("/")[1:])
        try:
            body = _body(await request.body())
        except ValueError:
            return _error(400, "invalid", "the body is not JSON")
        try:
            answer = self._answer(request.method, path.split("/"), body)
        except NotThereError as error:
            return _error(404, "notFound", f"Not found: {error}")
        if answer is None:
            return _error(501, "notImplemented", f"{request.method} {request.url.path} is not known here")
        return JSONResponse(answer)

    def _answer(self, method: str, parts: Sequence[str], body: Json) -> Json | None:
        kinds = {
            ("datasets",): self._collection,
            ("datasets", "tables"): self._collection,
            ("jobs",): self._jobs,
            ("queries",): self._queries,
        }
        handler = kinds.get(tuple(parts[1:4:2]))
        if parts[-1] in {"insertAll", "data"}:
            return self._data(parts, body)
        return handler(method, parts, body) if handler else None

    def _collection(self, method: str, parts: Sequence[str], body: Json) -> Json | None:
        """Datasets and tables, one or all of a parent."""
        path, one = "/".join(parts), len(parts) % 2 == 1
        if one and method == "GET":
            return self._need(path)
        if one and method in {"PUT", "PATCH"}:
            self._kept[path] = {**self._need(path), **body}
            return self._kept[path]
        if one and method == "DELETE":
            self._need(path)
            self._kept = {name: kept for name, kept in self._kept.items() if not (name + "/").startswith(path + "/")}
            return {}
        if method == "POST":
            return self._insert(parts, body)
        kind = parts[-1]
        below = [kept for name, kept in self._kept.items() if name.rpartition("/")[0] == path]
        return {"kind": f"bigquery#{kind[:-1]}List", kind: below, "totalItems": len(below)}

    def _insert(self, parts: Sequence[str], body: Json) -> Json:
        kind = parts[-1][:-1]
        reference = body.get(f"{kind}Reference") or {}
        name = str(reference.get(f"{kind}Id") or f"made_up_{next(self._numbers)}")
        now = str(int(time.time() * 1000))
        told = {"projectId": parts[0], f"{kind}Id": name, **({"datasetId": parts[2]} if kind == "table" else {})}
        made: Json = {
            "kind": f"bigquery#{kind}",
            "id": name,
            "etag": "made-up",
            "creationTime": now,
            "lastModifiedTime": now,
        }
        made |= {"location": "US", "type": "TABLE"} | body | {f"{kind}Reference": told, "numRows": "0", "numBytes": "0"}
        return self._kept.setdefault("/".join((*parts, name)), made)

    def _data(self, parts: Sequence[str], body: Json) -> Json:
        """Rows of a table: written by ``insertAll``, read by ``data``."""
        table = "/".join(parts[:5])
        self._need(table)
        if parts[-1] == "insertAll":
            self._rows.setdefault(table, []).extend(row.get("json", {}) for row in body.get("rows", ()))
            return {"kind": "bigquery#tableDataInsertAllResponse"}
        return {"kind": "bigquery#tableDataList", **self._page(table)}

    def _page(self, table: str) -> Json:
        names = [field["name"] for field in self._schema(table)["fields"]]
        rows = [{"f": [{"v": _cell(row.get(name))} for name in names]} for row in self._rows.get(table, ())]
        return {"rows": rows, "totalRows": str(len(rows))}

    def _schema(self, table: str) -> Json:
        schema: Json = self._kept.get(table, {}).get("schema") or {}
        return {"fields": schema.get("fields") or [{"name": "made_up", "type": "STRING", "mode": "NULLABLE"}]}

    def _jobs(self, method: str, parts: Sequence[str], body: Json) -> Json | None:
        """Jobs are done as soon as they are there."""
        if method == "POST" and parts[-1] == "jobs":
            return self._job(parts[0], body)
        if method == "GET" and parts[-1] == "jobs":
            return {"jobs": [kept for name, kept in self._kept.items() if "/jobs/" in name]}
        job = self._need("/".join(parts[:3]))
        return {"job": job} if parts[-1] == "cancel" else job

    def _job(self, project: str, body: Json) -> Json:
        configuration = body.get("configuration") or {}
        reference = {"projectId": project, "jobId": f"made-up-{next(self._numbers)}", "location": "US"}
        reference |= body.get("jobReference") or {}
        now = str(int(time.time() * 1000))
        if "load" in configuration:
            self._load(configuration["load"])
        if "query" in configuration:
            configuration["query"].setdefault(
                "destinationTable", {"projectId": project, "datasetId": "_made", "tableId": "up"}
            )
            self._destination(project, configuration["query"])
        statistics: Json = {"creationTime": now, "startTime": now, "endTime": now, "totalBytesProcessed": "0"}
        statistics["query"] = {
            "statementType": "SELECT",
            "totalBytesProcessed": "0",
            "totalBytesBilled": "0",
            "cacheHit": False,
        }
        job = {"kind": "bigquery#job", "id": reference["jobId"], "jobReference": reference, "status": {"state": "DONE"}}
        job |= {"configuration": configuration, "statistics": statistics, "user_email": "sample@example.com"}
        return self._kept.setdefault(f"{project}/jobs/{reference['jobId']}", job)

    def _load(self, load: Json) -> None:
        target = load.get("destinationTable") or {}
        parts = (target.get("projectId", ""), "datasets", target.get("datasetId", ""), "tables")
        self._insert(parts, {"tableReference": target, "schema": load.get("schema") or {}})

    def _destination(self, project: str, query: Json) -> None:
        """Remember which table a query's rows are read from: the one that it names first."""
        target = query["destinationTable"]
        path = "/".join((target["projectId"], "datasets", target["datasetId"], "tables", target["tableId"]))
        source = self._source(project, query.get("query", ""))
        self._kept[path] = {"schema": self._schema(source), "tableReference": target, "id": path}
        self._rows[path] = self._rows.get(source, [])

    @staticmethod
    def _source(project: str, sql: str) -> str:
        found = TABLE.search(sql)
        names = found.group(1).split(".") if found else []
        owner, *rest = names if len(names) > 2 else [project, *names]  # noqa: PLR2004  project.dataset.table
        return "/".join((owner, "datasets", rest[0], "tables", rest[1])) if len(rest) > 1 else ""

    def _queries(self, method: str, parts: Sequence[str], body: Json) -> Json:
        """A query in one call, or the results of a job."""
        if method == "POST":
            job = self._job(parts[0], {"configuration": {"query": {"query": body.get("query", "")}}})
        else:
            job = self._need(f"{parts[0]}/jobs/{parts[2]}")
        target = job["configuration"].get("query", {}).get("destinationTable")
        table = (
            "/".join((target["projectId"], "datasets", target["datasetId"], "tables", target["tableId"]))
            if target
            else ""
        )
        answer = {"kind": "bigquery#queryResponse", "jobReference": job["jobReference"], "jobComplete": True}
        return {
            **answer,
            "schema": self._schema(table),
            "totalBytesProcessed": "0",
            "cacheHit": False,
            **self._page(table),
        }

    def _need(self, path: str) -> Json:
        if path not in self._kept:
            raise NotThereError(path)
        return self._kept[path]


def _body(raw: bytes) -> Json:
    """Return a request's JSON; of an upload in parts, that of the first."""
    if raw.startswith(b"--"):
        found = UPLOADS.search(raw.decode(errors="replace"))
        raw = found.group(1).encode() if found else b"{}"
    body = json.loads(raw or b"{}")
    if not isinstance(body, dict):
        raise ValueError(type(body).__name__)  # noqa: TRY004  as for text that is no JSON at all
    return body


def _cell(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _error(code: int, reason: str, message: str) -> Response:
    told = {"code": code, "message": message, "errors": [{"reason": reason, "message": message}]}
    return JSONResponse({"error": told}, code)
