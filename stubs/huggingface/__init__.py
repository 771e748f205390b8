"""The Hugging Face hub: every repository that is asked for is there, with small contents of its kind."""

from stubs.protocol import Stub

_TOKEN = "hf_fake-token-of-the-sample-harness"  # noqa: S105 it says what it is

STUB = Stub(
    name="huggingface",
    hosts=("huggingface.co", "*.huggingface.co", "hf.co", "*.hf.co", "hf-mirror.com"),
    app="stubs.huggingface.app:app",
    environment={
        "HF_TOKEN": _TOKEN,
        "HUGGINGFACEHUB_API_TOKEN": _TOKEN,
        # Both go where no stub is.
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    },
)
