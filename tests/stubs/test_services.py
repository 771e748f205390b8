"""The Hugging Face hub, Langfuse and an author's own services, asked by their clients."""

from __future__ import annotations

import json

import pytest

from stubs import plausible
from stubs.huggingface import contents
from tests.stubs.conftest import Beside, Clients


@pytest.mark.parametrize(
    ("schema", "given"),
    [
        ({"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}}, {"a": 3}),
        ({"enum": ["x", "y"]}, "x"),
        ({"const": 5}, 5),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, True),
        ({"type": ["null", "number"], "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"type": "array", "minItems": 2, "items": {"const": 1}}, [1, 1]),
        ({"type": "string", "maxLength": 4}, "This"),
        (
            {"$defs": {"D": {"type": "string", "format": "date"}}, "properties": {"d": {"$ref": "#/$defs/D"}}},
            {"d": "2024-01-01"},
        ),
        ({"allOf": [{"properties": {"a": {"const": 1}}}]}, {"a": 1}),
        ({"type": "OBJECT", "properties": {"n": {"type": "INTEGER"}}}, {"n": 1}),
        (True, plausible.TEXT),
    ],
)
def test_a_value_is_what_its_schema_accepts(schema: object, given: object) -> None:
    assert plausible.value(schema) == given


def test_a_schema_without_an_end_has_one() -> None:
    tree = {"$ref": "#/$defs/T", "$defs": {"T": {"type": "object", "properties": {"left": {"$ref": "#/$defs/T"}}}}}
    assert len(json.dumps(plausible.value(tree))) < 1000


def test_an_embedding_depends_on_its_text_and_has_length_one() -> None:
    one = plausible.vector("a", 64)
    assert one == plausible.vector("a", 64) != plausible.vector("b", 64)
    assert sum(value * value for value in one) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("repository", "architecture"),
    [
        ("distilbert-base-uncased-finetuned-sst-2-english", "DistilBertForSequenceClassification"),
        ("openai-community/gpt2", "GPT2LMHeadModel"),
        ("meta-llama/Llama-3.2-1B", "LlamaForCausalLM"),
        ("google/flan-t5-small", "T5ForConditionalGeneration"),
        ("sample/nobody-knows", "BertForMaskedLM"),
    ],
)
def test_the_name_of_a_repository_tells_its_architecture(repository: str, architecture: str) -> None:
    assert contents.configuration(repository)["architectures"] == [architecture]


@pytest.mark.network
def test_the_hub_has_configurations_tokenizers_and_tables(clients: Clients, beside: Beside, shipped: str) -> None:
    ran = beside(
        clients("transformers", "datasets"),
        """
    import datasets, huggingface_hub, transformers
    api = huggingface_hub.HfApi()
    print(api.model_info("org/bert-base").pipeline_tag, api.whoami()["name"])
    api.create_repo("me/new")
    api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id="me/new")
    print(transformers.AutoConfig.from_pretrained("distilbert-base-uncased-finetuned-sst-2-english").id2label)
    print(transformers.AutoTokenizer.from_pretrained("bert-base-uncased")("hello world").input_ids)
    found = datasets.load_dataset("owner/reviews")
    print(sorted(found), found["train"].column_names, len(found["test"]))
    """,
        front=shipped,
    )
    assert ran.code == 0, ran.err[-3000:]
    assert ran.out.splitlines() == [
        "fill-mask sample",
        "{0: 'NEGATIVE', 1: 'POSITIVE'}",
        "[10, 11]",
        "['test', 'train', 'validation'] ['id', 'text', 'label'] 20",
    ]
    assert [call for call in ran.calls if call["status"] >= 500] == []


@pytest.mark.network
def test_langfuse_takes_traces_and_keeps_prompts_and_data(clients: Clients, beside: Beside, shipped: str) -> None:
    ran = beside(
        clients("langfuse"),
        """
    from langfuse import get_client, observe
    client = get_client()

    @observe()
    def step(x): return x

    step(1)
    client.flush()
    client.create_prompt(name="ask", prompt="Hi {{who}}", labels=["production"])
    print(client.auth_check(), client.get_prompt("ask").compile(who="you"))
    client.create_dataset(name="cases")
    client.create_dataset_item(dataset_name="cases", input={"a": 1})
    print([item.input for item in client.get_dataset("cases").items])
    """,
        front=shipped,
    )
    assert ran.code == 0, ran.err[-3000:]
    assert ran.out.splitlines() == ["True Hi you", "[{'a': 1}]"]
    assert "traces.export" in ran.names


@pytest.mark.network
def test_services_of_an_author_answer(clients: Clients, beside: Beside, shipped: str) -> None:
    ran = beside(
        clients("requests"),
        """
    import requests
    print(requests.get("https://api.example.com/v1/users").json()["items"][0]["id"])
    print(requests.post("http://localhost:8080/predict", json={"inputs": [1]}).json()["predictions"])
    print(requests.post("https://hooks.example.com/new", data=b"\\xff").status_code)
    print(requests.get("https://example.com/data.csv").text.splitlines()[0])
    print(requests.get("https://example.com").headers["content-type"])
    """,
        front=shipped,
        HARNESS_STUBS_PORTS="8080",
    )
    assert ran.code == 0, ran.err[-3000:]
    assert ran.out.splitlines() == ["1", "[0.5]", "201", "id,text,feature,target", "text/html; charset=utf-8"]
