"""How the documentation is built: ``nox -s docs``.

Nothing is fetched, while it is built and while it is read. Warnings are errors
there, so a link that leads nowhere or a page without a place in the contents
stops it.
"""

import sys
from pathlib import Path

from harness import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "sample-harness"
author = "the authors of sample-harness"
release = version = __version__

extensions = ["myst_parser", "from_code"]
exclude_patterns = ["_ext"]
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]
"""There is no Python reference that types could lead to."""

suppress_warnings = ["toc.not_included"]

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
pygments_style = "tango"
pygments_dark_style = "monokai"
