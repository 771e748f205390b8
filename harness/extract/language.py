"""Which language a piece of code is in: what the page says of it, else what its lines look like.

It knows no page format, and decides nothing by parsing: code that does not
parse still has a language, and gets its finding from the checker of that
language. Every pattern sees a bounded number of bounded lines.
"""

from __future__ import annotations

import re
from typing import Final

from harness.model.source import Language

_MAX_LINES: Final = 400
_MAX_WIDTH: Final = 200
_ENOUGH: Final = 2.0
"""Score from which a language is taken without asking the default."""
_PLAIN: Final = 1.5
"""Score from which shell is taken for Python; one line that only Python has is enough."""

_NAMES: Final = {
    Language.PYTHON: "python py py2 py3 python2 python3 python-3 ipython ipython2 ipython3 pyi sage",
    Language.YAML: "yaml yml",
    Language.JSON: "json jsonc json5 json-with-comments ipynb",
    Language.TOML: "toml",
    Language.SHELL: "shell sh bash zsh ksh shellscript shell-script powershell-core",
    Language.DOCKERFILE: "dockerfile docker containerfile",
    Language.HCL: "hcl tf terraform tfvars hcl2",
    Language.JAVASCRIPT: "javascript js jsx mjs cjs node typescript ts tsx",
    Language.CONSOLE: (
        "console pycon python-console python-repl py-repl pytb py3tb python-traceback traceback shell-session "
        "shellsession sh-session bash-session session terminal term output stdout stderr log logs ansi repl doscon"
    ),
    Language.TEXT: "text txt plain plaintext plain-text none nohighlight no-highlight raw ascii",
    Language.OTHER: (
        "sql mysql postgres postgresql plsql html xml svg css scss less go golang rust rs java kotlin scala c cpp c++ "
        "h hpp csharp c# cs swift ruby rb php perl pl r lua dart elixir erlang haskell hs clojure julia matlab groovy "
        "gradle ini cfg conf properties dotenv env make makefile cmake diff patch markdown md mdx rst latex tex "
        "mermaid plantuml dot graphviz graphql proto protobuf nginx apache powershell ps1 pwsh bat batch cmd dos vim "
        "csv tsv regex http jinja jinja2 j2 django liquid handlebars vue svelte astro fish nix bicep rego cue jq awk "
        "sed asm nasm wasm solidity zig nim ocaml fsharp vb objc objective-c bibtex promql kql cypher sparql starlark"
    ),
}
_DECLARED: Final = {name: language for language, names in _NAMES.items() for name in names.split()}

_ATTRIBUTE: Final = re.compile(r"[\w:@-]+=(?:\"[^\"]*\"|'[^']*'|[^\s\"'}]*)")
_WORD: Final = re.compile(r"[^\s,;:{}()\[\]]+")
_PREFIX: Final = re.compile(r"^(?:language-|lang-|highlight-source-|highlight-|source-|sourcecode-|brush-|[.#])+")

_PROMPT: Final = re.compile(r"(?:\([\w.-]+\) ?)?(?:[\w.-]+@[\w.-]+[:~][^\s$#]*)?[$❯➜] ?(?=[\w.~/(])")
_SESSION: Final = re.compile(r">>>(?: |$)|In \[\d*\]: |Traceback \(most recent call last\):\s*$")
_COMMAND: Final = re.compile(
    r"[!%]?(?:sudo )?(?:(?:uv )?pip3?|pipx|conda|mamba|uv|uvx|poetry|pdm|apt|apt-get|brew|npm|npx|yarn|git|docker|"
    r"kubectl|curl|wget) [\w.-]|[!%]?python3? -m \w"
)
_OPEN_END: Final = re.compile(r"(?:\\|&&|\|)\s*$")

_KEYWORDS: Final = r"(?:if|elif|while|for|with|except|try|else|finally|match|case|async (?:for|with))"
_EVIDENCE: Final[tuple[tuple[Language, float, re.Pattern[str]], ...]] = tuple(
    (language, weight, re.compile(rf"(?:{pattern})", re.MULTILINE))
    for language, weight, pattern in (
        (Language.PYTHON, 3, r"^\s*from \.*[\w.]* ?import [\w(*]"),
        (Language.PYTHON, 3, r"^\s*import [\w.]+(?: as \w+)?(?:, ?[\w.]+(?: as \w+)?)*\s*(?:#.*)?$"),
        (Language.PYTHON, 3, r"^\s*(?:async )?def \w+ ?\(|^\s*class \w+(?:\(.*\))?:\s*(?:#.*)?$"),
        (Language.PYTHON, 3, r"^if __name__ =="),
        (Language.PYTHON, 1.5, rf"^\s*{_KEYWORDS}\b.*:\s*(?:#.*)?$"),
        (Language.PYTHON, 1.5, r"^@[\w.]+(?:\(.*)?$|^\s*(?:raise|assert|yield|del) \w|^\s*(?:\"\"\"|''')"),
        (Language.PYTHON, 1, r"^\s*(?:return\b.*[^;{\s]|pass|print\(.*\))$|\bself\.\w|\bawait \w|\blambda\b.*:"),
        (Language.PYTHON, 1, r"^\s*[A-Za-z_][\w.]*(?:\[[^\]]*\])?(?:, ?\w+)* [-+*/|]?= [^=]*[^;{=\s]\s*$"),
        (Language.PYTHON, 1, r"^[A-Za-z_][\w.]*\((?:[^;]*[^;{])?$"),
        (Language.YAML, 1, r"^\s*(?:- )*[\"']?[A-Za-z_$.][\w./$ -]{0,60}[\"']?:(?: +[^\s=].*)?$"),
        (Language.YAML, 1, r"^\s*- [^\s].*$"),
        (Language.YAML, 2, r"^(?:apiVersion|kind|version|services|stages|jobs|steps|name|on): *|\A---\s*$"),
        (Language.TOML, 2, r"^\[{1,2}[A-Za-z_][\w.\"'-]*\]{1,2}\s*(?:#.*)?$"),
        (Language.TOML, 1, r"^[\w.\"-]+ = (?:[\"'{\[\d]|true\b|false\b)"),
        (Language.SHELL, 4, r"\A#!.*\b(?:ba|z|k|da)?sh\b"),
        (
            Language.SHELL,
            2,
            r"^\s*[!%]?(?:sudo )?(?:pip3?|pipx|python3?|uv|uvx|conda|mamba|poetry|apt|apt-get|brew|npm|npx|yarn|git|docker|"
            r"docker-compose|kubectl|helm|terraform|aws|az|gcloud|curl|wget|cd|ls|mkdir|rm|cp|mv|chmod|export|source|"
            r"echo|cat|tar|unzip|ssh|make|bash|sh|jupyter|grep|sed|tail|head|kill|nohup|open|touch) (?![=+:,]|is )\S",
        ),
        (Language.SHELL, 2, r"^[a-z][\w-]*(?: [\w./:@-]+)* --?[a-z][\w-]*(?:[ =]|$)"),
        (
            Language.SHELL,
            1.5,
            r"^\s*(?:fi|done|esac)$|; (?:then|do)$|^\s*--?[a-z][\w-]*.*\\$|^[A-Z_]+=\S*$|\"?\$\{?[A-Z_]+\}?",
        ),
        (Language.SHELL, 1, r"^[a-z][\w-]{1,15}(?: [a-z][\w./:@-]*){1,4}$|^\s*[^#\s].*(?: && | \| |\\$)"),
        (Language.DOCKERFILE, 4, r"^FROM [\w./:@${}-]+(?: (?:AS|as) [\w-]+)?\s*$"),
        (Language.DOCKERFILE, 2, r"^(?:RUN|CMD|COPY|ENTRYPOINT|WORKDIR|ENV|EXPOSE|ADD|USER|LABEL|ARG) \S"),
        (Language.HCL, 4, r"^\s*(?:resource|data) \"[\w-]+\" \"[\w-]+\" \{"),
        (Language.HCL, 4, r"^\s*(?:variable|module|provider|output|backend) \"[^\"]+\" \{|^(?:terraform|locals) \{"),
        (Language.JAVASCRIPT, 3, r"^\s*(?:export )?(?:const|let|var) [\w{\[].*=|^import .* from ['\"]|^import ['\"]"),
        (
            Language.JAVASCRIPT,
            3,
            r"^\s*(?:export )?(?:default )?(?:async )?function\b|\brequire\(['\"]|^\s*console\.(?:log|error|warn|info)\(",
        ),
        (Language.JAVASCRIPT, 2, r"=> [{(]|=>$|^export (?:default|interface|type|class)\b|^interface \w+ \{"),
        (Language.JAVASCRIPT, 0.7, r"[)}\]\"'];$|^\s*//|^\s*\}\);?$"),
        (Language.CONSOLE, 3, r"[─━│┃┏┗└├╭╰╮╯┌┐█▇]|^\|[-+ ]*\|$|^\+-[-+]*\+$"),
        (
            Language.CONSOLE,
            2,
            r"^\W{0,2}\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^\W?(?:INFO|WARNING|WARN|ERROR|DEBUG)\b\W|^\d\d:\d\d:\d\d",
        ),
        (
            Language.CONSOLE,
            2,
            r"^(?:Successfully installed|Collecting|Requirement already)\b|^\w*(?:Error|Exception): |^Out\[\d+\]:",
        ),
        (
            Language.OTHER,
            4,
            r"\A\s*(?:<!DOCTYPE|<\?xml|<[a-zA-Z][\w-]*[^<>]*>)|^#include [<\"]|^package \w+;?$|^fn \w+\(",
        ),
        (
            Language.OTHER,
            4,
            r"^\s*(?:public|private|protected) (?:static |final )*[\w<>\[\]]+ \w+|^func (?:\(.*\) )?\w+\(",
        ),
        (Language.OTHER, 4, r"^(?:SELECT|select) .*|^(?:CREATE|INSERT INTO|ALTER|DROP) (?:TABLE|VIEW|OR|\w+ ?\()"),
        (
            Language.OTHER,
            4,
            r"\A\s*(?:graph|flowchart) (?:TD|TB|LR|RL|BT)\b|\A\s*(?:sequenceDiagram|classDiagram|gantt)\b",
        ),
        (Language.OTHER, 4, r"\A(?:diff --git|--- a/|@@ -\d)"),
    )
)


def infer(info: str, text: str, default: Language | None = None) -> tuple[Language, bool]:
    """Return the language of a piece of code, and whether it had to be inferred because the page does not say.

    What the page says is kept even where the code is plainly something else.
    Three mistakes are so common that honouring them helps nobody: an
    interactive session or installation commands under the tag of the language
    they are about, and Python under a tag for shell. The last counts as
    inferred, since a reader does not see Python highlighted.

    Args:
        info: What the page says: an info string, a class attribute, a ``…Language`` field.
        text: The code.
        default: What the publisher takes code without a language for; it decides
            where the lines of ``text`` do not.
    """
    said = declared(info)
    if said is not None:
        return _unmask(said, text)
    found = _look(text, default)
    if found is Language.TEXT and _WORD.search(_ATTRIBUTE.sub(" ", info)):
        return Language.OTHER, False  # a name we do not know is still a name
    return found, True


def declared(info: str) -> Language | None:
    """Return the language that an info string or a class attribute names, or None.

    Args:
        info: For example ``python title="x"``, ``{.python .numberLines}``, ``language-yaml``, ``py{1,3}``.
    """
    bare = _ATTRIBUTE.sub(" ", info[:_MAX_LINES].lower())
    for word in _WORD.findall(bare):
        language = _DECLARED.get(_PREFIX.sub("", word))
        if language is not None:
            return language
    return None


def _head(text: str) -> list[str]:
    """Return the first lines of a text, cut short, so that no pattern sees a line of a megabyte."""
    bounded = text[: _MAX_LINES * _MAX_WIDTH]
    return [line[:_MAX_WIDTH].rstrip() for line in bounded.splitlines()[:_MAX_LINES]]


def _unmask(said: Language, text: str) -> tuple[Language, bool]:
    """Return the declared language, or what the code really is, and whether that had to be inferred."""
    lines = [line for line in _head(text) if line and not line.lstrip().startswith("#")]
    if said not in {Language.PYTHON, Language.SHELL} or not lines:
        return said, False
    if _SESSION.match(lines[0]):
        return Language.CONSOLE, False
    if _PROMPT.match(lines[0]):
        prompts = sum(1 for line in lines if _PROMPT.match(line))
        only_commands = said is Language.SHELL and prompts == len(_commands(lines))
        return Language.SHELL if only_commands else Language.CONSOLE, False
    if said is Language.PYTHON:
        installs = all(_COMMAND.match(line) for line in _commands(lines))
        return Language.SHELL if installs else said, False
    if any("<<" in line for line in lines):
        return said, False  # what follows in a here-document is not the language of the script
    scores = _scores("\n".join(lines), len(lines))
    python = scores[Language.PYTHON] >= _PLAIN and scores[Language.PYTHON] > 2 * scores[Language.SHELL]
    return (Language.PYTHON, True) if python else (said, False)


def _commands(lines: list[str]) -> list[str]:
    """Return the lines that begin a command: those that the line above does not continue to."""
    return [line for before, line in zip(["", *lines], lines, strict=False) if not _OPEN_END.search(before)]


def _look(text: str, default: Language | None) -> Language:
    """Return the language that the lines of a text speak for."""
    lines = [line for line in _head(text) if line.strip()]
    if not lines:
        return default or Language.TEXT
    code = [line for line in lines if not line.lstrip().startswith("#")] or lines
    if _SESSION.match(code[0]) or _PROMPT.match(code[0]):
        return Language.CONSOLE
    if _like_json(lines):
        return Language.JSON
    scores = _scores("\n".join(lines), len(code))
    best = max(scores, key=lambda language: scores[language])
    if scores[best] >= _ENOUGH or (scores[best] > 0 and default is None):
        return best
    if default is not None and (scores[best] == 0 or scores[default] > 0 or best is not Language.SHELL):
        return default
    return best if scores[best] > 0 else Language.TEXT


def _like_json(lines: list[str]) -> bool:
    """Return whether lines are one JSON value, whole or not: brackets around quoted keys or plain values."""
    first, last = lines[0].lstrip(), lines[-1].rstrip()
    if first.startswith("{"):
        keyed = re.match(r"\{\s*(?:\"[^\"]*\"\s*:|\}?$|//)", first) is not None
        rest = "\n".join(lines[1:4])
        return keyed and last.endswith("}") and (len(first) > 1 or bool(re.match(r"\s*(?:\"[^\"]*\"\s*:|//|\})", rest)))
    return first.startswith("[") and last.endswith("]") and bool(re.match(r"\[\s*(?:[\[{\"\d-]|$)", first))


def _scores(head: str, width: int) -> dict[Language, float]:
    """Return how much each language is spoken for.

    Args:
        head: The bounded lines.
        width: How many of them are code.
    """
    scores = dict.fromkeys(Language, 0.0)
    for language, weight, pattern in _EVIDENCE:
        scores[language] += weight * sum(1 for _ in pattern.finditer(head))
    # A few `key: value` lines stand in many texts: YAML is what consists of them.
    scores[Language.YAML] *= scores[Language.YAML] >= 0.6 * width  # noqa: PLR2004
    # `[x]` alone stands in Python, and `a = 1` is Python unless a table or a dashed key stands by it.
    tables = re.search(r"^\[{1,2}[A-Za-z_]|^[\w.]*-[\w.-]* = ", head, re.MULTILINE)
    scores[Language.TOML] *= 2 if tables else 0
    return scores
