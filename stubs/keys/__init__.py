"""Keys of services that no stub stands in for: without one, their libraries do not even begin."""

from stubs.protocol import Stub

_FAKE = "fake-key-of-the-sample-harness"
_VARIABLES = (
    "COMET_API_KEY",
    "NEPTUNE_API_TOKEN",
    "TAVILY_API_KEY",
    "SERPAPI_API_KEY",
    "SERPER_API_KEY",
    "LANGCHAIN_API_KEY",
    "LANGSMITH_API_KEY",
    "LLAMA_CLOUD_API_KEY",
    "REPLICATE_API_TOKEN",
    "ELEVENLABS_API_KEY",
    "ASSEMBLYAI_API_KEY",
    "SLACK_BOT_TOKEN",
    "GITHUB_TOKEN",
    "KAGGLE_KEY",
)

STUB = Stub(
    name="keys",
    environment={
        **dict.fromkeys(_VARIABLES, _FAKE),
        "KAGGLE_USERNAME": "sample",
        # These write to the disk what they cannot send.
        "WANDB_API_KEY": "f" * 40,
        "WANDB_MODE": "offline",
        "WANDB_SILENT": "true",
        "COMET_MODE": "offline",
        "NEPTUNE_MODE": "offline",
        "CLEARML_OFFLINE_MODE": "1",
        "LANGSMITH_TRACING": "false",
    },
)
