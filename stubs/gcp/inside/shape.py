"""Fills a message in as the service would: what is for output only, by the names and types of its fields."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Proto = Any
"""What protobuf hands out, of whichever version the sample has: messages, their classes, their fields."""
MESSAGE, ENUM, STRING = 11, 14, 9  # google.protobuf.descriptor.FieldDescriptor.TYPE_*
ENDED = (
    "SUCCEEDED",
    "ACTIVE",
    "ENABLED",
    "READY",
    "LIVE",
    "COMPLETED",
    "COMPLETE",
    "DONE",
    "FINISHED",
    "RUNNING",
    "OK",
)
"""What a state is called where all went well. A thing in use may end as well, but has not."""
TIMES = ("create_time", "update_time", "start_time", "end_time", "version_create_time", "version_update_time")


def fields(message: Proto) -> Proto:
    """Return a message's fields by name."""
    return message.DESCRIPTOR.fields_by_name


def repeated(field: Proto) -> bool:
    """Tell whether a field holds many values."""
    many = getattr(field, "is_repeated", None)  # what `label` is called since protobuf 6.31
    return bool(many) if many is not None else field.label == field.LABEL_REPEATED


def messages(message: Proto) -> Iterator[Proto]:
    """Yield the fields that hold one message each."""
    for field in message.DESCRIPTOR.fields:
        if field.type == MESSAGE and not repeated(field):
            yield field


def empty(message: Proto, name: str) -> bool:
    """Tell whether a message has a field of that name and it is not set."""
    field = fields(message).get(name)
    if field is None or repeated(field):
        return field is not None and not getattr(message, name)
    return not message.HasField(name) if field.type == MESSAGE else not getattr(message, name)


def is_text(message: Proto, name: str) -> bool:
    """Tell whether a message has a field of that name for one text."""
    field = fields(message).get(name)
    return field is not None and field.type == STRING and not repeated(field)


def fill(message: Proto, name: str, number: str) -> None:
    """Set what a service sets on a resource by itself.

    Args:
        message: The resource.
        name: Its full name.
        number: Digits that no other resource has.
    """
    if is_text(message, "name"):
        message.name = name
    texts = {"uid": number, "etag": "made-up-" + number, "version_id": "1", "display_name": name.rpartition("/")[2]}
    for field, text in texts.items():
        if is_text(message, field) and empty(message, field):
            setattr(message, field, text)
    for field in TIMES:
        if empty(message, field) and _is_timestamp(fields(message)[field]):
            getattr(message, field).FromNanoseconds(time.time_ns())
    for field in message.DESCRIPTOR.fields:
        if field.type == ENUM:
            _fill_enum(message, field)


def _is_timestamp(field: Proto) -> bool:
    return bool(field.type == MESSAGE and field.message_type.full_name == "google.protobuf.Timestamp")


def _fill_enum(message: Proto, field: Proto) -> None:
    if repeated(field) and field.name.startswith("supported_") and not getattr(message, field.name):
        getattr(message, field.name).extend(value.number for value in field.enum_type.values if value.number)
    elif not repeated(field) and field.name == "state" and not getattr(message, field.name):
        message.state = _well(field.enum_type)


def _well(enum: Proto) -> int:
    """Return the value of a state that says that all went well, 0 where none does."""
    for ending in ENDED:
        for value in enum.values:
            if value.name == ending or value.name.endswith("_" + ending):
                return int(value.number)
    return 0
