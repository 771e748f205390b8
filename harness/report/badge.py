"""A badge: how many of the samples that could be judged work; as data for shields.io, or drawn by ourselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from harness.report.words import accuracy

if TYPE_CHECKING:
    from harness.report.wire import Report

LABEL = "samples"
_COLOURS = {"brightgreen": "#2f9e44", "yellow": "#b08800", "red": "#c92a2a", "lightgrey": "#6c757d"}
"""Our own drawing's colour for each that shields.io names; all are legible under white letters."""
_MOST_AMISS = 0.1
"""The share of samples that may be wrong before the badge is red."""
_WIDTH = 6.6
"""Pixels that a letter takes on average at 11 pixels of height."""


def endpoint(report: Report) -> bytes:
    """Return what shields.io reads of an endpoint.

    Args:
        report: The report.
    """
    message, colour = _told(report)
    data = {"schemaVersion": 1, "label": LABEL, "message": message, "color": colour}
    return (json.dumps(data, indent=1) + "\n").encode()


def svg(report: Report) -> bytes:
    """Return a badge as a drawing of its own.

    Args:
        report: The report.
    """
    message, colour = _told(report)
    left, right = (round(len(text) * _WIDTH) + 10 for text in (LABEL, message))
    label, said, fill = escape(LABEL), escape(message), _COLOURS[colour]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" \
aria-label="{label}: {said}">
 <title>{label}: {said}</title>
 <clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath>
 <g clip-path="url(#round)">
  <rect width="{left}" height="20" fill="#444"/>
  <rect x="{left}" width="{right}" height="20" fill="{fill}"/>
 </g>
 <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
  <text x="{left / 2:g}" y="14">{label}</text>
  <text x="{left + right / 2:g}" y="14">{said}</text>
 </g>
</svg>
""".encode()


def _told(report: Report) -> tuple[str, str]:
    """Return what the badge says, and its colour as shields.io names it."""
    good, judged = accuracy(report)
    if not judged:
        return "none judged", "lightgrey"
    if good == judged:
        return f"{good} of {judged} ok", "brightgreen"
    return f"{good} of {judged} ok", "yellow" if judged - good <= _MOST_AMISS * judged else "red"
