# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Stretches that were read before, of whatever text, so that none is decoded twice: a text is read again once some of it is
restored, and a crawl has the same sentences on page after page."""

from libc.stdint cimport int32_t
from libc.stdlib cimport free, malloc

cdef enum:
    #: What Python takes for a window, its label and its place in a dictionary.
    _AROUND = 250


cdef class Window:
    def __dealloc__(self):
        free(self.data)

    cdef int hold(self) except -1:
        """Room for as much as the counts say."""
        cdef size_t numbers = 2 * self.sources + 5 * self.arcs + self.nodes + 2 * self.steps + self.joints + self.members
        self.size = self.steps * sizeof(double) + numbers * sizeof(int32_t)
        self.data = <char*>malloc(self.size)
        if self.data == NULL:
            raise MemoryError
        return 0

    cdef char* arcs_at(self) noexcept:
        """Where the columns of arcs and sources begin."""
        return self.data + self.steps * sizeof(double)

    cdef char* lattice_at(self) noexcept:
        """Where those of the lattice begin."""
        return self.arcs_at() + (2 * self.sources + 5 * self.arcs) * sizeof(int32_t)


cdef class Windows:
    """Windows by all that they depend on, in so many bytes at most. When half of these are new, those that nobody asked for in
    the meantime are forgotten."""

    def __cinit__(self, size_t most):
        self.young, self.old, self.half = {}, {}, most // 2

    cdef Window find(self, bytes label):
        """The window with a label, or None."""
        cdef Window found = self.young.get(label)
        if found is None:
            found = self.old.get(label)
            if found is not None:
                self.keep(label, found)
        return found

    cdef int keep(self, bytes label, Window window) except -1:
        """Take in a window."""
        self.young[label] = window
        self.held += window.size + len(label) + _AROUND
        if self.held > self.half:
            self.old, self.young, self.held = self.young, {}, 0
        return 0
