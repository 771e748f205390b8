"""What is in a repository of the hub, by its kind and its name.

A model has the configuration of a tiny model of the architecture that its name tells, and a tokenizer of a few words; a
data set has a table. Weights are made in `stubs.huggingface.weights`, by the sample's own library.
"""

from __future__ import annotations

import json
import re

from stubs import plausible

_FAMILIES = {
    "distilbert": "distilbert",
    "roberta": "roberta",
    "deberta": "deberta-v2",
    "albert": "albert",
    "electra": "electra",
    "bert": "bert",
    "flan": "t5",
    "t5": "t5",
    "bart": "bart",
    "opus-mt": "marian",
    "gpt2": "gpt2",
    "dialogpt": "gpt2",
    "gpt-j": "gptj",
    "neox": "gpt_neox",
    "pythia": "gpt_neox",
    "gpt-neo": "gpt_neo",
    "mixtral": "mixtral",
    "mistral": "mistral",
    "zephyr": "mistral",
    "llama": "llama",
    "vicuna": "llama",
    "qwen3": "qwen3",
    "qwen": "qwen2",
    "gemma": "gemma",
    "phi-3": "phi3",
    "phi": "phi",
    "falcon": "falcon",
    "bloom": "bloom",
    "opt": "opt",
    "vit": "vit",
    "resnet": "resnet",
    "clip": "clip",
    "whisper": "whisper",
    "wav2vec2": "wav2vec2",
    "minilm": "bert",
    "mpnet": "mpnet",
}
"""A word of a repository's name → the type of model, the longest words of a family first."""
_TASKS = {
    "ForSequenceClassification": r"sst|sentiment|classif|mnli|toxic|emotion|finbert|rerank|cross-encoder",
    "ForQuestionAnswering": r"squad|-qa\b|question",
    "ForTokenClassification": r"\bner\b|-ner|token|conll",
}
_HEADS = {"t5": "ForConditionalGeneration", "bart": "ForConditionalGeneration", "whisper": "ForConditionalGeneration"}
_ENCODERS = {"bert", "distilbert", "roberta", "albert", "electra", "mpnet", "deberta-v2"}
_WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "<s>",
    "</s>",
    "the",
    "a",
    "is",
    "hello",
    "world",
    "!",
    ".",
    ",",
]
VOCABULARY = 128
"""Entries of the tokenizer."""
_TINY = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "dim": 32,
    "d_model": 32,
    "n_embd": 32,
    "embedding_size": 32,
    "intermediate_size": 64,
    "hidden_dim": 64,
    "d_ff": 64,
    "d_kv": 16,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "num_hidden_layers": 2,
    "n_layers": 2,
    "n_layer": 2,
    "num_layers": 2,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "num_attention_heads": 2,
    "n_heads": 2,
    "n_head": 2,
    "num_heads": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "n_positions": 512,
    "pad_token_id": 0,
    "bos_token_id": 5,
    "eos_token_id": 6,
    "decoder_start_token_id": 0,
}
"""Sizes under every name that architectures give them; each takes its own and keeps the others as they are."""


def family(repository: str) -> str:
    """Return the type of model that a name tells, ``bert`` where it tells none."""
    name = repository.rpartition("/")[2].lower()
    return next((kind for word, kind in _FAMILIES.items() if word in name), "bert")


def configuration(repository: str) -> dict[str, object]:
    """Return the ``config.json`` of a model."""
    kind, name = family(repository), repository.lower()
    task = next((head for head, words in _TASKS.items() if re.search(words, name)), "")
    head = task or _HEADS.get(kind) or ("ForMaskedLM" if kind in _ENCODERS else "ForCausalLM")
    stem = {"bert": "Bert", "distilbert": "DistilBert", "roberta": "Roberta", "gpt2": "GPT2LMHeadModel", "t5": "T5"}
    own = stem.get(kind, kind.replace("-", "_").title().replace("_", ""))
    labels = (
        {"0": "NEGATIVE", "1": "POSITIVE"} if task == "ForSequenceClassification" else {"0": "LABEL_0", "1": "LABEL_1"}
    )
    return {
        "architectures": [own if own.endswith("Model") else own + head],
        "model_type": kind,
        "id2label": labels,
        "label2id": {label: int(number) for number, label in labels.items()},
        **_TINY,
    }


def tokenizer() -> dict[str, object]:
    """Return a ``tokenizer.json`` that knows a few words and takes each other one for unknown."""
    words = _WORDS + [f"word{number}" for number in range(VOCABULARY - len(_WORDS))]
    special = [
        {
            "id": index,
            "content": word,
            "special": True,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
        }
        for index, word in enumerate(_WORDS)
        if word[0] in "[<"
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: index for index, word in enumerate(words)},
            "unk_token": "[UNK]",
        },
    }


_SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
    "bos_token": "<s>",
    "eos_token": "</s>",
}
_CHAT = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
_CARD = "---\nlicense: apache-2.0\n---\nMade up by the sample harness.\n"


def _of_model(repository: str) -> dict[str, bytes]:
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": 512,
        "chat_template": _CHAT,
        **_SPECIAL,
    }
    documents = {
        "config.json": configuration(repository),
        "tokenizer.json": tokenizer(),
        "tokenizer_config.json": settings,
        "special_tokens_map.json": _SPECIAL,
        "generation_config.json": {"bos_token_id": 5, "eos_token_id": 6, "pad_token_id": 0},
    }
    made = {name: json.dumps(document).encode() for name, document in documents.items()}
    vocabulary = _WORDS + [f"word{number}" for number in range(VOCABULARY - len(_WORDS))]
    return {"README.md": _CARD.encode(), "vocab.txt": "\n".join(vocabulary).encode(), **made}


def _of_data() -> dict[str, bytes]:
    rows = "".join(f"{index},{plausible.TEXT} {index},{index % 2}\n" for index in range(20))
    table = f"id,text,label\n{rows}".encode()
    splits = "".join(f"  - split: {split}\n    path: data/{split}.csv\n" for split in ("train", "test", "validation"))
    card = f"---\nconfigs:\n- config_name: default\n  data_files:\n{splits}---\nMade up by the sample harness.\n"
    return {"README.md": card.encode(), **{f"data/{split}.csv": table for split in ("train", "test", "validation")}}


def files(kind: str, repository: str) -> dict[str, bytes]:
    """Return path → contents of a repository.

    Args:
        kind: ``models``, ``datasets`` or ``spaces``.
        repository: ``owner/name``, or a name alone.
    """
    if kind == "datasets":
        return _of_data()
    return _of_model(repository) if kind == "models" else {"README.md": _CARD.encode()}
