"""Floor 1: reports."""
