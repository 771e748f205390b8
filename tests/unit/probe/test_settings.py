"""Undefined names that are settings stand for a text that clients take."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from harness.probe.explore.settings import setting
from tests.unit.probe.running import probe

AWS, GOOGLE = ("import boto3\n", "from google.cloud import storage\n")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("PROJECT_ID", "f(PROJECT_ID)", "supplied-project-id"),
        ("bucket_name", "f(f'{bucket_name}/a')", "supplied-bucket-name"),
        ("SUBSCRIPTION", "f(id=SUBSCRIPTION)", "supplied-subscription"),
        ("REGION", AWS + "f(REGION)", "us-east-1"),
        ("LOCATION", GOOGLE + "f(LOCATION)", "us-central1"),
        ("ZONE", GOOGLE + "f(ZONE)", "us-central1-a"),
        ("BUCKET_URI", GOOGLE + "f(BUCKET_URI)", "gs://supplied-bucket-uri"),
        ("BUCKET_URI", AWS + "f(BUCKET_URI)", "s3://supplied-bucket-uri"),
        ("SERVICE_URL", "f(SERVICE_URL)", "https://supplied-service-url.example"),
        ("key", "f(key)", None),
        ("file_name", "f(file_name)", None),
        ("model", "f(model)", None),
        ("BATCH_SIZE", "f(BATCH_SIZE)", None),
        ("bucket", "bucket.blob('a')", None),
        ("project", "project['a']", None),
        ("get_token", "get_token()", None),
        ("host", "for one in host: f(one)", None),
    ],
)
def test_what_is_put_under_a_name(name: str, text: str, found: str | None) -> None:
    assert setting(name, ast.parse(text)) == found


def test_a_library_that_wants_a_text_is_given_one_and_its_faults_still_prove_nothing(tmp_path: Path) -> None:
    text = "import textwrap\nprint(textwrap.dedent(PROJECT_ID))\nint(PROJECT_ID)\n"
    seen = probe(tmp_path, text, mode="explore")
    assert seen["stdout"] == "supplied-project-id\n"
    assert [(one["type"], one["taint"]) for one in seen["raised"]] == [("NameError", ""), ("ValueError", "type")]
