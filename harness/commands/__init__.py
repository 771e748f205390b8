"""Commands of the command line, a module for what belongs together; `harness.cli` imports the one that is asked for."""
