"""Rooms that exist compiled only, each with a plain twin: `trigrams` (twin: kenlm), `builder` (twin: `despin.lattice`),
`maker` (twin: `despin.pieces`) and `tally` (twin: `despin.screen`)."""
