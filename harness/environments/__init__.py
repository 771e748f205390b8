"""Floor 2: locks and environments."""
