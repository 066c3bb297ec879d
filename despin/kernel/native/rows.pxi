# Part of program.pyx: what becomes of the edits of a stretch once its sentences are searched.
#
# A row is (start, end, original, probability, runners-up with theirs), in code points of the text.

from libc.math cimport pow

def columns_of(
    str text not None, list rows not None, list failed not None, dict overrides not None, names, flips, negates,
    numbers
):
    """What edits say of the rows of a text: (their columns by the names of fields of `despin.results.Edit`, the
    originals of their runners-up, the confidences of these, how many each edit has). Possible are those that touch
    none of the places `failed`, which are sorted and disjoint. `names` are what stands before the form in the
    names of entries, of `overrides` and of others; `flips` the (spun, original) that turn a statement round, and
    `negates` tells that of others. `numbers` are (the power of probabilities, the most that is likelier than
    anything that shares, the least rival)."""
    cdef double power, alone, least, chance, rest, total
    cdef Py_ssize_t place = 0, count = len(failed), start, end, before
    cdef list starts = [], ends = [], forms = [], originals = [], chances = [], turns = [], entries = [], proofs = []
    cdef list words = [], shares = [], counts = [], rivals
    cdef tuple row
    cdef str spun, original, own, usual
    cdef bint turned
    power, alone, least = numbers
    own, usual = names
    for row in rows:
        start, end, original, chance, rivals = row
        spun = text[start:end]
        # A place where only something is missing is empty, and speaks against the character behind it.
        while place < count and max(<Py_ssize_t>failed[place][1], <Py_ssize_t>failed[place][0] + 1) <= start:
            place += 1
        before = len(words)
        if rivals or chance <= alone:
            rest = 1 - chance
            total = pow(chance, power)
            for _, share in rivals:
                rest -= <double>share
                total += pow(share, power)
            if rest > 0:
                total += pow(rest, power)
            for word, share in rivals:
                rest = pow(share, power) / total
                if rest >= least:
                    words.append(word)
                    shares.append(rest)
            chance = pow(chance, power) / total
        turned = bool(flips) and (spun, original) in flips
        # One is the other with something before it.
        if not turned and len(spun) != len(original) and (
            not spun or not original or spun[len(spun) - 1] == original[len(original) - 1]
        ):
            turned = negates(spun, original)
        starts.append(start)
        ends.append(end)
        forms.append(spun)
        originals.append(original)
        chances.append(chance)
        turns.append("polarity" if turned else None)
        entries.append((own if overrides and spun in overrides else usual) + spun)
        proofs.append("possible" if place == count or end <= <Py_ssize_t>failed[place][0] else "failed")
        counts.append(len(words) - before)
    columns = {
        "start": starts, "end": ends, "spun": forms, "original": originals, "confidence": chances,
        "entry": entries, "changes": turns, "proof": proofs,
    }
    return columns, words, shares, counts
