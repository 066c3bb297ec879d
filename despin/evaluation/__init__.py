"""Evaluation: every figure of a restoring system on sets of annotated, paired or clean texts.

`measure.measure` runs a system over a set; `metrics.FIGURES` defines what is reported; `despin eval` prints it.
"""
