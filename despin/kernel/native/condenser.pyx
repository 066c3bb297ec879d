# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The lattice of a stretch as the passes over a table read it, again and again: with all that does not depend on the odds done
once.

Weights are tempered as in `despin.kernel.em.tempered`. Hypotheses from which no reading comes to the end are left out, and so are
those that have a single way in, or on, in which no arc is taken: what came to them is handed on. That leaves a third of the
steps and the same posteriors, but for the last bits.
"""

from libc.math cimport exp
from libc.stdint cimport int32_t
from libc.stdlib cimport free
from libc.string cimport memset

from despin.kernel.native.lattice cimport Hypothesis, Scratch, Step
from despin.kernel.native.vectors cimport Vector, append, grow, reserve

cdef enum:
    #: Ways that a hypothesis hands on at most: each of them is compared with all others of the next one.
    _HANDED = 12


cdef class Condenser:
    """Condenses lattices; `scale` is what fluency is multiplied by before it is raised to e."""

    def __cinit__(self, double scale):
        self.scale = scale
        self.passed.size = sizeof(Passed)
        self.ways.size = sizeof(Way)
        self.first.size = self.previous.size = self.entered.size = sizeof(int32_t)
        self.weights.size = self.kept.size = sizeof(double)
        append(&self.first, 0)

    def __dealloc__(self):
        free(self.passed.data)
        free(self.ways.data)
        free(self.kept.data)
        free(self.first.data)
        free(self.previous.data)
        free(self.entered.data)
        free(self.weights.data)

    cdef double condense(self, Scratch work) except -1.0:
        """Append the lattice that was built; the mass of its unedited readings."""
        cdef int32_t base = self.first.count - 1, index, low, last = work.numbered.count - 1
        cdef Passed* one
        cdef Way* ways
        self.look_back(work)
        self.ways.count = self.kept.count = 0
        for index in range(last + 1):
            one = <Passed*>self.passed.data + index
            if not one.onward and index < last:
                continue
            low = self.ways.count
            one.best = 0.0
            if index:
                self.gather(work, index)
            ways = <Way*>self.ways.data + low
            if index and index < last:
                if self.ways.count - low == 1 and not ways.entered:
                    one.stand_in, one.share = ways.previous, ways.weight
                    self.ways.count = low
                    continue
                if one.onward == 1 and self.ways.count - low <= _HANDED:
                    one.stand_in, one.first, one.last = -1, low, self.ways.count
                    continue
            one.stand_in, one.share = self.first.count - 1 - base, 1.0
            self.keep(base, ways, self.ways.count - low)
            self.ways.count = low
        return (<double*>self.kept.data)[self.kept.count - 1]

    cdef int look_back(self, Scratch work) except -1:
        """Find out from which hypotheses the end is reached, and how."""
        cdef Step* steps = <Step*>work.steps.data
        cdef Passed* passed
        cdef int32_t index, at, count = work.numbered.count
        self.passed.count = 0
        reserve(&self.passed, count)
        passed = <Passed*>self.passed.data
        memset(passed, 0, count * sizeof(Passed))
        for index in range(count - 1, -1, -1):
            if not passed[index].onward and index < count - 1:
                continue
            at = (<Hypothesis*>work.hypotheses.data)[(<int32_t*>work.numbered.data)[index]].first
            while at >= 0:
                passed[steps[at].previous].onward += 2 if steps[at].entered else 1
                at = steps[at].following
        return 0

    cdef int gather(self, Scratch work, int32_t hypothesis) except -1:
        """Add the ways into a hypothesis, those that are alike as one; the best of them weighs 1 but for what was handed on."""
        cdef Step* steps = <Step*>work.steps.data
        cdef Passed* passed = <Passed*>self.passed.data
        cdef Passed* source
        cdef Way way
        cdef int32_t first = (<Hypothesis*>work.hypotheses.data)[(<int32_t*>work.numbered.data)[hypothesis]].first
        cdef int32_t at = first, index, low = self.ways.count
        cdef double best = float("-inf"), score, weight
        while at >= 0:
            score = passed[steps[at].previous].best + steps[at].fluency
            if score > best:
                best = score
            at = steps[at].following
        passed[hypothesis].best = best
        at = first
        while at >= 0:
            source = passed + steps[at].previous
            score = source.best + steps[at].fluency
            weight = exp(self.scale * (score - best)) if score < best else 1.0
            if source.stand_in >= 0:
                self.add(low, source.stand_in, steps[at].entered, weight * source.share)
            else:
                for index in range(source.first, source.last):
                    way = (<Way*>self.ways.data)[index]
                    self.add(low, way.previous, way.entered, weight * way.weight)
            at = steps[at].following
        return 0

    cdef int add(self, int32_t low, int32_t previous, int32_t entered, double weight) except -1:
        """Add a way to those from `low` on."""
        cdef Way* way
        cdef int32_t index
        for index in range(low, self.ways.count):
            way = <Way*>self.ways.data + index
            if way.previous == previous and way.entered == entered:
                way.weight += weight
                return 0
        grow(&self.ways)
        way = <Way*>self.ways.data + (self.ways.count - 1)
        way.previous, way.entered, way.weight = previous, entered, weight
        return 0

    cdef int keep(self, int32_t base, const Way* ways, int32_t count) except -1:
        """Append a hypothesis of the lattice whose first one is `base`; the start has no ways."""
        cdef int32_t index, place = self.previous.count
        cdef double kept = 0.0 if count else 1.0
        reserve(&self.previous, count)
        reserve(&self.entered, count)
        reserve(&self.weights, count)
        for index in range(count):
            (<int32_t*>self.previous.data)[place + index] = base + ways[index].previous
            (<int32_t*>self.entered.data)[place + index] = ways[index].entered
            (<double*>self.weights.data)[place + index] = ways[index].weight
            if not ways[index].entered:
                kept += (<double*>self.kept.data)[ways[index].previous] * ways[index].weight
        self.previous.count = self.entered.count = self.weights.count = place + count
        append(&self.first, place + count)
        grow(&self.kept)
        (<double*>self.kept.data)[self.kept.count - 1] = kept
        return 0
