"""``{from-code} NAME [ARGUMENT]``: puts into a page what a maker reads from the code.

So what is said of commands, options, codes and reports cannot go stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from makers import MAKERS
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


class FromCode(SphinxDirective):
    """What the code knows, in place of the directive."""

    required_arguments = 1
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a maker's Markdown, read as if it stood on the page."""
        name, *rest = self.arguments
        if name not in MAKERS:
            raise self.error(f"nothing makes {name!r}; what does: {', '.join(MAKERS)}")
        self.env.note_reread()  # the code may have changed though the page did not
        return self.parse_text_to_nodes(MAKERS[name](*rest), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive."""
    app.add_directive("from-code", FromCode)
    return {"parallel_read_safe": True}
