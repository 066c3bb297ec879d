"""Commands that put despin under stress and compare what comes out."""
