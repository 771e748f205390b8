"""AWS's own clients, as they are published today, against the stub."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stubs.conftest import Beside, Clients, Ran

Program = Callable[[str], Ran]
pytestmark = pytest.mark.network


@pytest.fixture
def boto(clients: Clients, beside: Beside, shipped: str) -> Program:
    python = clients("boto3")
    return lambda text: beside(python, text, front=shipped)


def answered(ran: Ran) -> Ran:
    """Return what a program left behind, which went to its end and was refused nothing."""
    assert ran.code == 0, ran.err[-3000:]
    assert [call for call in ran.calls if call["status"] >= 500 or call["stub"] != "aws"] == []
    return ran


def test_what_is_put_is_there_and_the_caller_is_a_role(boto: Program) -> None:
    ran = answered(
        boto("""
    import boto3
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="made-here")
    s3.put_object(Bucket="made-here", Key="a/b c.txt", Body=b"hello")
    print(s3.get_object(Bucket="made-here", Key="a/b c.txt")["Body"].read())
    print([one["Key"] for one in s3.list_objects_v2(Bucket="made-here")["Contents"]])
    print(boto3.client("sts").get_caller_identity()["Arn"])
    """)
    )
    assert ran.out.splitlines()[:2] == ["b'hello'", "['a/b c.txt']"]
    assert ":assumed-role/" in ran.out
    assert "sts.GetCallerIdentity" in ran.names


def test_what_a_sample_takes_for_given_is_there_and_what_it_deletes_is_not(boto: Program) -> None:
    ran = boto("""
    import boto3
    from botocore.exceptions import ClientError
    s3 = boto3.client("s3")
    print(s3.get_object(Bucket="my-bucket", Key="data/train.csv")["Body"].read().splitlines()[0])
    print(boto3.resource("dynamodb").Table("orders").put_item(Item={"id": "1", "n": 2})["ResponseMetadata"]["HTTPStatusCode"])
    queue = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody="m")
    print(len(boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]))
    print(boto3.client("secretsmanager").get_secret_value(SecretId="prod/db")["Name"])
    s3.delete_object(Bucket="my-bucket", Key="data/train.csv")
    for key in ("data/train.csv", "model.bin"):
        try:
            s3.get_object(Bucket="my-bucket", Key=key)
        except ClientError as error:
            print(error.response["Error"]["Code"])
    """)
    assert ran.code == 0, ran.err[-3000:]
    assert ran.out.splitlines() == ["b'id,text,feature,target'", "200", "1", "prod/db", "NoSuchKey", "NoSuchKey"]


def test_models_of_bedrock_answer_in_words_tools_and_streams(boto: Program) -> None:
    ran = answered(
        boto("""
    import boto3, json
    bedrock = boto3.client("bedrock-runtime")
    ask = dict(modelId="anthropic.claude-3-haiku-20240307-v1:0", messages=[{"role": "user", "content": [{"text": "hi"}]}])
    print(bedrock.converse(**ask)["output"]["message"]["content"][0]["text"])
    print("".join(event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
                  for event in bedrock.converse_stream(**ask)["stream"]))
    schema = {"type": "object", "properties": {"city": {"enum": ["Rome"]}}}
    tools = {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": schema}}}], "toolChoice": {"any": {}}}
    print(bedrock.converse(**ask, toolConfig=tools)["output"]["message"]["content"][0]["toolUse"]["input"])
    body = json.loads(bedrock.invoke_model(modelId="x", body=b"{}")["body"].read())
    print(body["content"][0]["text"] == body["results"][0]["outputText"])
    """)
    )
    said, streamed, tool, same = ran.out.splitlines()
    assert said == streamed == "This is an answer of the sample harness, not of a model."
    assert (tool, same) == ("{'city': 'Rome'}", "True")


def test_what_moto_lacks_is_answered_from_the_model_of_the_service_and_the_rest_is_refused(boto: Program) -> None:
    ran = boto("""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
    sm = boto3.client("sagemaker")
    config = {"MonitoringJobDefinitionName": "d", "MonitoringType": "DataQuality"}
    sm.create_monitoring_schedule(MonitoringScheduleName="watch", MonitoringScheduleConfig=config)
    told = sm.describe_monitoring_schedule(MonitoringScheduleName="watch")
    print(told["MonitoringScheduleArn"], told["MonitoringScheduleConfig"]["MonitoringJobDefinitionName"])
    try:
        boto3.client("personalize-runtime", config=Config(retries={"max_attempts": 0})).get_recommendations(campaignArn="a")
    except ClientError as error:
        print(error.response["ResponseMetadata"]["HTTPStatusCode"])
    """)
    assert ran.code == 0, ran.err[-3000:]
    assert ran.out.split() == ["arn:aws:sagemaker:us-east-1:123456789012:monitoring-schedule/watch", "d", "501"]


def test_garbage_is_an_error_and_not_a_crash(boto: Program) -> None:
    ran = boto("""
    import socket, ssl, urllib.error, urllib.request
    for host, body in {"s3.amazonaws.com": b"\\x00\\xff", "dynamodb.us-east-1.amazonaws.com": b"{", "sts.amazonaws.com": b"Action=",
                       "nobody-knows.us-east-1.amazonaws.com": b"[]"}.items():
        for headers in ({}, {"X-Amz-Target": "?.?"}, {"Authorization": "AWS4-HMAC-SHA256 Credential=/////"}):
            try:
                urllib.request.urlopen(urllib.request.Request(f"https://{host}/%00?x=%ff", body, headers))
            except urllib.error.HTTPError as error:
                print(error.code)
    """)
    assert ran.code == 0, ran.err[-3000:]
    assert set(ran.out.split()) <= {"400", "403", "404", "405", "501"}


def test_an_estimator_is_fit_deployed_and_asked(clients: Clients, beside: Beside, shipped: str) -> None:
    ran = beside(
        clients("sagemaker<3"),
        """
    import sagemaker, time
    from sagemaker.estimator import Estimator
    slept, time.sleep = time.sleep, lambda seconds: slept(min(seconds, 0.01))  # it waits half a minute before it looks
    session = sagemaker.Session()
    estimator = Estimator(image_uri="your-image", role=sagemaker.get_execution_role(), instance_count=1,
                          instance_type="ml.m5.xlarge", output_path="s3://your-bucket/output", sagemaker_session=session)
    estimator.fit({"train": "s3://your-bucket/train"})
    predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.t2.medium")
    print("asked", predictor.predict("1,2"))
    predictor.delete_endpoint()
    """,
        front=shipped,
    )
    assert ran.code == 0, ran.err[-3000:]
    assert "asked b'" in ran.out
    assert {"sagemaker.CreateTrainingJob", "sagemaker.CreateEndpoint", "sagemaker.InvokeEndpoint"} <= set(ran.names)
