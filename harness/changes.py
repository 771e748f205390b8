"""What did not change since a commit, so that a check of what is about to be published leaves it out.

A sample is known again by what its check depends on: its code, what its author
tells the harness of it, its context, the page's date where that counts. So a
sample that moved, on its page or with it, is the same one, and one whose
directive or context changed is another.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness import git
from harness.errors import ConfigError
from harness.extract import extract, parse_profiles
from harness.extract.pages import ENDINGS
from harness.model.matrix import Lane
from harness.model.source import Fate
from harness.plan import contexts
from harness.plan.contexts import PageContext
from harness.plan.matrix import published_on

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from harness.extract import Extraction
    from harness.model.source import Sample
    from harness.options import Options

Key = tuple[object, ...]
"""What a sample is known again by."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What is as it was."""

    samples: frozenset[str] = frozenset()
    """Ids of samples."""
    pages: frozenset[str] = frozenset()
    """Paths of pages of which no byte changed, as they were given."""


NOTHING = Unchanged()
"""Nothing is known to be as it was."""


def since(extractions: Sequence[Extraction], options: Options, given: Collection[str] = ()) -> Unchanged:
    """Return what did not change since the commit that the options name.

    Args:
        extractions: The pages.
        options: Their ``changed_since`` names a commit of every repository that pages are in.
        given: Paths of pages whose text is not that of their file.

    Raises:
        ConfigError: If a page is in no repository, its repository has no such commit, or is damaged.
    """
    try:
        return _unchanged(extractions, options, given)
    except git.GitError as error:
        raise ConfigError(
            "git cannot tell what changed", where="--changed-since", cause=str(error), next_step="git fsck"
        ) from error


def _unchanged(extractions: Sequence[Extraction], options: Options, given: Collection[str]) -> Unchanged:
    now = contexts.read_folder(options.contexts)
    samples: set[str] = set()
    pages: set[str] = set()
    for root, mine in _by_root(extractions).items():
        then = _Then.at(root, options.changed_since)
        before = then.contexts(options.contexts, now)
        untouched = {one.page.path for one in mine if one.page.path not in given and then.holds(one.page.path)}
        old = then.pages([one.page.path for one in mine if one.page.path not in untouched], options)
        moved = {key for one in old for _, key in _keys(one, before, options.lanes)}
        for one in mine:
            # of a page in which nothing changed, a context may have
            known = {key for _, key in _keys(one, before, options.lanes)} if one.page.path in untouched else moved
            samples.update(name for name, key in _keys(one, now, options.lanes) if key in known)
        pages |= untouched
    return Unchanged(frozenset(samples), frozenset(pages))


def _keys(
    extraction: Extraction, known: Mapping[str, PageContext], lanes: Collection[Lane]
) -> Iterator[tuple[str, Key]]:
    """Yield the samples of a page, each with what its check depends on."""
    reasons = {item.sample: item.reason for item in extraction.inventory if item.fate is not Fate.SAMPLE}
    for sample in extraction.samples:
        yield sample.id, (*_told(sample, known, lanes), reasons.get(sample.id), *_faults(sample, extraction))


def _told(sample: Sample, known: Mapping[str, PageContext], lanes: Collection[Lane]) -> Key:
    context = known.get(sample.page.slug, PageContext()).of(sample.index)
    # the parts of a group are all there is to it: its name is of no account
    directive = replace(sample.directive, group=None)
    day = published_on(sample.page) if Lane.PUBLISHED in lanes else ""
    return (sample.parts, sample.language, sample.inferred, directive, context, day)


def _faults(sample: Sample, extraction: Extraction) -> Iterable[str]:
    """Return how the page shows a sample; where, is of no account."""
    return sorted(fault.code for fault in extraction.findings if fault.sample == sample.id)


@dataclass(frozen=True, slots=True)
class _Then:
    """A repository at a commit, and what differs from it in the working tree."""

    root: Path
    """Top folder of the working tree."""
    blobs: Mapping[str, str] = field(default_factory=dict)
    """Path in the repository, then, to the id of its content."""
    changed: frozenset[str] = frozenset()
    """Paths that differ, those that are gone and those that are new among them."""

    @classmethod
    def at(cls, root: Path, ref: str) -> _Then:
        """Read what git knows.

        Raises:
            ConfigError: If there is no such commit.
        """
        try:
            # a hook may run before the first commit: everything is new then
            if ref == "HEAD" and not git.ask(root, "rev-list", "--all", "-n1"):
                return cls(root)
            commit = git.ask(root, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}").decode().strip()
        except git.GitError as error:
            raise ConfigError(
                f"there is no commit {ref!r}",
                where="--changed-since",
                cause=f"{error} (in {root})",
                next_step="name a commit, branch or tag that this clone has; a shallow clone may need: git fetch",
            ) from error
        listed = git.ask(root, "ls-tree", "-r", "-z", commit)
        how = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
        changed = map(os.fsdecode, filter(None, git.ask(root, "diff", *how, commit, "--").split(b"\0")))
        entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
        blobs = {os.fsdecode(path): told.split()[2].decode() for told, _, path in entries if b" blob " in told}
        return cls(root, blobs, frozenset(changed))

    def holds(self, path: str) -> bool:
        """Say whether a file was there and is the same now."""
        name = self._name(Path(path))
        return name in self.blobs and name not in self.changed

    def pages(self, paths: Iterable[str], options: Options) -> Iterator[Extraction]:
        """Yield pages as they were: these, and all that changed or went, for what moved may have stood on any."""
        profiles = parse_profiles(options.profiles)
        mine = {self._name(Path(path)) for path in paths}
        went = {name for name in self.changed if Path(name).suffix.lower() in ENDINGS}
        for name, data in self._read(sorted((mine | went) & self.blobs.keys())):
            yield extract(os.path.relpath(self.root / name), data, profiles)

    def contexts(self, folder: Path, now: Mapping[str, PageContext]) -> Mapping[str, PageContext]:
        """Return the contexts as they were; those of a folder outside the repository as they are."""
        here = self._name(folder)
        if not here:
            return now
        there = {Path(name).stem: name for name in self.blobs if Path(name).match("*.toml") and _in(name, here)}
        then = {slug: now[slug] for slug, name in there.items() if slug in now and name not in self.changed}
        for name, data in self._read([name for name in there.values() if name in self.changed]):
            # one that could not be read then was of no use to anybody
            with contextlib.suppress(ConfigError):
                then[Path(name).stem] = contexts.parse(data, name)
        return then

    def _name(self, path: Path) -> str:
        """Return a path as the repository has it, or an empty string where it is outside."""
        # the file itself may be a link into the repository, or out of it
        whole = path.resolve()
        return whole.relative_to(self.root).as_posix() if whole.is_relative_to(self.root) else ""

    def _read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield files as they were."""
        if not names:
            return
        ids = "".join(f"{self.blobs[name]}\n" for name in names)
        told = git.ask(self.root, "cat-file", "--batch", given=ids.encode())
        at = 0
        for name in names:
            head, _, _ = told[at:].partition(b"\n")
            size = int(head.split()[-1])
            begin = at + len(head) + 1
            yield name, told[begin : begin + size]
            at = begin + size + 1


def _in(name: str, folder: str) -> bool:
    """Say whether a file lies in a folder itself, not below one of its folders."""
    return Path(name).parent.as_posix() == folder


def _by_root(extractions: Iterable[Extraction]) -> dict[Path, list[Extraction]]:
    """Return the pages by the repository that they are in."""
    roots: dict[Path, Path] = {}
    found: dict[Path, list[Extraction]] = {}
    for extraction in extractions:
        folder = next(one for one in Path(extraction.page.path).resolve().parents if one.is_dir())
        if folder not in roots:
            roots[folder] = _root(folder, extraction.page.path)
        found.setdefault(roots[folder], []).append(extraction)
    return found


def _root(folder: Path, page: str) -> Path:
    """Return the top folder of the repository that a folder is in.

    Raises:
        ConfigError: If it is in none.
    """
    try:
        return Path(os.fsdecode(git.ask(folder, "rev-parse", "--show-toplevel")).removesuffix("\n")).resolve()
    except git.GitError as error:
        raise ConfigError(
            "git cannot tell whether this page changed",
            where=page,
            cause=str(error),
            next_step="leave out --changed-since, or leave out this page",
        ) from error
