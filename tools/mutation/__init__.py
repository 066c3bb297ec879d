"""Mutation testing: faults put into a room one at a time, and whether its tests notice (`python -m tools.mutation`)."""
