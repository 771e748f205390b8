"""What a sample takes for given: a bucket, a table, a queue of its author's that nothing in the sample creates.

Where an operation fails because such a thing is not there, it is made, once, and the operation is tried again. What a
sample deletes stays deleted.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from stubs import plausible

if TYPE_CHECKING:
    from stubs.aws.call import Call

Steps = list[tuple[tuple[str, ...], Callable[[], object]]]
"""What can be made, the first that others need first: what it is, and how."""

_PATH_STYLE = re.compile(r"^s3[.-]")
_BUCKET_HOST = re.compile(r"^(?P<bucket>.+?)\.s3[.-]")
_TRUSTED = ("sagemaker", "lambda", "states", "glue", "ec2", "ecs-tasks", "bedrock", "batch", "events")
"""Who may take on a role: SDKs look before they hand one over."""
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": [f"{service}.amazonaws.com" for service in _TRUSTED]},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
_MACHINE = '{"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": true}}}'
_ACCOUNT = "123456789012"
_log = logging.getLogger(__name__)
_supplied: set[tuple[str, ...]] = set()


def supply(call: Call) -> bool:
    """Make what a failed call needs; False where there is nothing that could be made, or it was made before."""
    maker = _MAKERS.get(call.service)
    if maker is None or call.operation.startswith(("Create", "Delete")):
        return False
    for key, make in maker(call, call.arguments()):
        if key and key not in _supplied:
            _supplied.add(key)
            try:
                make()
            except Exception as error:  # noqa: BLE001 the client gets the answer that it got without it
                _log.info("%s: %s", key, error)
                continue
            return True
    return False


@cache
def _client(service: str, region: str) -> Any:  # noqa: ANN401 boto3 makes its clients at run time
    """Return a client whose calls reach the same backends, in this process."""
    mock_aws().start(reset=False)
    return boto3.client(service, region_name=region)


def _s3(call: Call, _given: dict[str, Any]) -> Steps:
    hosted = None if _PATH_STYLE.match(call.host) else _BUCKET_HOST.match(call.host)
    bucket, _, key = (f"{hosted['bucket']}{call.path}" if hosted else call.path.lstrip("/")).partition("/")
    if not bucket or (call.method == "PUT" and not key):
        return []
    client = _client("s3", "us-east-1")
    steps: Steps = [(("s3", bucket), partial(client.create_bucket, Bucket=bucket))]
    contents = plausible.document(key)
    if contents is not None and call.method in {"GET", "HEAD"}:
        steps.append((("s3", bucket, key), partial(client.put_object, Bucket=bucket, Key=key, Body=contents)))
    return steps


def _dynamodb(call: Call, given: dict[str, Any]) -> Steps:
    table = given.get("TableName")
    known = given.get("Key") or dict(list(given.get("Item", {"id": {"S": ""}}).items())[:1])
    if not table or not isinstance(known, dict):
        return []
    kinds = {name: next(iter(value), "S") for name, value in known.items() if isinstance(value, dict)}
    create = partial(
        _client("dynamodb", call.region).create_table,
        TableName=table,
        KeySchema=[{"AttributeName": n, "KeyType": k} for n, k in zip(kinds, ("HASH", "RANGE"), strict=False)],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()],
        BillingMode="PAY_PER_REQUEST",
    )
    return [(("dynamodb", table), create)]


def _endpoint(call: Call, given: dict[str, Any]) -> Steps:
    name = given.get("EndpointName")
    if not name:
        return []
    client = _client("sagemaker", call.region)
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InitialInstanceCount": 1}

    def create() -> None:
        client.create_model(ModelName=name, ExecutionRoleArn=f"arn:aws:iam::{_ACCOUNT}:role/Sample")
        client.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}]
        )
        client.create_endpoint(EndpointName=name, EndpointConfigName=name)

    return [(("sagemaker", name), create)]


def _named(service: str, argument: str, method: str, **arguments: object) -> Callable[[Call, dict[str, Any]], Steps]:
    """Return the maker of what one argument of a request names; ``None`` in the arguments stands for that name."""

    def steps(call: Call, given: dict[str, Any]) -> Steps:
        name = str(given.get(argument) or "")
        # An ARN ends with the name behind a colon, an address behind a slash; else a slash is part of the name.
        name = name.rpartition(":" if name.startswith("arn:") else "/" if "://" in name else "\0")[2]
        if not name:
            return []
        filled = {key: name if value is None else value for key, value in arguments.items()}
        return [((service, method, name), partial(getattr(_client(service, call.region), method), **filled))]

    return steps


_MAKERS: dict[str, Callable[[Call, dict[str, Any]], Steps]] = {
    "s3": _s3,
    "dynamodb": _dynamodb,
    "sagemaker": _endpoint,
    "sqs": _named("sqs", "QueueUrl", "create_queue", QueueName=None),
    "sns": _named("sns", "TopicArn", "create_topic", Name=None),
    "secretsmanager": _named(
        "secretsmanager", "SecretId", "create_secret", Name=None, SecretString='{"username": "sample", "password": "x"}'
    ),
    "ssm": _named("ssm", "Name", "put_parameter", Name=None, Value="sample", Type="String"),
    "iam": _named("iam", "RoleName", "create_role", RoleName=None, AssumeRolePolicyDocument=_TRUST),
    "ecr": _named("ecr", "repositoryName", "create_repository", repositoryName=None),
    "kinesis": _named("kinesis", "StreamName", "create_stream", StreamName=None, ShardCount=1),
    "logs": _named("logs", "logGroupName", "create_log_group", logGroupName=None),
    "glue": _named(
        "glue",
        "JobName",
        "create_job",
        Name=None,
        Role="Sample",
        Command={"Name": "glueetl", "ScriptLocation": "s3://a/b"},
    ),
    "states": _named(
        "stepfunctions",
        "stateMachineArn",
        "create_state_machine",
        name=None,
        definition=_MACHINE,
        roleArn=f"arn:aws:iam::{_ACCOUNT}:role/Sample",
    ),
}
