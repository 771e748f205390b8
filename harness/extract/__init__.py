"""Floor 1: pages to samples."""
