"""Floor 1: evidence to findings to verdicts."""
