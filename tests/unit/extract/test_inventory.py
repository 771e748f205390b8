"""The inventory adds up: every candidate once, every sample accounted for, every fate with its reason."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.extract import Extraction
from harness.model.source import CHECKED, Fate
from tests.unit.extract.helpers import fates, faults, page, texts

EVERYTHING = """\
---
title: x
setupCode: import json
codeExampleHtml: ""
---

```python
a = 1
```

```sql
select 1
```

```console
$ ls
a
```

```
x
```

<!-- harness: skip reason="no GPU" -->

~~~yaml
a: b
~~~

```
```

<!--
```python
hidden = 1
```
-->

<p><code>a = 1
b = 2</code></p>

    indented = 1
    import json

<pre>c = 1</pre>

<pre>never closed
"""


def adds_up(found: Extraction) -> None:
    """Hold an extraction to its books."""
    counts = Counter(item.fate for item in found.inventory)
    assert sum(counts.values()) == len(found.inventory)
    ids = {item.sample for item in found.inventory if item.sample}
    assert ids == {sample.id for sample in found.samples}
    assert len({sample.id for sample in found.samples}) == len(found.samples)
    for item in found.inventory:
        assert bool(item.reason) is (item.fate is not Fate.SAMPLE)
    checked = {item.sample for item in found.inventory if item.fate is Fate.SAMPLE}
    for sample in found.samples:
        if sample.id in checked:
            assert sample.language in CHECKED
        assert sample.text.endswith("\n")
        assert not sample.text.endswith("\n\n")
        assert len(sample.lines) == sample.text.count("\n")
        assert sample.parts


def test_every_candidate_has_one_fate() -> None:
    found = page(EVERYTHING)
    adds_up(found)
    assert fates(found) == [
        ("field", "sample"),
        ("fence", "sample"),
        ("fence", "other-language"),
        ("fence", "output"),
        ("fence", "skipped"),
        ("fence", "skipped"),
        ("fence", "skipped"),
        ("comment", "skipped"),
        ("code", "sample"),
        ("indented", "sample"),
        ("pre", "sample"),
        ("pre", "malformed"),
    ]
    assert [item.reason for item in found.inventory if item.fate is Fate.SKIPPED] == [
        "plain text, no code",
        "no GPU",
        "it is empty",
        "inside a comment, so no reader sees it",
    ]
    assert [sample.index for sample in found.samples] == list(range(len(found.samples)))


def test_what_is_not_checked_is_listed_too() -> None:
    assert "select 1\n" in texts(page(EVERYTHING))
    assert "hidden = 1\n" in texts(page(EVERYTHING))


def test_a_sample_without_language_is_reported_at_its_line() -> None:
    found = page("text\n\n```\nimport json\n```\n\n```python\na = 1\n```\n")
    assert faults(found, "P402") == [(3, "no language given (inferred: python)")]


@pytest.mark.parametrize("path", ["content/compare/x-vs-y.md", "pages/zenml-vs-other.md"])
def test_roles_go_by_position_among_what_is_checked(path: str) -> None:
    text = "```console\n$ ls\nx\n```\n" + "".join(f"\n```python\na = {n}\n```\n" for n in range(3))
    found = page(text, path)
    assert [(s.index, s.role) for s in found.samples] == [(0, "sample"), (1, "zenml"), (2, "tool"), (3, "sample")]


def test_other_pages_have_no_roles() -> None:
    assert [s.role for s in page("```python\na = 1\n```\n", "blog/x-vs-y.md").samples] == ["sample"]
