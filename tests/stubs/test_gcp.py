"""Google's own clients, as they are published today, against the stub."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stubs.conftest import Beside, Clients, Ran

Program = Callable[[str], Ran]
LIBRARIES = (
    "google-cloud-aiplatform",
    "google-cloud-bigquery",
    "google-cloud-firestore",
    "google-cloud-pubsub",
    "google-cloud-secret-manager",
    "google-cloud-storage",
    "google-genai",
    "kfp",
    "pandas",
)


def answered(ran: Ran) -> Ran:
    """Return what a program left behind, which went to its end and was refused nothing."""
    assert ran.code == 0, ran.err[-3000:]
    assert [call for call in ran.calls if call["status"] == 501 or call["stub"] != "gcp"] == []
    return ran


@pytest.fixture
def google(clients: Clients, beside: Beside) -> Program:
    python = clients(*LIBRARIES)
    return lambda text: beside(python, text)


@pytest.mark.network
def test_objects_are_written_read_listed_composed_copied_and_deleted(google: Program) -> None:
    ran = answered(
        google("""
            import io, requests
            from google.cloud import storage
            client = storage.Client()
            bucket = client.bucket("my-bucket")
            note = bucket.blob("notes/one two.txt")
            note.upload_from_string("hello")
            assert note.download_as_text() == "hello" and note.exists()
            assert not bucket.blob("notes/none").exists()
            large = bucket.blob("large")
            large.upload_from_file(io.BytesIO(b"x" * (9 << 20)))
            assert len(large.download_as_bytes()) == 9 << 20
            listing = client.list_blobs("my-bucket", delimiter="/")
            assert [blob.name for blob in listing] == ["large"] and listing.prefixes == {"notes/"}
            other = client.create_bucket("other-bucket", location="EU")
            assert client.get_bucket("other-bucket").name == "other-bucket"
            bucket.copy_blob(note, other, "copy.txt")
            both = bucket.blob("both")
            both.compose([note, note])
            assert both.download_as_text() == "hellohello"
            signed = both.generate_signed_url(version="v4", expiration=60)
            assert requests.get(signed).text == "hellohello"
            bucket.rename_blob(both, "renamed")
            with client.batch():
                large.delete()
            assert sorted(blob.name for blob in bucket.list_blobs()) == ["notes/one two.txt", "renamed"]
            other.delete(force=True)
        """)
    )
    assert {call["host"] for call in ran.calls} >= {"oauth2.googleapis.com", "storage.googleapis.com"}
    assert {"objects.insert", "objects.list", "objects.compose", "buckets.insert", "objects.delete"} <= set(ran.names)


@pytest.mark.network
def test_an_object_that_a_reader_has_is_made_up_and_one_that_was_deleted_is_not(google: Program) -> None:
    ran = answered(
        google("""
            from google.api_core.exceptions import NotFound
            from google.cloud import storage
            blob = storage.Client().bucket("my-bucket").blob("data/train.csv")
            assert "," in blob.download_as_text()
            blob.delete()
            try:
                blob.download_as_text()
            except NotFound:
                print("gone")
        """)
    )
    assert ran.out.strip() == "gone"
    assert "objects.get, made up: data/train.csv" in ran.names


@pytest.mark.network
def test_a_pipeline_is_compiled_and_submitted(google: Program) -> None:
    ran = answered(
        google("""
            from kfp import compiler, dsl
            from google.cloud import aiplatform
            @dsl.component
            def prepare(uri: str) -> str:
                return uri
            @dsl.pipeline(name="steps", pipeline_root="gs://my-bucket/root")
            def steps(uri: str = "gs://my-bucket/in.csv"):
                prepare(uri=uri)
            compiler.Compiler().compile(steps, "steps.yaml")
            aiplatform.init(project="my-project", location="europe-west1")
            job = aiplatform.PipelineJob(display_name="steps", template_path="steps.yaml", enable_caching=False)
            job.submit()
            job.wait()
            assert job.state.name == "PIPELINE_STATE_SUCCEEDED", job.state
            assert [one.name for one in aiplatform.PipelineJob.list(filter='display_name="steps"')] == [job.name]
            assert aiplatform.PipelineJob.list(filter='display_name="others"') == []
            schedule = job.create_schedule(cron="0 * * * *", display_name="hourly")
            print(schedule.state.name)
        """)
    )
    assert ran.out.split()[-1] == "ACTIVE"
    assert "PipelineService.CreatePipelineJob" in ran.names
    assert {call["host"] for call in ran.calls if call["name"].startswith("Pipeline")} == {
        "europe-west1-aiplatform.googleapis.com"
    }


@pytest.mark.network
def test_models_are_trained_deployed_and_asked(google: Program) -> None:
    ran = answered(
        google("""
            from google.cloud import aiplatform
            aiplatform.init(project="my-project", staging_bucket="gs://my-staging")
            training = aiplatform.CustomContainerTrainingJob(
                display_name="train", container_uri="image", model_serving_container_image_uri="image")
            trained = training.run(replica_count=1, model_display_name="trained")
            assert trained.display_name == "trained"
            model = aiplatform.Model.upload(display_name="uploaded", serving_container_image_uri="image")
            endpoint = aiplatform.Endpoint.create(display_name="door")
            model.deploy(endpoint, machine_type="n1-standard-4", traffic_percentage=100)
            assert len(endpoint.list_models()) == 1 and list(endpoint.traffic_split.values()) == [100]
            answer = endpoint.predict(instances=[[1.0], [2.0]])
            assert len(answer.predictions) == 2 and answer.model_resource_name.startswith(model.resource_name)
            endpoint.undeploy_all()
            assert endpoint.list_models() == []
            endpoint.delete()
            assert len(aiplatform.Endpoint("1234567890").predict([[1.0]]).predictions) == 1
            spec = {"machine_spec": {"machine_type": "n1-standard-4"}, "replica_count": 1,
                    "container_spec": {"image_uri": "image"}}
            job = aiplatform.CustomJob(display_name="job", worker_pool_specs=[spec])
            job.run()
            print(job.state.name)
        """)
    )
    assert ran.out.split()[-1] == "JOB_STATE_SUCCEEDED"


@pytest.mark.network
def test_experiments_remember_what_was_logged(google: Program) -> None:
    answered(
        google("""
            from google.cloud import aiplatform
            aiplatform.init(project="my-project", experiment="trial")
            with aiplatform.start_run("first"):
                aiplatform.log_params({"rate": 0.1})
                aiplatform.log_metrics({"accuracy": 0.9})
            frame = aiplatform.get_experiment_df("trial")
            assert frame["metric.accuracy"].tolist() == [0.9] and frame["param.rate"].tolist() == [0.1], frame
        """)
    )


@pytest.mark.network
def test_messages_secrets_and_documents_come_back(google: Program) -> None:
    answered(
        google("""
            from google.api_core.exceptions import AlreadyExists
            from google.cloud import firestore, pubsub_v1, secretmanager
            publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
            topic, subscription = publisher.topic_path("p", "t"), subscriber.subscription_path("p", "s")
            publisher.create_topic(name=topic)
            try:
                publisher.create_topic(name=topic)
            except AlreadyExists:
                pass
            else:
                raise AssertionError
            subscriber.create_subscription(name=subscription, topic=topic)
            publisher.publish(topic, b"hello", kind="test").result(timeout=20)
            pulled = subscriber.pull(subscription=subscription, max_messages=5).received_messages
            assert [one.message.data for one in pulled] == [b"hello"]
            subscriber.acknowledge(subscription=subscription, ack_ids=[one.ack_id for one in pulled])

            secrets = secretmanager.SecretManagerServiceClient()
            secret = secrets.create_secret(parent="projects/p", secret_id="s", secret={"replication": {"automatic": {}}})
            secrets.add_secret_version(parent=secret.name, payload={"data": b"word"})
            assert secrets.access_secret_version(name=secret.name + "/versions/latest").payload.data == b"word"
            assert secrets.access_secret_version(name="projects/p/secrets/unmade/versions/1").payload.data

            store = firestore.Client(project="p")
            users = store.collection("users")
            users.document("a").set({"name": "Ann", "visits": 1})
            users.document("a").update({"visits": firestore.Increment(2)})
            users.add({"name": "Bob"})
            assert users.document("a").get().to_dict() == {"name": "Ann", "visits": 3}
            assert not users.document("z").get().exists
            where = firestore.FieldFilter("name", "==", "Bob")
            assert [one.to_dict() for one in users.where(filter=where).stream()] == [{"name": "Bob"}]
            users.document("a").delete()
            assert len(list(users.stream())) == 1
        """)
    )


@pytest.mark.network
def test_tables_are_filled_and_queried(google: Program) -> None:
    ran = answered(
        google("""
            from google.api_core.exceptions import NotFound
            from google.cloud import bigquery
            client = bigquery.Client(project="p")
            client.create_dataset("d")
            fields = [bigquery.SchemaField("a", "INTEGER"), bigquery.SchemaField("b", "STRING")]
            client.create_table(bigquery.Table("p.d.t", schema=fields))
            assert client.insert_rows_json("p.d.t", [{"a": 1, "b": "x"}, {"a": 2, "b": None}]) == []
            rows = [dict(row) for row in client.query("SELECT * FROM `p.d.t`").result()]
            assert rows == [{"a": 1, "b": "x"}, {"a": 2, "b": None}], rows
            assert [table.table_id for table in client.list_tables("d")] == ["t"]
            assert list(client.query_and_wait("SELECT 1")) == []
            load = client.load_table_from_uri("gs://my-bucket/in.csv", "p.d.loaded")
            assert load.result().state == "DONE" and client.get_table("p.d.loaded").table_id == "loaded"
            try:
                client.get_table("p.d.none")
            except NotFound:
                pass
            else:
                raise AssertionError
        """)
    )
    assert {"datasets.insert", "tables.insertAll", "jobs.insert", "tables.get"} <= set(ran.names)


@pytest.mark.network
def test_models_on_vertex_generate_embed_and_count(google: Program) -> None:
    ran = answered(
        google("""
            import json
            from google import genai
            vertex = genai.Client(vertexai=True, project="p", location="us-central1")
            client = vertex.models
            schema = {"type": "OBJECT", "properties": {"name": {"type": "STRING"}}, "required": ["name"]}
            config = {"response_mime_type": "application/json", "response_schema": schema}
            assert client.generate_content(model="gemini-2.0-flash", contents="hi").text
            assert "".join(part.text for part in client.generate_content_stream(model="gemini-2.0-flash", contents="hi"))
            assert json.loads(client.generate_content(model="gemini-2.0-flash", contents="hi", config=config).text)["name"]
            assert client.embed_content(model="text-embedding-004", contents="hi").embeddings[0].values
            assert client.count_tokens(model="gemini-2.0-flash", contents="hi").total_tokens
        """)
    )
    assert "models.generateContent" in ran.names


@pytest.mark.network
def test_garbage_and_unknown_methods_are_refused_at_once_and_harm_nothing(google: Program) -> None:
    ran = google("""
        import grpc, os, time
        from google.cloud import pubsub_v1
        with open(os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"], "rb") as roots:
            channel = grpc.secure_channel("pubsub.googleapis.com:443", grpc.ssl_channel_credentials(roots.read()))
        def call(path, data):
            try:
                return channel.unary_unary(path)(data, timeout=30)
            except grpc.RpcError as error:
                print(error.code().name)
        call("/google.pubsub.v1.Publisher/CreateTopic", bytes(range(256)))
        call("/google.pubsub.v1.Publisher/Nothing", b"")
        call("/no.such.Service/Method", b"")
        call("/google.pubsub.v1.Publisher/../../etc", b"")
        publisher = pubsub_v1.PublisherClient()
        print(publisher.create_topic(name="projects/p/topics/t").name)
    """)
    assert ran.out.split() == ["INVALID_ARGUMENT", *["UNIMPLEMENTED"] * 3, "projects/p/topics/t"]
    assert [call["status"] for call in ran.calls if "Publisher/Nothing" in call["path"]] == [501]


@pytest.mark.network
def test_the_metadata_server_answers_who_asks_it_by_name_as_its_clients_do(google: Program) -> None:
    ran = google("""
        import requests
        from google.auth import compute_engine
        from google.auth.transport.requests import Request
        credentials = compute_engine.Credentials()
        credentials.refresh(Request())
        print(credentials.service_account_email, credentials.valid)
        def ask(path, **headers):
            url = f"http://metadata.google.internal{path}"
            return requests.get(url, headers=headers, timeout=5)
        print(ask("/computeMetadata/v1/project/project-id", **{"Metadata-Flavor": "Google"}).text)
        print(ask("/computeMetadata/v1/project/nothing", **{"Metadata-Flavor": "Google"}).status_code)
        print(ask("/", **{"Metadata-Flavor": "Google"}).status_code, ask("/computeMetadata/v1/project/project-id").status_code)
    """)
    account = "sample@sample-project.iam.gserviceaccount.com"
    assert ran.out.split() == [account, "True", "sample-project", "404", "404", "404"], ran.err
    assert ran.names[0] == "metadata.get"


@pytest.mark.network
def test_the_machine_is_none_of_googles_and_the_key_is_nobodys(google: Program) -> None:
    ran = google("""
        import google.auth, json, os, requests
        credentials, project = google.auth.default()
        assert project == "sample-project" and credentials.service_account_email.endswith("@sample-project.iam.gserviceaccount.com")
        print(requests.get("http://metadata.google.internal/computeMetadata/v1/", timeout=5).status_code)
        print(requests.get("https://pubsub.googleapis.com/v1/projects/p/topics").status_code)
        print(requests.post("https://bigquery.googleapis.com/bigquery/v2/projects/p/datasets", data=b"{").status_code)
        print(requests.get("https://bigquery.googleapis.com/elsewhere").status_code)
    """)
    assert ran.out.split() == ["404", "501", "400", "501"], ran.err
