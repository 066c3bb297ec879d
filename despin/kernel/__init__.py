"""The inner loops: compiled where there is a compiler, and the same in plain Python."""
