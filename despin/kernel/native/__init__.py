"""Rooms that exist compiled only, each with a plain twin: `trigrams` (twin: kenlm), `builder` (twin: `despin.kernel.pure.lattice`),
`maker` (twin: `despin.decode.candidates`), `tally` (twin: `despin.document.prescreen`) and `scanner` (twin: `despin.channel.matches`)."""
