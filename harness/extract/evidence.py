"""What lines of each language look like, with how much each look speaks for the language.

Data for `harness.extract.language`. The patterns are searched, line by line,
in a bounded head of the code without blank lines; they are shapes of a
language's grammar and of commands at large, never names of one library.
"""

from __future__ import annotations

import re
from typing import Final

from harness.model.source import Language

_COLON_WORDS: Final = r"(?:if|elif|while|for|with|except|try|else|finally|match|case|async (?:for|with))"
_COMMANDS: Final = (
    "pip3? pipx python3? uv uvx conda mamba poetry apt apt-get brew npm npx yarn git docker docker-compose kubectl "
    "helm terraform aws az gcloud curl wget cd ls mkdir rm cp mv chmod export source echo cat tar unzip ssh make bash "
    "sh jupyter grep sed tail head kill nohup open touch"
).replace(" ", "|")

_LOOKS: Final[tuple[tuple[Language, float, tuple[str, ...]], ...]] = (
    (
        Language.PYTHON,
        3,
        (
            r"^\s*from \.*[\w.]* ?import [\w(*]",
            r"^\s*import [\w.]+(?: as \w+)?(?:, ?[\w.]+(?: as \w+)?)*\s*(?:#.*)?$",
            r"^\s*(?:async )?def \w+ ?\(",
            r"^\s*class \w+(?:\(.*\))?:\s*(?:#.*)?$",
            r"^if __name__ ==",
        ),
    ),
    (
        Language.PYTHON,
        1.5,
        (
            rf"^\s*{_COLON_WORDS}\b.*:\s*(?:#.*)?$",
            r"^@[\w.]+(?:\(.*)?$",
            r"^\s*(?:raise|assert|yield|del) \w",
            r"^\s*(?:\"\"\"|''')",
            r"^\s*with .+ as \w+:?$",
            r"^\s*\w+: [\w.\[\], |]+ = .",
            r"^\s*print ['\"]",
            r"^[%!]{1,2}[a-z]\w*",
        ),
    ),
    (
        Language.PYTHON,
        1,
        (
            r"^\s*(?:return\b.*[^;{\s]|pass|print\(.*\))$",
            r"\b(?:self\.\w|await \w|lambda\b.*:)",
            r"^\s*[A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:, ?\w+)* [-+*/|]?= [^=]*[^;{=\s]\s*$",
            r"^[A-Za-z_][\w.]*\((?:[^;]*[^;{])?$",
        ),
    ),
    (
        Language.YAML,
        1,
        (r"^\s*(?:- )*[\"']?[A-Za-z_$.][\w./$ -]{0,60}[\"']?:(?: +[^\s=].*)?$", r"^\s*- [^\s].*$"),
    ),
    (Language.YAML, 2, (r"^(?:version|services|stages|jobs|steps|name|kind|on): *", r"\A---\s*$")),
    (Language.TOML, 2, (r"^\[{1,2}[A-Za-z_][\w.\"'-]*\]{1,2}\s*(?:#.*)?$",)),
    (Language.TOML, 1, (r"^[\w.\"-]+ = (?:[\"'{\[\d]|true\b|false\b)",)),
    (Language.SHELL, 4, (r"\A#!.*\b(?:ba|z|k|da)?sh\b",)),
    (
        Language.SHELL,
        2,
        (
            rf"^\s*(?:sudo )?(?:{_COMMANDS}) (?![=+:,]|is )\S",
            r"^[a-z][\w-]*(?: [\w./:@-]+)* --?[a-z][\w-]*(?:[ =]|$)",
        ),
    ),
    (
        Language.SHELL,
        1.5,
        (r"^\s*(?:fi|done|esac)$", r"; (?:then|do)$", r"^\s*--?[a-z][\w-]*.*\\$", r"^[A-Z_]+=\S*$", r"\$\{?[A-Z_]+\}?"),
    ),
    (Language.SHELL, 1, (r"^[a-z][\w-]{1,15}(?: [a-z][\w./:@-]*){1,4}$", r"^\s*[^#\s].*(?: && | \| |\\$)")),
    (Language.DOCKERFILE, 4, (r"^FROM [\w./:@${}-]+(?: (?:AS|as) [\w-]+)?\s*$",)),
    (Language.DOCKERFILE, 2, (r"^(?:RUN|CMD|COPY|ENTRYPOINT|WORKDIR|ENV|EXPOSE|ADD|USER|LABEL|ARG) \S",)),
    (
        Language.HCL,
        4,
        (
            r"^\s*(?:resource|data) \"[\w-]+\" \"[\w-]+\" \{",
            r"^\s*(?:variable|module|provider|output|backend) \"[^\"]+\" \{",
            r"^(?:terraform|locals) \{",
        ),
    ),
    (
        Language.JAVASCRIPT,
        3,
        (
            r"^\s*(?:export )?(?:const|let|var) [\w{\[].*=",
            r"^import (?:.* from )?['\"]",
            r"^\s*(?:export )?(?:default )?(?:async )?function\b",
            r"\brequire\(['\"]",
            r"^\s*console\.(?:log|error|warn|info)\(",
        ),
    ),
    (Language.JAVASCRIPT, 2, (r"=> ?[{(]?$", r"^export (?:default|interface|type|class)\b", r"^interface \w+ \{")),
    (Language.JAVASCRIPT, 0.7, (r"[)}\]\"'];$", r"^\s*//", r"^\s*\}\);?$")),
    (Language.CONSOLE, 3, (r"[─━│┃┏┗└├╭╰╮╯┌┐█▇]", r"^\|[-+ ]*\|$", r"^\+-[-+]*\+$")),
    (
        Language.CONSOLE,
        2,
        (
            r"^\W{0,2}\d{4}-\d\d-\d\d[T ]\d\d:\d\d",
            r"^\d\d:\d\d:\d\d",
            r"^\W?(?:INFO|WARNING|WARN|ERROR|DEBUG)\b\W",
            r"^(?:Successfully installed|Collecting|Requirement already)\b",
            r"^\w*(?:Error|Exception): ",
            r"^Out\[\d+\]:",
        ),
    ),
    (
        Language.TEXT,
        1.5,
        (r"^[A-Z][a-z'\u2019]*(?: [\w'\u2019,()-]+){2,}[.!?:]?$", r"^[\w.-]+(?:\[[\w,-]+\])?[=~>]=[\d.*]+$"),
    ),
    (
        Language.OTHER,
        4,
        (
            r"\A\s*(?:<!DOCTYPE|<\?xml|<[a-zA-Z][\w-]*[^<>]*>)",
            r"^#include [<\"]",
            r"^package \w+;?$",
            r"^fn \w+\(",
            r"^func (?:\(.*\) )?\w+\(",
            r"^\s*(?:public|private|protected) (?:static |final )*[\w<>\[\]]+ \w+",
            r"^(?:SELECT|select) .",
            r"^(?:CREATE|INSERT INTO|ALTER|DROP) (?:TABLE|VIEW|OR|\w+ ?\()",
            r"\A\s*(?:(?:graph|flowchart) (?:TD|TB|LR|RL|BT)\b|sequenceDiagram|classDiagram|gantt)",
            r"\A(?:diff --git|--- a/|@@ -\d)",
            r"^(?!else|try|finally|except)[\w.-]+:[^\n]*\n\t\S",
        ),
    ),
    (Language.OTHER, 2, (r"^\s*end$", r"^\s*puts ")),
)

EVIDENCE: Final = {
    language: tuple(
        (weight, re.compile(look, re.MULTILINE)) for each, weight, looks in _LOOKS if each is language for look in looks
    )
    for language in Language
}
"""For each language the shapes that its lines have, with the weight of one such line."""
IMPORT: Final = re.compile(r"from \.*[\w.]+ import [\w(*]|import [\w.]+(?: as \w+)?$")
"""A first line that decides alone."""

# Tables and dashed keys tell TOML from Python's assignments; a bare word as value tells an INI file from TOML.
TOML_MARK: Final = re.compile(r"^\[{1,2}[A-Za-z_]|^[\w.]*-[\w.-]* = ", re.MULTILINE)
INI_VALUE: Final = re.compile(r"^[\w.-]+ ?= ?(?!true|false|inf|nan)[A-Za-z_/][^\"'(\[{]*$", re.MULTILINE)

PROMPT: Final = re.compile(r"(?:\([\w.-]+\) ?)?(?:[\w.-]+@[\w.-]+[:~][^\s$#]*)?[$\u276f\u279c] ?(?=[\w.~/(])")
SESSION: Final = re.compile(r">>>(?: |$)|In \[\d*\]: |Traceback \(most recent call last\):\s*$")
INSTALL: Final = re.compile(
    r"(?:sudo )?(?:(?:uv )?pip3?|pipx|conda|mamba|uv|uvx|poetry|pdm|apt|apt-get|brew|npm|npx|yarn|git|docker|"
    r"kubectl|curl|wget) [\w.-]|python3? -m \w"
)
"""A line that installs or fetches something in a terminal; with a mark before it, it is a notebook's Python."""
OPEN_END: Final = re.compile(r"(?:\\|&&|\|)\s*$")
"""The end of a command that goes on in the next line."""
