"""The clients of language models, as they are published today, against the stub."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stubs.conftest import Beside, Clients, Ran

SAID = "This is an answer of the sample harness, not of a model."
Program = Callable[[str], Ran]
HEAD = """
    from pydantic import BaseModel
    class Person(BaseModel):
        name: str
        age: int
        tags: list[str]
    ask = [{"role": "user", "content": "hi"}]
    arguments = {"type": "object", "properties": {"city": {"type": "string", "enum": ["Rome"]}}}
"""
pytestmark = pytest.mark.network


@pytest.fixture
def model(clients: Clients, beside: Beside, shipped: str) -> Program:
    python = clients("openai", "anthropic", "mistralai", "cohere", "ollama", "google-genai")

    def run(text: str) -> Ran:
        ran = beside(python, HEAD + text, front=shipped)
        assert ran.code == 0, ran.err[-3000:]
        assert [call for call in ran.calls if call["status"] >= 500 or call["stub"] != "llm"] == []
        return ran

    return run


def test_openai_answers_in_words_schemas_tools_and_streams(model: Program) -> None:
    ran = model("""
    import openai
    client = openai.OpenAI()
    chat = client.chat.completions
    print(chat.create(model="gpt-4o", messages=ask).choices[0].message.content)
    print("".join(part.choices[0].delta.content or "" for part in chat.create(model="m", messages=ask, stream=True)))
    print(type(chat.parse(model="gpt-4o", messages=ask, response_format=Person).choices[0].message.parsed).__name__)
    tools = [{"type": "function", "function": {"name": "weather", "parameters": arguments}}]
    call = chat.create(model="m", messages=ask, tools=tools).choices[0].message.tool_calls[0]
    print(call.function.arguments)
    told = [*ask, {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    print(chat.create(model="m", messages=told, tools=tools).choices[0].finish_reason)
    print(client.responses.create(model="m", input="hi").output_text)
    print(client.responses.parse(model="m", input="hi", text_format=Person).output_parsed.age)
    with client.responses.stream(model="m", input="hi") as stream:
        print(len(list(stream)) > 5, stream.get_final_response().status)
    print(len(client.embeddings.create(model="text-embedding-3-small", input=["a", "b"]).data[1].embedding))
    """)
    assert ran.out.splitlines() == [
        SAID,
        f"{SAID} ",
        "Person",
        '{"city": "Rome"}',
        "stop",
        SAID,
        "1",
        "True completed",
        "1536",
    ]


def test_openai_keeps_files_and_jobs_and_speaks_through_azure(model: Program) -> None:
    ran = model("""
    import openai
    client = openai.OpenAI()
    file = client.files.create(file=("train.jsonl", b"{}"), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(model="gpt-4o-mini", training_file=file.id)
    print(file.filename, client.fine_tuning.jobs.retrieve(job.id).status)
    azure = openai.AzureOpenAI(azure_endpoint="https://mine.openai.azure.com", api_version="2024-10-21", api_key="k")
    print(azure.chat.completions.create(model="deployed", messages=ask).choices[0].message.content)
    """)
    assert ran.out.splitlines() == ["train.jsonl succeeded", SAID]
    assert "chat.completions.create" in ran.names


def test_a_schema_that_is_written_in_the_prompt_is_answered(model: Program) -> None:
    ran = model("""
    import json, openai
    prompt = f"Answer as JSON of this schema: {json.dumps(Person.model_json_schema())}. An example is: {{}}"
    text = openai.OpenAI().completions.create(model="m", prompt=prompt).choices[0].text
    print(type(Person.model_validate_json(text)).__name__)
    """)
    assert ran.out.strip() == "Person"


def test_anthropic_answers_in_words_tools_and_streams(model: Program) -> None:
    ran = model("""
    import anthropic
    messages = anthropic.Anthropic().messages
    asked = dict(model="claude", max_tokens=9, messages=ask)
    print(messages.create(**asked).content[0].text)
    with messages.stream(**asked) as stream:
        print("".join(stream.text_stream))
    print(messages.create(**asked, tools=[{"name": "weather", "input_schema": arguments}]).content[0].input)
    """)
    assert ran.out.splitlines() == [SAID, f"{SAID} ", "{'city': 'Rome'}"]


def test_mistral_cohere_gemini_and_ollama_answer(model: Program) -> None:
    ran = model("""
    import cohere, ollama
    from google import genai
    try:
        from mistralai import Mistral
    except ImportError:
        from mistralai.client import Mistral
    mistral = Mistral(api_key="k")
    print(mistral.chat.complete(model="m", messages=ask).choices[0].message.content)
    print(len(mistral.embeddings.create(model="mistral-embed", inputs=["a"]).data[0].embedding))
    command = cohere.ClientV2()
    print(command.chat(model="m", messages=ask).message.content[0].text)
    print(len(command.rerank(model="m", query="a", documents=["a", "b"]).results))
    gemini = genai.Client(api_key="k")
    schema = {"response_mime_type": "application/json", "response_schema": Person}
    print(gemini.models.generate_content(model="gemini-2.5-flash", contents="x", config=schema).parsed.age)
    print(ollama.chat(model="llama3.2", messages=ask).message.content)
    print("".join(part.response for part in ollama.generate(model="m", prompt="x", stream=True)))
    """)
    assert ran.out.splitlines() == [SAID, "1024", SAID, "2", "1", SAID, f"{SAID} "]
