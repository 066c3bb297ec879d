# Part of program.pyx: what becomes of the edits of a stretch once its sentences are searched.
#
# A row is (start, end, original, probability, runners-up with theirs), in code points of the text.

from libc.math cimport pow

def agreed(str text not None, list rows not None, double unlikely):
    """The rows with probabilities that the other places of the same form share in, likeliest first; an original that
    was not among the likely ones at another place counts there like one of the probability `unlikely`."""
    cdef dict places = {}
    cdef list found = list(rows), several = [], numbers
    cdef Py_ssize_t number = 0
    cdef tuple row
    cdef str form
    for row in rows:
        form = text[<Py_ssize_t>row[0] : <Py_ssize_t>row[1]]
        numbers = places.get(form)
        if numbers is None:
            places[form] = [number]
        else:
            if len(numbers) == 1:
                several.append(numbers)
            numbers.append(number)
        number += 1
    for numbers in several:
        for number in numbers:
            if rows[number][4]:
                _agree(rows, found, numbers, log(unlikely))
                break
    return found


cdef int _agree(list rows, list found, list numbers, double unlikely) except -1:
    """Put the rows of one form, with what they share, into `found`; `unlikely` is a logarithm."""
    cdef dict sums = {}
    cdef list words, odds
    cdef tuple row
    cdef Py_ssize_t number
    cdef double count = len(numbers), own, known
    for number in numbers:
        row = rows[number]
        # What a word has over one that is unlikely everywhere.
        _count_in(sums, row[2], row[3], unlikely)
        for word, share in row[4]:
            _count_in(sums, word, share, unlikely)
    for number in numbers:
        row = rows[number]
        words, odds, known = [row[2]], [_logarithm(row[3], unlikely)], row[3]
        for word, share in row[4]:
            words.append(word)
            odds.append(_logarithm(share, unlikely))
            known += share
        for place in range(len(words)):
            own = odds[place]
            odds[place] = own + (<double>sums[words[place]] + (count - 1) * unlikely - (own - unlikely)) / count
        found[number] = _ordered(row[0], row[1], words, odds, known)
    return 0


cdef inline double _logarithm(double share, double least):
    cdef double found = log(share) if share > 0 else least
    return found if found > least else least


cdef int _count_in(dict sums, word, double share, double unlikely) except -1:
    sums[word] = <double>sums.get(word, 0.0) + _logarithm(share, unlikely) - unlikely
    return 0


cdef tuple _ordered(start, end, list words, list odds, double known):
    """The row of originals with these log odds (nats), which have the probability `known`
    together; `odds` are put in order."""
    cdef Py_ssize_t count = len(words), place, other, best
    cdef double total = 0, highest, value
    cdef list rivals = []
    for place in range(count):
        best = place
        for other in range(place + 1, count):
            if odds[other] > odds[best] or (odds[other] == odds[best] and <str>words[other] < <str>words[best]):
                best = other
        if best != place:
            odds[place], odds[best] = odds[best], odds[place]
            words[place], words[best] = words[best], words[place]
    highest = odds[0]
    for place in range(count):
        value = odds[place]
        value = exp(value - highest)
        total += value
        odds[place] = value
    for place in range(1, count):
        rivals.append((words[place], <double>odds[place] * (known / total)))
    return start, end, words[0], known / total, rivals


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
