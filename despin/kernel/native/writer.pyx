# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Edits made without their own constructor, which sets a frozen object's attributes one by one through Python. Twin of what
`despin.restorer` makes of one arc."""

from cpython cimport array
from libc.stdint cimport int32_t

cdef extern from "Python.h":
    int PyObject_GenericSetAttr(object target, object name, object value) except -1


def write(kind, runner_up, str text, table, list picked, array.array confidences, list words, array.array numbers, list sources):
    """A `kind` (`despin.results.Edit`) of `text` for everything that `despin.kernel.em.pick` gives, its rivals as `runner_up`
    (`Alternative`): `words` are the originals, `numbers` those of the pairs, `sources` what is offered."""
    cdef array.array starts = table.starts, ends = table.ends, pairs = table.pairs
    cdef int32_t arc, offer, rival, start, end
    cdef list found = [], others
    cdef object edit, other, entry, new = object.__new__
    for one in picked:
        arc, offer = (<tuple>one)[0], (<tuple>one)[1]
        start, end = starts.data.as_ints[arc], ends.data.as_ints[arc]
        entry = (<tuple>sources[offer])[3]
        others = []
        for rival in <list>(<tuple>one)[2]:
            other = new(runner_up)
            PyObject_GenericSetAttr(other, "original", words[numbers.data.as_ints[pairs.data.as_ints[rival]]])
            PyObject_GenericSetAttr(other, "confidence", confidences.data.as_doubles[rival])
            others.append(other)
        edit = new(kind)
        PyObject_GenericSetAttr(edit, "start", start)
        PyObject_GenericSetAttr(edit, "end", end)
        PyObject_GenericSetAttr(edit, "spun", text[start:end])
        PyObject_GenericSetAttr(edit, "original", words[numbers.data.as_ints[pairs.data.as_ints[arc]]])
        PyObject_GenericSetAttr(edit, "confidence", confidences.data.as_doubles[arc])
        PyObject_GenericSetAttr(edit, "flips", entry.flips)
        PyObject_GenericSetAttr(edit, "entry", f"{entry.family}:{entry.spun}")
        PyObject_GenericSetAttr(edit, "alternatives", tuple(others))
        found.append(edit)
    return found
