"""Weights of a tiny model, made by the sample's own library: it alone knows what its architectures hold."""

from __future__ import annotations

import logging
import subprocess
import tempfile
from pathlib import Path

FILE = "model.safetensors"
"""The one file of weights that a repository has."""
_SECONDS = 60
_PROGRAM = """
import json, sys
import transformers
given = json.loads(sys.argv[1])
kind = given.pop("model_type")
config = transformers.AutoConfig.for_model(kind, **given)
head = getattr(transformers, given["architectures"][0], None)
model = head(config) if head else transformers.AutoModel.from_config(config)
model.save_pretrained(sys.argv[2])
"""
_log = logging.getLogger(__name__)


def made(python: str, config: str) -> bytes | None:
    """Return the weights of a model with random numbers; None where the sample's environment cannot make them.

    Args:
        python: The sample's interpreter.
        config: The model's configuration, JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        argv = [python, "-c", _PROGRAM, config, folder]
        try:
            done = subprocess.run(argv, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            _log.warning("no weights: %s", error)
            return None
        if done.returncode:
            _log.warning("no weights: %s", done.stderr.decode(errors="replace")[-500:])
            return None
        return Path(folder, FILE).read_bytes()
