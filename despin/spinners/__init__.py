"""Spinners as programs: what they make of a text, and which words they may have made it of."""
