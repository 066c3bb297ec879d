"""Start reading here: what despin computes, in plain Python that enumerates everything. Slow, and none of it is used by despin.

    best original of a page x  =  argmax over o of  log P(o) + log P(x | o, channel)

Read in this order:

1. `fluency.py`   P(o): how likely a text is as Chinese. Words, their trigrams, all cuts of a text into words.
2. `lists.py`     P(x | o) of a list of words whose rate is estimated: all readings of a page, their weights, the E step.
3. `programs.py`  P(x | o) of a spinner that can be run: all texts, and which of them it turns into the page.

Then `docs/architecture.md` says where despin does the same quickly: `kernel/native/lattice.pyx` and `kernel/em.py` for lists,
`kernel/native/clauses.pxi` for programs. `tests/kernel/test_readings.py` and `tests/spinners/test_originals.py` hold both together
over short texts drawn at random, and say where they differ.
"""
