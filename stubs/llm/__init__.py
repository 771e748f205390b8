"""Language models: the shapes that their hosts speak, and an answer that says what it is."""

from stubs.protocol import Stub

_OPENAI_SHAPED = (
    "api.openai.com",
    "*.openai.azure.com",
    "*.inference.ai.azure.com",
    "api.mistral.ai",
    "api.groq.com",
    "api.together.xyz",
    "*.together.ai",
    "api.deepseek.com",
    "api.fireworks.ai",
    "api.perplexity.ai",
    "api.x.ai",
    "api.cerebras.ai",
    "api.deepinfra.com",
    "openrouter.ai",
    "integrate.api.nvidia.com",
    "router.huggingface.co",
    "models.inference.ai.azure.com",
)

_OLLAMA = "ollama.test"
"""Where Ollama's client is told to look: no sample says the port that it looks at by itself."""

_KEYS = {
    "OPENAI_API_KEY": "sk-",
    "AZURE_OPENAI_API_KEY": "",
    "ANTHROPIC_API_KEY": "sk-ant-",
    "MISTRAL_API_KEY": "",
    "GROQ_API_KEY": "gsk_",
    "TOGETHER_API_KEY": "",
    "COHERE_API_KEY": "",
    "CO_API_KEY": "",
    "DEEPSEEK_API_KEY": "sk-",
    "FIREWORKS_API_KEY": "fw_",
    "PERPLEXITY_API_KEY": "pplx-",
    "XAI_API_KEY": "xai-",
    "OPENROUTER_API_KEY": "sk-or-",
    "GEMINI_API_KEY": "",
    "VOYAGE_API_KEY": "pa-",
    "NVIDIA_API_KEY": "nvapi-",
}
"""Variable → what its keys begin with; what follows says that it is none."""

STUB = Stub(
    name="llm",
    hosts=(
        *_OPENAI_SHAPED,
        "api.anthropic.com",
        "api.cohere.com",
        "api.cohere.ai",
        "api.voyageai.com",
        "generativelanguage.googleapis.com",
        _OLLAMA,
    ),
    # vLLM, Ollama, LM Studio, LiteLLM's proxy and their like on a port of the reader's own.
    paths=(
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/embeddings",
        "/v1/models",
        "/v1/responses",
        "/v1/messages",
        "/api/chat",
        "/api/generate",
        "/api/embed",
        "/api/tags",
        "/api/show",
        "/api/pull",
    ),
    app="stubs.llm.app:app",
    environment={
        **{name: f"{prefix}fake-key-of-the-sample-harness" for name, prefix in _KEYS.items()},
        "AZURE_OPENAI_ENDPOINT": "https://supplied.openai.azure.com",
        "OLLAMA_HOST": f"http://{_OLLAMA}:80",
    },
)
