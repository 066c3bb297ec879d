# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The originals of a spun form that are worth decoding. Twin of `despin.channel.lexicon.Channel.shortlist` for who asks but once for each
form: a process that reads a few hundred texts spends more on asking than on the texts."""

from libc.math cimport log10, pow

from despin.kernel.native.lm cimport Trigrams


cdef class Shortlists:
    """The shortlists of `candidates` (a `despin.channel.lexicon.Candidates`): at most `longest` originals, none of them less likely than the
    best by more than `width` (log10)."""

    def __cinit__(self, candidates, Trigrams model, int longest, double width):
        self.candidates = candidates
        self.patterns = candidates.patterns
        self.entries, self.totals, self.number = candidates.entries, candidates.totals, candidates.number
        self.background = candidates.background
        self.backed = {spun for spun, _ in self.background}
        self.model, self.longest, self.width = model, longest, width

    def shortlist(self, int pattern):
        """The candidates of a pattern, in the order in which `Channel.shortlist` has them, as plain tuples."""
        return self.of(pattern)

    cdef list of(self, int pattern):
        """The same."""
        cdef list offered = self.weighed(pattern)
        return self.ranked(offered) if len(offered) > 2 else offered

    cdef list weighed(self, int pattern):
        """All candidates of a pattern: (original, family, weight, entry)."""
        cdef str spun = self.patterns[pattern]
        cdef list found = []
        cdef double weight, evidence
        cdef object family, offset
        cdef bint backed = spun in self.backed
        for entry in self.entries.get(spun, ()):
            family = self.number.get(entry.family)
            if family is None:
                found.extend(self.candidates.hosted(entry))
                continue
            for original in <tuple>entry.originals:
                text, evidence = original.text, original.weight
                weight = evidence / <double>self.totals[family, text]
                if backed and evidence <= 1.0:
                    offset = self.background.get((spun, text))
                    if offset is not None:
                        weight *= pow(10.0, <double>offset)
                found.append((text, family, weight, entry))
        return found

    cdef list ranked(self, list offered):
        """The candidates worth decoding, best first."""
        cdef list scored = [], found = []
        cdef set kept = set()
        cdef double score, floor
        cdef int index
        cdef str original
        for index in range(len(offered)):
            original, weight = (<tuple>offered[index])[0], (<tuple>offered[index])[2]
            scored.append((log10(<double>weight) + <double>(self.model.best_split(original)[0]), index))
        scored.sort(reverse=True)
        floor = <double>(<tuple>scored[0])[0] - self.width
        for score, index in scored:
            # Originals are counted, not offers: what many families share must not push out what one of them says.
            original = (<tuple>offered[index])[0]
            if original not in kept:
                if len(kept) == self.longest:
                    continue
                kept.add(original)
            if score >= floor:
                found.append(offered[index])
        return found
