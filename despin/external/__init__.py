"""Language models of the user's own, asked about the clauses that are in doubt (`despin.document.rescore`)."""
