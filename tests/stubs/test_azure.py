"""Azure's own clients, as they are published today, against the stub."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable

import pytest

from stubs.azure import STUB
from stubs.azure.resources import Address, Store, parse
from stubs.azure.storage import LARGEST, Container, FullError, Storage
from tests.stubs.conftest import Beside, Clients, Ran

WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
Program = Callable[[str], Ran]
HEAD = """
    import os
    from azure.identity import DefaultAzureCredential
    credential = DefaultAzureCredential()
"""
ML = (
    HEAD
    + """
    from azure.ai.ml import Input, MLClient, command, dsl, load_component
    from azure.ai.ml.entities import *
    os.makedirs("src")
    for name, text in {"src/main.py": "print(1)", "data.csv": "a,b", "model.pkl": "m", "request.json": "{}",
                       "conda.yml": "name: x", "src/score.py": "def run(x): return x"}.items():
        with open(name, "w") as file:
            file.write(text)
    client = MLClient(credential, "sub", "group", "space")

    def training(data="azureml:d:1"):
        return command(code="./src", command="python main.py ${{inputs.data}} ${{inputs.rate}}", compute="cpu",
                       inputs={"data": Input(type="uri_file", path=data), "rate": 0.1},
                       environment="AzureML-sklearn-1.0-ubuntu20.04-py38-cpu@latest", experiment_name="trial")
"""
)


def answered(ran: Ran) -> Ran:
    """Return what a program left behind, which went to its end and was refused nothing."""
    assert ran.code == 0, ran.err[-3000:]
    assert [call for call in ran.calls if call["status"] == 501 or not call["stub"]] == []
    return ran


@pytest.fixture
def azure(clients: Clients, beside: Beside) -> Program:
    python = clients(
        "azure-ai-ml",
        "azure-identity",
        "azure-storage-blob",
        "azure-storage-file-datalake",
        "azure-keyvault-secrets",
        "azure-mgmt-resource",
    )
    return lambda text: answered(beside(python, text))


@pytest.mark.network
def test_every_way_to_sign_in_gives_a_token_for_its_audience(azure: Program) -> None:
    ran = azure(
        HEAD
        + """
    from azure.identity import ClientSecretCredential, DeviceCodeCredential, ManagedIdentityCredential, UsernamePasswordCredential
    print(credential.get_token("https://ml.azure.com//.default").token)
    print(ClientSecretCredential("my-tenant", "me", "secret").get_token("https://vault.azure.net/.default").token)
    print(ManagedIdentityCredential().get_token("https://management.azure.com/.default").token)
    print(DeviceCodeCredential(prompt_callback=print).get_token("https://graph.microsoft.com/.default").token)
    print(UsernamePasswordCredential("me", "a@b.com", "p").get_token("https://management.azure.com/.default").token)
    """
    )
    tokens = [line for line in ran.out.splitlines() if line.startswith("ey")]
    claims = [json.loads(base64.urlsafe_b64decode(one.split(".")[1] + "==")) for one in tokens]
    assert [one["aud"] for one in claims][:2] == ["https://ml.azure.com/", "https://vault.azure.net"]
    assert [one["tid"] for one in claims][1] == "my-tenant"
    assert len(claims) == 5
    assert "identity.token" in ran.names


@pytest.mark.network
def test_a_pipeline_of_components_runs_to_its_end(azure: Program) -> None:
    ran = azure(
        ML
        + """
    with open("prep.yml", "w") as file:
        file.write('''{"name": "prep", "type": "command", "code": "./src", "command": "echo ${{inputs.data}}",
        "inputs": {"data": {"type": "uri_file"}}, "outputs": {"made": {"type": "uri_folder"}},
        "environment": {"image": "python:3.11", "conda_file": "./conda.yml"}}''')
    found = client.data.get(name="cards", version="1")
    prep = load_component(source="./prep.yml")

    @dsl.pipeline(compute="serverless")
    def steps(data):
        first = prep(data=data)
        second = prep(data=first.outputs.made)
        return {"made": second.outputs.made}

    submitted = client.jobs.create_or_update(steps(data=Input(type="uri_file", path=found.path)), experiment_name="e")
    client.jobs.stream(submitted.name)
    again = client.jobs.get(submitted.name)
    print(again.status, again.experiment_name, again.studio_url.startswith("https://ml.azure.com/runs/"))
    client.schedules.begin_create_or_update(
        JobSchedule(name="daily", trigger=CronTrigger(expression="0 1 * * *"), create_job=submitted)).result()
    print(client.schedules.get("daily").trigger.expression)
    """
    )
    assert "COMPLETED e True" in ran.out
    assert "0 1 * * *" in ran.out
    wanted = ["data.get", "blobs.upload", "components.create_or_update", "jobs.create_or_update", "runs.details"]
    places = [ran.names.index(name) for name in wanted]
    assert places == sorted(places)


@pytest.mark.network
def test_jobs_and_assets(azure: Program) -> None:
    ran = azure(
        ML
        + """
    from azure.ai.ml import automl
    from azure.ai.ml.sweep import Uniform
    client.data.create_or_update(Data(name="d", path="data.csv", type="uri_file", version="2"))
    print([one.version for one in client.data.list(name="d")], client.data.get("d", label="latest").version)
    client.environments.create_or_update(Environment(name="e", image="python:3.11", conda_file="conda.yml"))
    client.models.create_or_update(Model(name="m", path="model.pkl", type="custom_model"))
    client.compute.begin_create_or_update(AmlCompute(name="gpu", size="Standard_NC6", max_instances=2)).result()
    print(client.compute.get("gpu").size, client.compute.get("cpu").type, client.datastores.get_default().name)
    job = client.create_or_update(training())
    client.jobs.stream(job.name)
    client.jobs.download(job.name, download_path="down", all=True)
    client.models.create_or_update(Model(name="r", path=f"azureml://jobs/{job.name}/outputs/artifacts/paths/m/"))
    sweep = training()(rate=Uniform(0.1, 0.9)).sweep(primary_metric="m", goal="maximize", sampling_algorithm="random")
    sweep.set_limits(max_total_trials=2)
    print(client.jobs.create_or_update(sweep).type)
    table = automl.classification(compute="cpu", experiment_name="x", target_column_name="y", primary_metric="accuracy",
        training_data=Input(type="mltable", path="azureml://datastores/workspaceblobstore/paths/x"))
    table.set_limits(timeout_minutes=60)
    print(client.jobs.create_or_update(table).task_type)
    shared = MLClient(credential, registry_name="azureml")
    print(shared.models.get("bert", label="latest").id)
    """
    )
    assert "['2'] 2" in ran.out
    assert "Standard_NC6 amlcompute workspaceblobstore" in ran.out
    assert "sweep" in ran.out
    assert "CLASSIFICATION" in ran.out
    assert "azureml://registries/azureml/models/bert/versions/1" in ran.out


@pytest.mark.network
def test_an_endpoint_with_a_deployment_scores(azure: Program) -> None:
    ran = azure(
        ML
        + """
    endpoint = client.online_endpoints.begin_create_or_update(
        ManagedOnlineEndpoint(name="my-endpoint", auth_mode="key")).result()
    client.online_deployments.begin_create_or_update(ManagedOnlineDeployment(
        name="blue", endpoint_name="my-endpoint", model=Model(path="model.pkl"), instance_count=1,
        environment=Environment(image="python:3.11", conda_file="conda.yml"), instance_type="Standard_DS3_v2",
        code_configuration=CodeConfiguration(code="src", scoring_script="score.py"))).result()
    endpoint.traffic = {"blue": 100}
    client.online_endpoints.begin_create_or_update(endpoint).result()
    print(client.online_endpoints.get("my-endpoint").traffic, client.online_endpoints.get_keys("my-endpoint").primary_key)
    print(client.online_endpoints.invoke("my-endpoint", request_file="request.json", deployment_name="blue"))
    client.online_endpoints.begin_delete("my-endpoint").result()
    """
    )
    assert "{'blue': 100}" in ran.out
    assert "[1.0]" in ran.out


@pytest.mark.network
def test_blobs_files_and_secrets(azure: Program) -> None:
    ran = azure(
        HEAD
        + """
    from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
    from azure.keyvault.secrets import SecretClient
    from azure.storage.blob import BlobServiceClient
    from azure.storage.filedatalake import DataLakeServiceClient
    service = BlobServiceClient("https://acct.blob.core.windows.net", credential=credential)
    box = service.create_container("box")
    box.upload_blob("a/b.txt", b"hello", metadata={"k": "v"})
    try:
        box.upload_blob("a/b.txt", b"again")
    except ResourceExistsError:
        print("there already")
    print(box.download_blob("a/b.txt").readall(), [(one.name, one.size) for one in box.list_blobs()])
    print(box.get_blob_client("a/b.txt").get_blob_properties().metadata, [one.name for one in box.walk_blobs()])
    print(box.get_blob_client("2024/theirs.csv").exists(), box.download_blob("2024/theirs.csv").readall()[:7])
    try:
        box.download_blob("none").readall()
    except ResourceNotFoundError:
        print("not there")
    pieces = BlobServiceClient.from_connection_string(os.environ["AZURE_STORAGE_CONNECTION_STRING"],
        max_single_put_size=1000, max_block_size=1000, max_single_get_size=1000, max_chunk_get_size=1000)
    pieces.get_blob_client("box", "big").upload_blob(bytes(range(250)) * 20)
    print(pieces.get_blob_client("box", "big").download_blob().readall() == bytes(range(250)) * 20)
    lake = DataLakeServiceClient("https://acct.dfs.core.windows.net", credential=credential).create_file_system("lake")
    lake.create_directory("folder")
    lake.get_file_client("folder/file").upload_data(b"deep", overwrite=True)
    print(lake.get_file_client("folder/file").download_file().readall(), [one.name for one in lake.get_paths()])
    vault = SecretClient("https://my-vault.vault.azure.net", credential)
    vault.set_secret("key", "value")
    print(vault.get_secret("key").value, vault.get_secret("other").value)
    vault.begin_delete_secret("key").result()
    """
    )
    assert ran.out.splitlines() == [
        "there already",
        "b'hello' [('a/b.txt', 5)]",
        "{'k': 'v'} ['a/']",
        "False b'id,text'",
        "not there",
        "True",
        "b'deep' ['folder', 'folder/file']",
        "value fake-other",
    ]


@pytest.mark.network
def test_groups_and_subscriptions(azure: Program) -> None:
    ran = azure(
        HEAD
        + """
    from azure.mgmt.resource.resources import ResourceManagementClient
    client = ResourceManagementClient(credential, os.environ["AZURE_SUBSCRIPTION_ID"])
    print(client.resource_groups.create_or_update("group", {"location": "eastus"}).name)
    client.resource_groups.begin_delete("group").result()
    """
    )
    assert ran.out.strip() == "group"


def test_what_it_does_not_know_is_refused_and_not_made_up(beside: Beside) -> None:
    ran = beside(
        sys.executable,
        """
    import json, ssl, urllib.error, urllib.request
    asked = [("management.azure.com", "POST", "/subscriptions/s/providers/X.Y/things/t/explode", b"{}"),
             ("management.azure.com", "PUT", "/subscriptions/s/providers/X.Y/things/t", b"no json"),
             ("management.azure.com", "PUT", "/subscriptions/s/providers/X.Y/things/t", b"[]"),
             ("management.azure.com", "GET", "/%ff%00/../..", None),
             ("login.microsoftonline.com", "POST", "/t/oauth2/v2.0/token", b"\\xff\\xfe"),
             ("login.microsoftonline.com", "GET", "/t/oauth2/v2.0/authorize", None),
             ("a.blob.core.windows.net", "PUT", "/c/b?comp=blocklist", b"<not xml"),
             ("a.blob.core.windows.net", "PUT", "/c/b?comp=lease", b""),
             ("a.dfs.core.windows.net", "PATCH", "/c/b?action=append&position=x", b""),
             ("v.vault.azure.net", "POST", "/keys/k/create", b"{}"),
             ("eastus.api.azureml.ms", "POST", "/history/v1.0/other", b"{}")]
    for host, method, path, body in asked:
        request = urllib.request.Request(f"https://{host}{path}", method=method, data=body)
        try:
            print(urllib.request.urlopen(request).status)
        except urllib.error.HTTPError as error:
            print(error.code)
    """,
    )
    assert ran.code == 0, ran.err
    assert ran.out.split() == ["501", "400", "400", "501", "400", "501", "400", "501", "404", "501", "501"]


@pytest.mark.parametrize(
    ("path", "pairs", "rest"),
    [
        (WORKSPACE, (("workspaces", "w"),), ""),
        (f"{WORKSPACE}/data/d/versions", (("workspaces", "w"), ("data", "d")), "versions"),
        (f"{WORKSPACE}/listKeys", (("workspaces", "w"),), "listKeys"),
    ],
    ids=["resource", "collection", "action"],
)
def test_a_path_taken_apart(path: str, pairs: tuple[tuple[str, str], ...], rest: str) -> None:
    found = parse(path)
    assert found == Address("/subscriptions/s/resourceGroups/g", "Microsoft.MachineLearningServices", pairs, rest)
    assert parse("/subscriptions/s/resourceGroups/g") is None


def test_what_is_put_is_there_and_what_is_below_it_goes_with_it() -> None:
    store = Store()
    version = parse(f"{WORKSPACE}/models/m/versions/3")
    model = parse(f"{WORKSPACE}/models/m")
    every = parse(f"{WORKSPACE}/models")
    newest = parse(f"{WORKSPACE}/models/m/versions/azureml_default")
    assert version
    assert model
    assert every
    assert newest
    store.put(version, {"properties": {"modelUri": "x"}})
    assert [one["name"] for one in store.list(every)] == ["m"]
    assert (store.get(newest) or {})["name"] == "3"
    assert (store.get(version) or {})["properties"]["modelUri"] == "x"
    assert store.delete(model)
    assert store.list(every) == []
    assert not store.delete(model)


def test_other_providers_have_nothing_from_the_start() -> None:
    other = parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/m")
    assert other
    assert Store().get(other) is None


def test_storage_is_bounded() -> None:
    storage = Storage()
    storage.take(b"x" * LARGEST)
    with pytest.raises(FullError, match="64 MiB"):
        storage.take(b"x")
    assert storage.container("a.blob.core.windows.net", "c") is storage.container("a.dfs.core.windows.net", "c")
    assert Container().under("", "/") == ([], [])


def test_nothing_of_its_credentials_is_real() -> None:
    key = STUB.environment["AZURE_STORAGE_CONNECTION_STRING"].split("AccountKey=")[1].split(";")[0]
    assert base64.b64decode(key) == b"fake"
    assert STUB.environment["AZURE_CLIENT_SECRET"].startswith("fake-")
    assert len(set(STUB.environment["AZURE_CLIENT_ID"]) - {"-"}) == 1
