"""Rooms that exist compiled only, each with a plain twin: `trigrams` (twin: kenlm), `builder` (twin: `despin.lattice`),
`maker` (twin: `despin.pieces`), `tally` (twin: `despin.screen`) and `scanner` (twin: `despin.matching`)."""
