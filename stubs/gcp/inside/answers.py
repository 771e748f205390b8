"""Answers any method of any service: what its name says it does, done to the resources of this job."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import NamedTuple

from stubs.gcp.inside.library import Method, Service, read_service, snake
from stubs.gcp.inside.resources import Resources, passes
from stubs.gcp.inside.shape import MESSAGE, Proto, empty, fields, fill, is_text, messages, repeated

NOT_FOUND, ALREADY_EXISTS, UNIMPLEMENTED = 5, 6, 12  # google.rpc.Code
MAKE = ("Create", "Upload", "Add", "Register", "Insert", "Start", "Submit", "Import", "Run")
UNMADE = ("google.cloud.aiplatform.v1.MetadataService", "google.cloud.aiplatform.v1beta1.MetadataService")
"""Services whose clients ask for a thing in order to make it; elsewhere what is asked for is taken to be there."""


class Refused(Exception):  # noqa: N818  a status of the protocol, not a fault of ours
    """The answer is a status other than OK."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Call(NamedTuple):
    """Where a call belongs."""

    service: Service
    """What the library says of the service."""
    name: str
    """The service's full name."""
    method: Method
    """What it says of the method."""


class Case(NamedTuple):
    """What a special answer may look at."""

    resources: Resources
    """The resources of this job."""
    queues: dict[str, list[Proto]]
    """What waits to be fetched, by the name that it waits under."""
    method: Method
    """What the library says of the method."""
    request: Proto
    """What was asked."""
    result: Proto
    """What would be answered without it."""


Special = Callable[[Case], Proto]


class Answers:
    """Answers calls; holds the state of one job."""

    def __init__(self, specials: dict[str, Special]) -> None:
        self.resources = Resources()
        self._queues: dict[str, list[Proto]] = {}
        self._services: dict[str, Service | None] = {}
        self._specials = specials

    def find(self, path: str) -> Call:
        """Return what is known of the method behind a path such as ``/google.pubsub.v1.Publisher/Publish``.

        Raises:
            Refused: Where no installed library knows it.
        """
        name, _, rpc = path.strip("/").rpartition("/")
        if name not in self._services:
            self._services[name] = _mixin(name) or read_service(name)
        service = self._services[name]
        method = service.methods.get(rpc) if service else None
        if service is None or method is None:
            raise Refused(UNIMPLEMENTED, path + " is known to no client library that is installed here")
        return Call(service, name, method)

    def answer(self, call: Call, request: Proto) -> list[Proto]:
        """Return the messages that answer a request.

        Raises:
            Refused: Where the service would refuse it.
        """
        method = call.method
        result = self._result(call, request)
        special = self._specials.get(method.rpc)
        if special is not None:
            result = special(Case(self.resources, self._queues, method, request, result))
        many = result if isinstance(result, list) else [result]
        if method.response.DESCRIPTOR.full_name == "google.longrunning.Operation" and method.result is not None:
            return [self._operation(method, request, one) for one in many]
        return many

    def _result(self, call: Call, request: Proto) -> Proto:
        verb = re.match(r"[A-Z][a-z]+", call.method.rpc)
        does = {
            "Get": self._get,
            "List": self._list,
            "Search": self._list,
            "Update": self._update,
            "Patch": self._update,
            "Delete": self._delete,
        }
        word = verb.group() if verb else ""
        if word in MAKE:
            return self._make(call, request)
        return does.get(word, self._other)(call, request)

    def _make(self, call: Call, request: Proto) -> Proto:
        result = ends_with(call.method)()
        field = resource_field(call.method.rpc, request)
        made = result if field is None else type(getattr(request, field))() if field else type(request)()
        if field is None:
            if not is_text(result, "name") or empty(request, "parent"):
                return self._other(call, request)
            echo(request, made)
        else:
            made.CopyFrom(getattr(request, field) if field else request)
        name = self._new_name(call.service, request, made)
        if self.resources.get(name) is not None:
            raise Refused(ALREADY_EXISTS, name + " already exists")
        fill(made, name, self.resources.number())
        self.resources.keep(name, made, request)
        if made.DESCRIPTOR.full_name == result.DESCRIPTOR.full_name:
            return made
        echo(request, result)
        noun = snake(made.DESCRIPTOR.name)
        if is_text(result, noun):
            setattr(result, noun, name)
        return result

    def _new_name(self, service: Service, request: Proto, made: Proto) -> str:
        if getattr(made, "name", ""):
            return str(made.name)
        noun = snake(made.DESCRIPTOR.name)
        pattern = service.patterns.get(noun, "")
        collection = pattern.split("/")[-2] if pattern.count("/") else noun + "s"
        own = next(
            (getattr(request, f) for f in (noun + "_id", "id") if is_text(request, f) and getattr(request, f)), ""
        )
        return "/".join(filter(None, (getattr(request, "parent", ""), collection, own or self.resources.number())))

    def _get(self, call: Call, request: Proto) -> Proto:
        response = ends_with(call.method)
        name = getattr(request, "name", "") or _first_text(request)
        kept = self.resources.get(name)
        if kept is not None and kept.DESCRIPTOR.full_name == response.DESCRIPTOR.full_name:
            return kept
        if not is_text(response(), "name"):
            return self._other(call, request)
        if call.name in UNMADE:
            raise Refused(NOT_FOUND, name + " does not exist")
        made = response()
        fill(made, self.resources.resolve(name), self.resources.number())
        return self.resources.keep(made.name, made)

    def _list(self, call: Call, request: Proto) -> Proto:
        response = call.method.response()
        for field in response.DESCRIPTOR.fields:
            if field.type == MESSAGE and repeated(field) and not field.message_type.GetOptions().map_entry:
                found = self.resources.below(_first_text(request), field.message_type.full_name)
                condition = getattr(request, "filter", "")
                if isinstance(condition, str):
                    getattr(response, field.name).extend(one for one in found if passes(one, condition))
                break
        return response

    def _update(self, call: Call, request: Proto) -> Proto:
        field = resource_field(call.method.rpc, request)
        if not field or not getattr(getattr(request, field), "name", ""):
            return self._other(call, request)
        given = getattr(request, field)
        kept = self.resources.get(given.name)
        if kept is None:
            kept = self.resources.keep(given.name, type(given)())
            fill(kept, given.name, self.resources.number())
        mask = getattr(request, "update_mask", None)
        if mask is not None and mask.paths and "*" not in mask.paths:
            mask.MergeMessage(given, kept, replace_message_field=True, replace_repeated_field=True)
        else:
            for field_, value in given.ListFields():
                kept.ClearField(field_.name)
                _set(kept, field_, value)
        return kept

    def _delete(self, call: Call, request: Proto) -> Proto:
        self.resources.drop(_first_text(request))
        return ends_with(call.method)()

    def _other(self, call: Call, request: Proto) -> Proto:
        """Answer with what is known: the resource, or what it and the request say under the same names."""
        response = ends_with(call.method)()
        name = _first_text(request)
        kept = self.resources.get(name) if name else None
        if kept is not None and kept.DESCRIPTOR.full_name == response.DESCRIPTOR.full_name:
            return kept
        for source in (self.resources.origin(name), kept, request):
            if source is not None:
                echo(source, response)
        if is_text(response, "name") and name:
            response.name = self.resources.resolve(name)
        return response

    def _operation(self, method: Method, request: Proto, result: Proto) -> Proto:
        operation = method.response(done=True)
        parent = getattr(result, "name", "") or _first_text(request)
        place = re.match(r"projects/[^/]+(/locations/[^/]+)?", parent)
        where = place.group() if place else "projects/sample-project"
        operation.name = where + "/operations/" + self.resources.number()
        operation.response.Pack(result)
        if method.metadata is not None:
            operation.metadata.Pack(method.metadata())
        return self.resources.keep(operation.name, operation)


def ends_with(method: Method) -> Proto:
    """Return the protobuf class that a method ends with, waited for or not."""
    return method.result or method.response


def resource_field(rpc: str, request: Proto) -> str | None:
    """Return the request's field that holds the resource; empty where the request itself is it, None where none is."""
    noun = re.sub(r"^[A-Z][a-z]+", "", rpc)
    if request.DESCRIPTOR.name == noun:
        return ""
    held = [field for field in messages(request) if "name" in field.message_type.fields_by_name]
    named = [field for field in held if noun in (field.message_type.name, "".join(field.name.title().split("_")))]
    return next((field.name for field in named or held), None)


def echo(source: Proto, target: Proto) -> None:
    """Copy the fields that two messages share by name and type and that the target has not set."""
    for field, value in source.ListFields():
        other = fields(target).get(field.name)
        if other is not None and _same_type(field, other) and empty(target, field.name):
            _set(target, other, value)


def _same_type(one: Proto, other: Proto) -> bool:
    kinds = [getattr(field.message_type, "full_name", None) for field in (one, other)]
    return one.type == other.type and repeated(one) == repeated(other) and kinds[0] == kinds[1]


def _set(target: Proto, field: Proto, value: Proto) -> None:
    if repeated(field) or field.type == MESSAGE:
        getattr(target, field.name).MergeFrom(value)
    else:
        setattr(target, field.name, value)


def _first_text(request: Proto) -> str:
    """Return what a request is about: its name, its parent, or the first text that looks like one."""
    texts: list[tuple[str, str]] = [(f.name, v) for f, v in request.ListFields() if isinstance(v, str)]
    told = dict(texts)
    return told.get("name") or told.get("parent") or next((text for _, text in texts if "/" in text), "")


def _mixin(name: str) -> Service | None:
    """Return a service that every library shares; these come with descriptors."""
    modules = {
        "google.longrunning.Operations": "google.longrunning.operations_pb2",
        "google.cloud.location.Locations": "google.cloud.location.locations_pb2",
        "google.iam.v1.IAMPolicy": "google.iam.v1.iam_policy_pb2",
    }
    if name not in modules:
        return None
    try:
        module = importlib.import_module(modules[name])
    except ImportError:
        return None
    found = module.DESCRIPTOR.services_by_name[name.rpartition(".")[2]].methods
    return Service({one.name: Method(one.name, "unary_unary", *_classes(one)) for one in found}, {})


def _classes(method: Proto) -> tuple[Proto, Proto]:
    # the public way to these classes has another name in each major version of protobuf
    return method.input_type._concrete_class, method.output_type._concrete_class  # noqa: SLF001
