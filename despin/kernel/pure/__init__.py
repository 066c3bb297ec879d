"""The inner loops in plain Python."""
