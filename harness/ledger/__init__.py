"""Floor 2: results over time."""
