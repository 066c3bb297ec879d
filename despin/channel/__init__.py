"""What spinners write for which words, and where that stands in a text."""
