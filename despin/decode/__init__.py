"""Which originals a stretch of text may have, and how likely each is."""
