"""What the user asked for: defaults < options file < environment < flags.

Every value knows its source. The options file is ``harness.toml`` or the table
``[tool.harness]`` of ``pyproject.toml``, whichever is met first from the
current folder upwards. Nothing here reads a page or starts anything.
"""

from harness.options.choices import FOLDERS, LOCAL, FailOn, Format, Output, SandboxChoice, WitnessChoice
from harness.options.settings import CONFIG_VARIABLE, VARIABLES, Options, Setting, load

__all__ = [
    "CONFIG_VARIABLE",
    "FOLDERS",
    "LOCAL",
    "VARIABLES",
    "FailOn",
    "Format",
    "Options",
    "Output",
    "SandboxChoice",
    "Setting",
    "WitnessChoice",
    "load",
]
