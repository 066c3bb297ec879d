"""Rooms that exist compiled only, each with a plain twin: `trigrams` (twin: kenlm) and `builder` (twin: `lattice`)."""
