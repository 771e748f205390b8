"""Commands of the command line that need no page: each is added to the group in `harness.cli`."""
