"""How fast despin is, how much memory it takes, and how it compares: `python -m tools.benchmark`."""
