"""The clients that pages use most, as they are published today, inside the real sandboxes: one round trip each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.network, pytest.mark.timeout(1500)]


# Client: (what to install beyond what the imports tell, code, words of the line that calls → host, stub, operation).
CLIENTS = {
    "azure-identity": (
        "",
        """
        from azure.identity import DefaultAzureCredential
        token = DefaultAzureCredential().get_token("https://management.azure.com/.default")
        print("said", token.token.count("."))
        """,
        [("get_token", "login.microsoftonline.com", "azure", "identity.token")],
    ),
    "azure-ai-ml": (
        "azure-identity",
        """
        from azure.ai.ml import MLClient
        from azure.ai.ml.entities import Data
        from azure.identity import DefaultAzureCredential
        client = MLClient(DefaultAzureCredential(), "subscription", "group", "workspace")
        made = client.data.create_or_update(Data(name="cards", version="1", path="azureml://datastores/a/paths/b"))
        print("said", client.data.get("cards", version="1").name, made.version)
        """,
        [
            ("create_or_update", "management.azure.com", "azure", ""),
            ("data.get", "management.azure.com", "azure", ""),
        ],
    ),
    "boto3": (
        "",
        """
        import boto3
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="my-bucket")
        s3.put_object(Bucket="my-bucket", Key="a.txt", Body=b"hello")
        body = s3.get_object(Bucket="my-bucket", Key="a.txt")["Body"].read()
        print("said", body.decode(), boto3.client("sts").get_caller_identity()["Account"])
        """,
        [
            ("put_object", "my-bucket.s3.amazonaws.com", "aws", "s3.PUT"),
            ("get_object", "my-bucket.s3.amazonaws.com", "aws", "s3.GET"),
            ("sts", "sts.us-east-1.amazonaws.com", "aws", "sts.GetCallerIdentity"),
        ],
    ),
    "sagemaker": (
        "sagemaker<3",
        """
        import sagemaker
        from sagemaker.estimator import Estimator
        role = sagemaker.get_execution_role()
        estimator = Estimator(image_uri="image", role=role, instance_count=1, instance_type="ml.m5.xlarge")
        estimator.fit({"train": "s3://my-bucket/train"})
        predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.t2.medium")
        print("said", type(predictor.predict("1,2")).__name__)
        """,
        [
            (".fit", "api.sagemaker.us-east-1.amazonaws.com", "aws", "sagemaker.CreateTrainingJob"),
            (".deploy", "api.sagemaker.us-east-1.amazonaws.com", "aws", "sagemaker.CreateEndpoint"),
            (".predict", "runtime.sagemaker.us-east-1.amazonaws.com", "aws", "sagemaker.InvokeEndpoint"),
        ],
    ),
    "google-cloud-storage": (
        "",
        """
        from google.cloud import storage
        blob = storage.Client().bucket("my-bucket").blob("a.txt")
        blob.upload_from_string("hello")
        print("said", blob.download_as_text())
        """,
        [
            ("upload", "storage.googleapis.com", "gcp", "objects.insert"),
            ("download", "storage.googleapis.com", "gcp", "objects.get"),
        ],
    ),
    "google-cloud-aiplatform": (
        "",
        """
        from google.cloud import aiplatform
        aiplatform.init(project="my-project", location="europe-west1")
        endpoint = aiplatform.Endpoint.create(display_name="door")
        print("said", endpoint.display_name, len(endpoint.predict(instances=[[1.0], [2.0]]).predictions))
        """,
        [
            ("create(", "europe-west1-aiplatform.googleapis.com", "gcp", "EndpointService.CreateEndpoint"),
            ("predict(", "europe-west1-aiplatform.googleapis.com", "gcp", "PredictionService.Predict"),
        ],
    ),
    "kubernetes": (
        "",
        """
        from kubernetes import client, config
        config.load_kube_config()
        pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
        made = client.CoreV1Api().create_namespaced_pod("default", pod)
        print("said", made.status.phase)
        """,
        [("create_namespaced_pod", "cluster.kubernetes.test", "kubernetes", "pods.create")],
    ),
    "mlflow": (
        "mlflow-skinny",
        """
        import mlflow
        mlflow.set_tracking_uri("http://localhost:5000")
        with mlflow.start_run() as run:
            mlflow.log_metric("loss", 0.25)
        print("said", mlflow.get_run(run.info.run_id).data.metrics)
        """,
        [
            ("log_metric", "localhost", "mlflow", "runs.log-metric"),
            ("get_run", "localhost", "mlflow", "runs.get"),
        ],
    ),
    "openai": (
        "",
        """
        from openai import OpenAI
        asked = [{"role": "user", "content": "Hello"}]
        answer = OpenAI().chat.completions.create(model="gpt-4o", messages=asked)
        print("said", bool(answer.choices[0].message.content))
        """,
        [("completions.create", "api.openai.com", "llm", "")],
    ),
    "anthropic": (
        "",
        """
        import anthropic
        asked = [{"role": "user", "content": "Hello"}]
        answer = anthropic.Anthropic().messages.create(model="claude-sonnet-4-5", max_tokens=9, messages=asked)
        print("said", bool(answer.content[0].text))
        """,
        [("messages.create", "api.anthropic.com", "llm", "")],
    ),
}
SAID = {
    "azure-identity": "said 2",
    "azure-ai-ml": "said cards 1",
    "boto3": "said hello 123456789012",
    "sagemaker": "said bytes",
    "google-cloud-storage": "said hello",
    "google-cloud-aiplatform": "said door 2",
    "kubernetes": "said Succeeded",
    "mlflow": "said {'loss': 0.25}",
    "openai": "said True",
    "anthropic": "said True",
}


def _page(name: str) -> str:
    requires, code, _ = CLIENTS[name]
    directive = f'<!-- harness: requires="{requires}" -->\n' if requires else ""
    text = "\n".join(line.removeprefix("        ") for line in code.strip("\n").splitlines()).rstrip()
    return f"---\nslug: {name}\n---\n\n{directive}```python\n{text}\n```\n"


def test_every_client_makes_its_round_trip_without_a_network(
    tmp_path: Path, sandbox: str, request: pytest.FixtureRequest
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in CLIENTS:
        (pages / f"{name}.md").write_text(_page(name))
    store = request.config.getoption("--warm-store") or str(tmp_path / "store")
    arguments = [str(pages), "--sandbox", sandbox, "--store", store, "--no-ledger", "--no-cache", "--timeout", "180s"]
    done = subprocess.run(
        [sys.executable, "-m", "harness", "check", *arguments, "--witnesses", "plain", "--format", "json"],
        capture_output=True,
        check=False,
    )
    assert done.stdout, done.stderr.decode()
    samples = {one["slug"]: one for one in json.loads(done.stdout)["samples"]}
    wrong = {name: problems for name in CLIENTS if (problems := _problems(name, samples[name]))}
    assert wrong == {}


def _problems(name: str, sample: dict[str, Any]) -> list[str]:
    """Return what keeps a round trip from being one."""
    run = sample["runs"][0]
    found = [] if sample["verdict"] in ("ok", "outdated") and run["outcome"] == "passed" else [sample["verdict"]]
    if SAID[name] not in run["stdout"]:
        found.append(f"printed {run['stdout'][-300:]!r}, {run['stderr'][-1500:]!r}")
    lines = _page(name).splitlines()
    for words, host, stub, operation in CLIENTS[name][2]:
        at = next(number for number, line in enumerate(lines, 1) if words in line)
        called = [one for one in run["calls"] if (one["page_line"], one["host"], one["stub"]) == (at, host, stub)]
        if not any(one["name"] == operation or not operation for one in called):
            found.append(f"line {at} made no {operation} to {host}: {run['calls']}")
    found += [f"refused {one}" for one in run["calls"] if one["status"] == 501 and not one.get("aside")]
    return found
