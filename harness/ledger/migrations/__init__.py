"""How a ledger of an older harness becomes one of this, keeping every row."""
