"""Language models of the user's own, asked for the readings of clauses that are in doubt (`despin.document.rescore`)."""
