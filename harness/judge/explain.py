"""What every code means: what is wrong, how it was seen, what to do. ``docs/codes.md`` says the same."""

from __future__ import annotations

from dataclasses import dataclass

from harness.judge.verdict import WEIGHT
from harness.model.verdict import Code, Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code for a reader of reports."""

    title: str
    """What is wrong, in a few words."""
    seen: str
    """How the harness came to say so."""
    todo: str
    """What an author does about it."""


EXPLANATIONS: dict[Code, Explanation] = {
    Code.MODULE: Explanation(
        "the library does not have this module",
        "The import failed at the sample's own line while the library itself is installed. A run alone cannot tell "
        "whether an older release had the module, so the finding counts as removed and likely.",
        "Import from where the module lives today; the library's migration notes name the place.",
    ),
    Code.NAME: Explanation(
        "the library does not have this name",
        "An import from the library, or an attribute of its module, class or object, was not there, or the library "
        "itself said that it is gone. Counts as removed and likely until releases have been compared.",
        "Use the name that took its place, or the way of doing it that did.",
    ),
    Code.SIGNATURE: Explanation(
        "the call no longer binds",
        "The library's function refused the arguments: one it does not know, one it now requires, or one of a type "
        "that it no longer takes.",
        "Compare the call with the current signature; the finding names the keyword where one is at fault.",
    ),
    Code.PROTOCOL: Explanation(
        "the object can no longer be used this way",
        "An object of the library was entered with `with`, called, iterated, awaited, indexed or used as a decorator, "
        "and its type does not offer that.",
        "Look up how the current release uses the object: it is often a decorator now, or a method.",
    ),
    Code.DEPRECATED: Explanation(
        "it works, and the library says not to write it",
        "The library gave a deprecation warning, or logged one, because of the sample's own line. Warnings about what "
        "libraries do among themselves are left out.",
        "Write what the warning recommends, before the release that removes it.",
    ),
    Code.SYNTAX: Explanation(
        "the code does not parse",
        "The parser of its language stopped at this line: Python's own, `bash -n`, or the one for YAML, JSON or TOML.",
        "Correct the text; if it is no code, or another language, say so in the fence.",
    ),
    Code.UNDEFINED: Explanation(
        "a name that the sample neither defines nor imports",
        "Running it ended in a NameError in the sample's own code. `...` is reported here too: it stands for code that "
        "was left out, and is never a fault by itself.",
        "Define or import the name, or write a context file that supplies it.",
    ),
    Code.FILE: Explanation(
        "a file that a reader does not have",
        "The sample asked for a path that it does not create and that does not come with the page.",
        "Show how to get the file, or list it in the sample's context file.",
    ),
    Code.BUG: Explanation(
        "fails in its own logic",
        "It ended in an error that no library's interface accounts for: the same happens with any version.",
        "Run the sample by itself and mend it.",
    ),
    Code.TIMEOUT: Explanation(
        "runs longer than it may",
        "The sandbox stopped it at its time limit, at the line given or after it.",
        "Make the sample smaller, or give it more time with a `timeout=` directive.",
    ),
    Code.LIMIT: Explanation(
        "needs more than it may have",
        "It went over its memory, disk, output or process limit, or a signal ended it.",
        "Make the sample smaller, or raise the limit for this run.",
    ),
    Code.PLATFORM: Explanation(
        "no distribution that may be installed provides this import",
        "The import leads to no known distribution. Nothing is installed merely because a page names it: such a name "
        "may have been registered by anybody.",
        "If the distribution is genuine, allow it by name; if it belongs to a closed platform, skip with that reason.",
    ),
    Code.RESOLUTION: Explanation(
        "no set of versions satisfies the sample",
        "The resolver found that what the sample needs cannot be installed together.",
        "Read the resolver's account in the report; loosen what the page or its context pins.",
    ),
    Code.ENVIRONMENT: Explanation(
        "the library fails by itself as it resolves today",
        "The error arose between libraries, with nothing in it that the sample wrote: they do not fit each other in "
        "the newest versions.",
        "Nothing on the page: report it to the library, and pin the version that works until it is mended.",
    ),
    Code.SERVICE: Explanation(
        "needs a service that is not there",
        "A connection or a credential was refused inside the sandbox, which has no network.",
        "Nothing on the page: a service that is absent is never the page's fault.",
    ),
    Code.RENDERING: Explanation(
        "the code does not render as code",
        "The Markdown parser reads the region as part of an HTML block, or ends it too early.",
        "Put a blank line before the fence, or take the blank line out of the HTML.",
    ),
    Code.LANGUAGE: Explanation(
        "the page does not say the language",
        "The fence has no language; it was inferred from the text.",
        "Write the language behind the fence.",
    ),
    Code.UNREADABLE: Explanation(
        "the page cannot be read",
        "It is not UTF-8, its front matter or its notebook is broken, or it is too large; the finding names which. "
        "Nothing is known of its samples, and the other pages are checked all the same.",
        "Mend what the finding names.",
    ),
    Code.DIRECTIVE: Explanation(
        "a directive cannot be understood",
        "A comment that begins with `harness:` has an unknown setting or value, or stands before no code.",
        "Mend it; docs/pages.md lists the settings.",
    ),
    Code.INTERNAL: Explanation(
        "the harness or its engine failed",
        "The run was repeated and failed again before or beside the sample. Nothing is said about the page.",
        "Run `harness doctor`; if it finds nothing, report the log.",
    ),
}


def explain(code: Code) -> str:
    """Return the page of text that ``harness explain CODE`` prints."""
    told = EXPLANATIONS[code]
    leads = WEIGHT[code]
    effect = "does not change the verdict" if leads is Verdict.OK else f"makes the sample {leads}, unless more is wrong"
    return (
        f"{code}: {told.title}\n\nHow it is seen\n  {told.seen}\n\nWhat to do\n  {told.todo}\n\nVerdict\n  {effect}\n"
    )
