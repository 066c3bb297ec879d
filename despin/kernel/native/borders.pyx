# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What spun forms are worth by the words across their borders. Twin of `despin.kernel.pure.lm.PlainBorders`."""

from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.math cimport log10, pow
from libc.stdint cimport uint32_t

from despin.kernel.native.lm cimport State, Trigrams

cdef enum:
    #: Characters that are looked at: of a longer form no more than these.
    _WINDOW = 64


cdef class Borders:
    """Weighs forms by their borders: with words of up to `longest` characters, `reach` characters on either side."""

    cdef Trigrams model
    cdef int reach, longest
    cdef double temper

    def __cinit__(self, Trigrams model, int reach, int longest, double temper):
        self.model, self.reach, self.longest, self.temper = model, reach, longest, temper

    def hold(self, str text, list sites, worth, double least):
        """As of the plain one."""
        cdef double total = 0.0, value
        for site in sites:
            value = worth[(<tuple>site)[2]]
            value = (pow(10.0, value) - 1.0) * pow(
                10.0, -self.temper * self.torn(text, (<tuple>site)[0], (<tuple>site)[1])
            )
            total += log10(1.0 + value)
            if total >= least:
                return True
        return False

    cpdef double torn(self, str text, Py_ssize_t start, Py_ssize_t end):
        """As of the plain one."""
        cdef Py_ssize_t low = max(0, start - self.reach), high = min(len(text), end + self.reach)
        cdef double apart
        if high - low > _WINDOW:
            return 0.0
        apart = self.best(text, low, start) + self.best(text, start, end) + self.best(text, end, high)
        return max(0.0, self.best(text, low, high) - apart)

    cdef double best(self, str text, Py_ssize_t low, Py_ssize_t high) noexcept:
        """log10 probability of the likeliest split of text[low:high]."""
        cdef double best[_WINDOW + 1]
        cdef State null, after
        cdef Py_ssize_t start, end, size = high - low
        cdef uint32_t node
        cdef double score
        null.length = 0
        best[0] = 0.0
        for end in range(1, size + 1):
            best[end] = float("-inf")
        for start in range(size):
            node = self.model.size
            for end in range(start + 1, min(size, start + self.longest) + 1):
                node = self.model.step(node, PyUnicode_READ_CHAR(text, low + end - 1)) if node else 0
                if self.model.is_word(node) or end == start + 1:
                    score = best[start] + self.model.extend(&null, node if self.model.is_word(node) else 0, &after)
                    if score > best[end]:
                        best[end] = score
                elif not node:
                    break
        return best[size]
