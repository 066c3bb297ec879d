# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The lattice of a stretch, built without a Python object a hypothesis. Twin of `despin.kernel.pure.lattice.build_plain`."""

from cpython cimport array
from libc.stdint cimport int32_t, uint32_t
from libc.stdlib cimport free
from libc.string cimport memset

from despin.kernel.native.lattice cimport Edit, Hypothesis, Scratch, Step
from despin.kernel.native.lm cimport State, Trigrams
from despin.kernel.native.vectors cimport Vector, append, grow

import array

cdef array.array _INTEGERS = array.array("i")
cdef array.array _FLOATS = array.array("d")


cdef class Builder:
    """Builds lattices for one model. `crossing` is the longest word that may run across the borders of an edit,
    `pauses` the characters that stand for another mark."""

    def __init__(self, Trigrams model, int crossing, dict pauses):
        self.model = model
        self.crossing = crossing
        self.pauses = {ord(mark): model.number(pause) for mark, pause in pauses.items()}

    cdef Scratch scratch(self):
        return Scratch(self.model, self.crossing, self.pauses)

    def build(self, str text, list arcs, list odds, str before, int beam, double width):
        """(first, previous, fluency, entered, several): the steps into each hypothesis, flat; see `Lattice`."""
        cdef Scratch work = self.scratch()
        cdef Vector pool
        cdef Edit* edit
        cdef Py_UCS4 character
        cdef State null, start
        cdef int32_t index
        cdef str original
        memset(&pool, 0, sizeof(Vector))
        pool.size = sizeof(int32_t)
        memset(&null, 0, sizeof(State))
        start = null
        try:
            for character in text:
                append(&work.characters, character)
            for index in range(len(arcs)):
                arc = arcs[index]
                original = arc.original
                grow(&work.edits)
                edit = <Edit*>work.edits.data + index
                edit.start = arc.start
                edit.end = arc.end
                edit.first = pool.count
                edit.length = len(original)
                edit.log_odds = odds[index]
                for character in original:
                    append(&pool, character)
            if before:
                self.model.extend(&null, self.model.word_of(before), &start)
            work.begin(<const uint32_t*>pool.data, &start, beam, width)
            while work.ready():
                work.expect_more()
                work.expect_most()
                work.take()
        finally:
            free(pool.data)
        return _flat(work)


cdef tuple _flat(Scratch work):
    cdef int32_t index, at, count = 0
    cdef Step* steps = <Step*>work.steps.data
    cdef Hypothesis* every = <Hypothesis*>work.hypotheses.data
    cdef int32_t* firsts = <int32_t*>work.joint_first.data
    cdef int32_t* members = <int32_t*>work.joint_arcs.data
    for index in range(work.numbered.count):
        at = every[(<int32_t*>work.numbered.data)[index]].first
        while at >= 0:
            count += 1
            at = steps[at].following
    cdef array.array first = array.clone(_INTEGERS, work.numbered.count + 1, False)
    cdef array.array previous = array.clone(_INTEGERS, count, False)
    cdef array.array fluency = array.clone(_FLOATS, count, False)
    cdef array.array entered = array.clone(_INTEGERS, count, False)
    count = 0
    for index in range(work.numbered.count):
        first.data.as_ints[index] = count
        at = every[(<int32_t*>work.numbered.data)[index]].first
        while at >= 0:
            previous.data.as_ints[count] = steps[at].previous
            fluency.data.as_doubles[count] = steps[at].fluency
            entered.data.as_ints[count] = steps[at].entered
            count += 1
            at = steps[at].following
    first.data.as_ints[work.numbered.count] = count
    several = []
    for index in range(work.joint_first.count - 1):
        several.append(tuple([members[at] for at in range(firsts[index], firsts[index + 1])]))
    return first, previous, fluency, entered, several
