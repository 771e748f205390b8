"""Floor 2: what isolates a task."""
