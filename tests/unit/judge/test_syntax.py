from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge.syntax import check_syntax
from harness.model.source import Language, Part
from harness.model.verdict import Code, Finding, Kind

YML, JS, TOML = Language.YAML, Language.JSON, Language.TOML


def check(language: Language, text: str, name: str = "", first_line: int = 1) -> tuple[Finding, ...]:
    return check_syntax(Part(name or f"sample.{language}", language, text, first_line))


SOUND = {
    "mapping": (YML, "a: 1\nb:\n  - c\n"),
    "documents": (YML, "---\na: 1\n---\nb: 2\n...\n---\nc: 3\n"),
    "anchor": (YML, "a: &x 1\nb: *x\n"),
    "own tag": (YML, "a: !Ref Bucket\n"),
    "bomb": (
        YML,
        "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    ),
    "jinja value": (YML, 'a: {{ x }}\nb: "{{ y }}"\nc: ${{ secrets.T }}\n'),
    "jinja blocks": (YML, "{% for x in y %}\n- {{ x }}\n{% endfor %}\n"),
    "helm": (
        YML,
        "a:\n  {{- if .Values.b }}\n  b: {{ .Values.b | quote }}\n  {{- end }}\n  {{- toYaml .c | nindent 2 }}\n",
    ),
    "left out": (YML, "a:\n  b: 1\n  ...\nc: ...\n"),
    "left out at the margin": (YML, "a: 1\n...\nb: 2\n"),
    "object": (JS, '{"a": [1, 2.5e3, null], "b": "..."}\n'),
    "rows": (JS, '{"a": 1}\n{"a": 2}\n'),
    "dots as value": (JS, '{"a": ..., "b": [...], "c": [1, ...]}\n'),
    "dots as member": (JS, '{\n  "a": 1,\n  ...\n}\n'),
    "dots first": (JS, '{\n  ...,\n  "a": 1\n}\n'),
    "dots with words": (JS, '{\n  "a": 1,\n  // ... the rest as above\n}\n'),
    "template": (JS, '{"a": {{ x }}, "b": "{{ y }}"}\n'),
    "long number": (JS, '{"a": ' + "1" * 10_000 + "}\n"),
    "tables": (TOML, '[a]\nb = "c"\nd = 2024-01-01\n[[e]]\nf = [1, 2]\n'),
    "toml left out": (TOML, "[a]\nb = ...\n...\nc = [...]\n"),
    "toml template": (TOML, '[a]\nb = {{ x }}\nc = "{{ y }}"\n'),
    "another language": (Language.HCL, "a {{{ : ["),
}


@pytest.mark.parametrize(("language", "text"), SOUND.values(), ids=SOUND)
def test_nothing_is_found_in_sound_text(language: Language, text: str) -> None:
    assert check(language, text) == ()


FAULTY = {
    "tab": (YML, "a:\n\tb: 1\n", 2, 1),
    "colon": (YML, "a: 1\nb: c: d\n", 2, 5),
    "open bracket": (YML, "a: [1, 2\nb: 3\n", 2, 2),
    "dedent": (YML, "a:\n    b: 1\n  c: 2\n", 3, 3),
    "no anchor": (YML, "a: 1\nb: *nowhere\n", 2, 4),
    "anchor of another document": (YML, "a: &x 1\n---\nb: *x\n", 3, 4),
    "backtick": (YML, "a: `b`\n", 1, 4),
    "control": (YML, "a: 1\nb: \x00\n", 2, 4),
    "beside a template": (YML, "a: {{ x }}\nb: c: d\n", 2, 5),
    "line separators do not count": (YML, "a: '\u2028'\nb: c: d\n", 2, 5),
    "comma": (JS, '{\n  "a": 1\n  "b": 2\n}\n', 3, 3),
    "trailing comma": (JS, '{\n  "a": 1,\n}\n', 3, 1),
    "single quotes": (JS, "{\n  'a': 1\n}\n", 2, 3),
    "comment": (JS, '{\n  "a": 1, // why\n  "b": 2\n}\n', 2, 11),
    "beside dots": (JS, '{\n  "a": ...,\n  "b" 2\n}\n', 3, 7),
    "no value": (TOML, "[a]\nb =\n", 2, 4),
    "bare word": (TOML, "[a]\nb = c\n", 2, 5),
    "end": (TOML, 'a = 1\nb = """\nc\n', 3, 2),
    "beside a toml template": (TOML, "a = {{ x }}\nb = c\n", 2, 5),
}


@pytest.mark.parametrize(("language", "text", "line", "column"), FAULTY.values(), ids=FAULTY)
def test_first_fault_is_found_at_its_place(language: Language, text: str, line: int, column: int) -> None:
    (found,) = check(language, text)
    assert (found.code, found.kind, found.line, found.column) == (Code.SYNTAX, Kind.SYNTAX, line, column)
    assert found.message.startswith(f"{language}: ")
    assert found.witnesses == ("parser",)


def test_lines_are_those_of_the_sample() -> None:
    (found,) = check(YML, "a: 1\nb: c: d\n", first_line=40)
    assert found.line == 41


def test_comments_are_read_where_the_page_says_so() -> None:
    text = '{\n  // why\n  "a": 1, /* and\n how */\n  "b": [1, 2,],\n}\n'
    assert check(JS, text, "sample.jsonc") == ()
    assert check(JS, "{a: 'b'}\n", "sample.json5") == ()
    assert check(JS, text)[0].line == 2


HOSTILE = {
    "yaml flow": (YML, "[" * 120_000),
    "yaml maps": (YML, "{" * 120_000),
    "yaml dashes": (YML, "- " * 60_000),
    "yaml question marks": (YML, "? " * 60_000),
    "yaml quotes": (YML, '"' * 120_001),
    "yaml braces": (YML, "{{" * 60_000),
    "yaml percent": (YML, "{%" * 60_000),
    "yaml anchors": (YML, "&a " * 40_000),
    "yaml colons": (YML, ":" * 120_000),
    "json arrays": (JS, "[" * 120_000),
    "json objects": (JS, '{"a":' * 24_000),
    "json comments": (JS, "/*" * 60_000),
    "json dots": (JS, "..." * 40_000),
    "json commas": (JS, ", " * 60_000),
    "json strings": (JS, '"\\' * 60_000),
    "toml arrays": (TOML, "a = " + "[" * 120_000),
    "toml keys": (TOML, "a." * 60_000),
    "toml number": (TOML, "a = " + "1" * 120_000),
}


@pytest.mark.parametrize("name", ["sample", "sample.jsonc"])
@pytest.mark.parametrize(("language", "text"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_gets_one_finding_in_bounded_time(language: Language, text: str, name: str) -> None:
    start = time.process_time()  # wall time would tell of the machine's other work
    assert len(check(language, text, name)) == 1
    assert time.process_time() - start < 20


def test_what_is_too_long_is_said_not_passed() -> None:
    (found,) = check(YML, "a: 1\n" * 30_000)
    assert (found.code, found.kind, found.line) == (Code.LIMIT, Kind.LIMIT, 1)


@given(
    st.sampled_from([YML, JS, TOML]),
    st.text(alphabet=st.sampled_from("ab1:-?[]{}\"'\\,.#&*!|>%=/\n \t@`~<\u2028\x00e+_"), max_size=60),
)
def test_no_text_makes_it_raise(language: Language, text: str) -> None:
    for found in check(language, text):
        assert 1 <= found.line <= text.count("\n") + 1
        assert 1 <= found.column <= len(text.split("\n")[found.line - 1]) + 1
