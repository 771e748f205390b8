"""The accuracy report: a folder of static HTML that needs no server and asks no other host for anything.

`render` is all that others need. Everything that pages, samples and libraries
say goes through one gate (`render.shown`) on its way into a template.
"""

from harness.report.html.render import render

__all__ = ["render"]
