"""Whether other engines give the edits of the command line, on the real libraries: `python -m tools.stress.same_edits`."""
