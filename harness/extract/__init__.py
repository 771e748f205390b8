"""Floor 1: pages to samples.

Lexers find regions and know formats; `samples` gives regions their meaning;
positions survive to the character. `extract` is the whole of it for one page.
"""

from __future__ import annotations

from harness.extract.distinct import distinct
from harness.extract.pages import ENDINGS, NONE_GIVEN, read_pages
from harness.extract.profiles import DEFAULT_PROFILES, Body, Profile, parse_profiles
from harness.extract.result import Extraction, RawPage
from harness.extract.site import extract, extract_paths
from harness.extract.writeback import Refusal, Rewritten, write_back

__all__ = [
    "DEFAULT_PROFILES",
    "ENDINGS",
    "NONE_GIVEN",
    "Body",
    "Extraction",
    "Profile",
    "RawPage",
    "Refusal",
    "Rewritten",
    "distinct",
    "extract",
    "extract_paths",
    "parse_profiles",
    "read_pages",
    "write_back",
]
