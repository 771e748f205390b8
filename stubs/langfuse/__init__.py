"""Langfuse: takes what is traced, keeps prompts and data sets."""

from stubs.protocol import Stub

STUB = Stub(
    name="langfuse",
    hosts=("*.langfuse.com", "langfuse.*"),
    paths=("/api/public/",),
    app="stubs.langfuse.app:app",
    environment={
        "LANGFUSE_PUBLIC_KEY": "pk-lf-fake-key-of-the-sample-harness",
        "LANGFUSE_SECRET_KEY": "sk-lf-fake-key-of-the-sample-harness",
    },
)
