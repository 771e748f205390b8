"""Floor 1: samples to jobs."""
