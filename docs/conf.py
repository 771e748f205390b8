"""How the documentation is built: ``nox -s docs``.

Nothing is fetched, while it is built and while it is read. Warnings are errors
there, so a link that leads nowhere or a page without a place in the contents
stops it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "sample-harness"
author = "the authors of sample-harness"
release = version = __version__

extensions = ["myst_parser", "from_code"]
exclude_patterns = ["_ext"]
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]
"""There is no Python reference that types could lead to."""

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]

html_theme = "furo"
html_title = "sample-harness"
html_static_path = ["_static"]
html_css_files = ["harness.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
smartquotes = False
"""What stands in quotes is typed as it stands."""
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def setup(app: Sphinx) -> None:
    """Mend what the theme leaves out."""
    app.connect("html-page-context", _levels, priority=900)


def _levels(_app: Sphinx, _page: str, _template: str, context: dict[str, object], _doctree: object) -> None:
    """Say on which level the captions of the contents are: a screen reader cannot tell."""
    contents = str(context.get("furo_navigation_tree", ""))
    context["furo_navigation_tree"] = contents.replace('role="heading"', 'role="heading" aria-level="2"')
