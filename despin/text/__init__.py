"""Texts as they are: files and encodings, normal forms, chunks, scripts, and the wdiff and M2 notations."""
