"""Learning lexicon entries: from pairs of texts, and from spun texts alone."""
