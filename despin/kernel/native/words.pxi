# Part of lattice.pyx: the likeliest segmentation of a text, and borders.

from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.math cimport log10, pow

cdef enum:
    #: Characters that are looked at: of a longer form no more than these.
    _WINDOW = 64


cdef class Borders:
    """Weighs spun forms by the words across their borders: words of up to `longest` characters, `reach` characters on
    either side. Most forms that make ordinary text look doubtful are no words there: 出的 in 提出的, 构和 in 结构和. `temper` is
    what log-probabilities are multiplied by."""

    cdef Trigrams model
    cdef int reach, longest
    cdef double temper

    def __cinit__(self, Trigrams model not None, int reach, int longest, double temper):
        if reach < 0:
            raise ValueError("a reach of at least 0 is needed")
        self.model, self.reach, self.longest, self.temper = model, reach, longest, temper

    def hold(self, str text not None, list sites not None, worth, double least):
        """Whether `sites` of `text`, whose patterns are `worth` so much (log10) out of context, are worth `least`
        together where they stand: the odds of each are divided by how much likelier its surroundings are once
        words may run across its borders."""
        cdef double total = 0.0, value
        for site in sites:
            start, end, pattern = site
            value = worth[pattern]
            value = (pow(10.0, value) - 1.0) * pow(10.0, -self.temper * self.border_loss(text, start, end))
            total += log10(1.0 + value)
            if total >= least:
                return True
        return False

    cpdef double border_loss(self, str text, Py_ssize_t start, Py_ssize_t end):
        """log10 of how much likelier text[start:end] and the characters around it are, split into words as is likeliest
        by unigrams, than where no word runs across its borders. 0 for what is longer than `_WINDOW`."""
        cdef Py_ssize_t low = max(0, start - self.reach), high = min(len(text), end + self.reach)
        cdef double apart
        if not 0 <= start <= end <= len(text):
            raise IndexError("a form that is not in the text")
        if high - low > _WINDOW:
            return 0.0
        apart = self.best(text, low, start) + self.best(text, start, end) + self.best(text, end, high)
        return max(0.0, self.best(text, low, high) - apart)

    cdef double best(self, str text, Py_ssize_t low, Py_ssize_t high) noexcept:
        """log10 probability of the likeliest split of text[low:high]."""
        cdef double best[_WINDOW + 1]
        cdef State after
        cdef Py_ssize_t start, end, size = high - low
        cdef uint32_t node
        cdef double score
        best[0] = 0.0
        for end in range(1, size + 1):
            best[end] = float("-inf")
        for start in range(size):
            node = self.model.size
            for end in range(start + 1, min(size, start + self.longest) + 1):
                node = self.model.step(node, PyUnicode_READ_CHAR(text, low + end - 1)) if node else 0
                if self.model.is_word(node) or end == start + 1:
                    score = best[start] + self.model.first(node if self.model.is_word(node) else 0, &after)
                    if score > best[end]:
                        best[end] = score
                elif not node:
                    break
        return best[size]


cdef double _split(
    Trigrams lm, str text, Py_ssize_t first, Py_ssize_t size, double* best, int32_t* back, uint32_t* words
):
    """log10 P of the likeliest segmentation of text[first:first + size] by unigrams; `back` holds where the word begins
    that ends at each place, counted from `first`, `words` its number in the model, 0 for none."""
    cdef Py_ssize_t start, end
    cdef State after
    cdef uint32_t node = lm.size
    cdef double score
    for end in range(size):
        node = lm.step(node, PyUnicode_READ_CHAR(text, first + end))
        if not node:
            break
    if not size or (node and lm.is_word(node)):
        back[size], words[size] = 0, node if size else 0
        return lm.first(node if size else 0, &after)
    for end in range(1, size + 1):
        best[end] = float("-inf")
        back[end], words[end] = <int32_t>end - 1, 0
    best[0] = 0.0
    for start in range(size):
        if start + 4 < size:
            lm.prefetch_pair(PyUnicode_READ_CHAR(text, first + start + 3), PyUnicode_READ_CHAR(text, first + start + 4))
        node = lm.size
        for end in range(start + 1, min(size, start + 8) + 1):
            node = lm.step(node, PyUnicode_READ_CHAR(text, first + end - 1)) if node else 0
            if not lm.is_word(node) and end > start + 1:
                if not node:
                    break
                continue
            score = best[start] + lm.first(node if lm.is_word(node) else 0, &after)
            # Of equals the later start.
            if score >= best[end]:
                best[end] = score
                back[end], words[end] = <int32_t>start, node if lm.is_word(node) else 0
    return best[size]
