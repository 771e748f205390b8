"""Firestore: its documents are written in batches and read in streams, unlike any other resource."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stubs.gcp.inside.answers import Case, Special
    from stubs.gcp.inside.resources import Resources
    from stubs.gcp.inside.shape import Proto

DOCUMENT = "google.firestore.v1.Document"
EQUAL = 5  # StructuredQuery.FieldFilter.Operator.EQUAL


def _commit(case: Case) -> Proto:
    """Do the writes, in order."""
    now = time.time_ns()
    for write in case.request.writes:
        kind = write.WhichOneof("operation")
        if kind == "delete":
            case.resources.drop(write.delete)
        elif kind == "update":
            _transform(_write(case.resources, write, now), write.update_transforms, now)
        case.result.write_results.add().update_time.FromNanoseconds(now)
    if "commit_time" in case.result.DESCRIPTOR.fields_by_name:
        case.result.commit_time.FromNanoseconds(now)
    return case.result


def _write(resources: Resources, write: Proto, now: int) -> Proto:
    given = write.update
    document = resources.get(given.name) or resources.keep(given.name, type(given)(name=given.name))
    if not document.HasField("create_time"):
        document.create_time.FromNanoseconds(now)
    document.update_time.FromNanoseconds(now)
    if write.HasField("update_mask"):
        # a path names a field; what it holds is replaced as a whole
        for path in {path.split(".")[0] for path in write.update_mask.field_paths}:
            document.fields.pop(path, None)
    else:
        document.fields.clear()
    for name, value in given.fields.items():
        document.fields[name].CopyFrom(value)
    return document


def _transform(document: Proto, transforms: Proto, now: int) -> None:
    """Do what the service computes: its time, sums, and elements added to lists."""
    for transform in transforms:
        field = document.fields[transform.field_path]
        kind = transform.WhichOneof("transform_type")
        if kind == "set_to_server_value":
            field.timestamp_value.FromNanoseconds(now)
        elif kind == "increment" and transform.increment.WhichOneof("value_type") == "integer_value":
            field.integer_value += transform.increment.integer_value
        elif kind == "increment":
            field.double_value += transform.increment.double_value
        elif kind == "append_missing_elements":
            held = field.array_value.values
            held.extend(one for one in transform.append_missing_elements.values if one not in held)


def _read_many(case: Case) -> list[Proto]:
    found = []
    for name in case.request.documents:
        document = case.resources.get(name)
        answer = type(case.result)(missing=name) if document is None else type(case.result)(found=document)
        answer.read_time.FromNanoseconds(time.time_ns())
        found.append(answer)
    return found


def _query(case: Case) -> list[Proto]:
    """Return the documents of the collection that equal what is asked for; other comparisons let all pass."""
    query = case.request.structured_query
    sources = query.DESCRIPTOR.fields[1].name  # `from`, or `from_` as the library writes the keyword
    wanted = [source.collection_id for source in getattr(query, sources)]
    found = []
    for document in case.resources.below(case.request.parent, DOCUMENT):
        if document.name.split("/")[-2] in wanted and _equal(document, query.where):
            answer = type(case.result)(document=document)
            answer.read_time.FromNanoseconds(time.time_ns())
            found.append(answer)
    if query.HasField("limit"):
        del found[query.limit.value :]
    case.result.read_time.FromNanoseconds(time.time_ns())
    return found or [case.result]


def _equal(document: Proto, where: Proto) -> bool:
    if where.HasField("composite_filter"):
        return all(_equal(document, part) for part in where.composite_filter.filters)
    if where.HasField("field_filter") and where.field_filter.op == EQUAL:
        name = where.field_filter.field.field_path
        return name in document.fields and bool(document.fields[name] == where.field_filter.value)
    return True


def _begin(case: Case) -> Proto:
    case.result.transaction = case.resources.number().encode()
    return case.result


SPECIALS: dict[str, Special] = {
    "Commit": _commit,
    "BatchWrite": _commit,
    "BatchGetDocuments": _read_many,
    "RunQuery": _query,
    "BeginTransaction": _begin,
}
