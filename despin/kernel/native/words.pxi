# Part of lattice.pyx: the words of texts: their numbers, the likeliest segmentation of a text, and borders.

from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.math cimport log10, pow
from libc.string cimport memcmp

cdef enum:
    #: Characters that are looked at: of a longer form no more than these.
    _WINDOW = 64


cdef class WordNumbers:
    """The numbers of words that stand one behind the other in `words` (UTF-8), parted by zero bytes, from 0 on; those of an empty one, and
    of any that is not there, are 0. Raises `ValueError` where there are more than `most`."""

    cdef Py_buffer view
    cdef const uint8_t* words
    #: By number where a word begins; by hash its number and 1.
    cdef uint32_t* starts
    cdef uint32_t* slots
    cdef uint64_t mask

    def __cinit__(self, words not None, Py_ssize_t most):
        cdef Py_ssize_t size, place, start = 0
        cdef uint32_t number = 0, count = 1
        cdef uint64_t capacity = 16
        PyObject_GetBuffer(words, &self.view, PyBUF_SIMPLE)
        self.words, size = <const uint8_t*>self.view.buf, self.view.len
        if size > <Py_ssize_t>0x7FFFFFFF:
            raise ValueError("more than can be numbered")
        for place in range(size):
            count += self.words[place] == 0
        while capacity < 2 * <uint64_t>count:
            capacity *= 2
        self.mask = capacity - 1
        self.starts = <uint32_t*>malloc((count + 1) * sizeof(uint32_t))
        self.slots = <uint32_t*>calloc(capacity, sizeof(uint32_t))
        if self.starts == NULL or self.slots == NULL:
            raise MemoryError
        for place in range(size + 1):
            if place < size and self.words[place]:
                continue
            self.starts[number] = <uint32_t>start
            if place > start:
                if number >= most:
                    raise ValueError("more words than there are numbers")
                self.slots[self._slot(self.words + start, place - start)] = number + 1
            number += 1
            start = place + 1
        self.starts[number] = <uint32_t>start

    def __dealloc__(self):
        free(self.starts)
        free(self.slots)
        if self.words != NULL:
            PyBuffer_Release(&self.view)

    cdef uint64_t _slot(self, const uint8_t* word, Py_ssize_t length) noexcept:
        """Where the number of a word stands, or has room."""
        cdef uint64_t hashed = 0, slot
        cdef uint32_t number
        cdef Py_ssize_t index
        for index in range(length):
            hashed = (hashed ^ word[index]) * <uint64_t>0x9E3779B97F4A7C15
            hashed ^= hashed >> 29
        slot = hashed & self.mask
        while self.slots[slot]:
            number = self.slots[slot] - 1
            # Behind every word stands a byte that parts it from the next.
            if <Py_ssize_t>(self.starts[number + 1] - self.starts[number] - 1) == length and not memcmp(
                self.words + self.starts[number], word, length
            ):
                break
            slot = (slot + 1) & self.mask
        return slot

    def number(self, str word not None):
        """The number of a word."""
        cdef bytes known
        cdef uint32_t found
        try:
            known = word.encode()
        except UnicodeEncodeError:  # half a pair of UTF-16
            return 0
        if not known:
            return 0
        found = self.slots[self._slot(known, len(known))]
        return found - 1 if found else 0


cdef class Borders:
    """Weighs spun forms by the words across their borders: words of up to `longest` characters, `reach` characters on either side. Most
    forms that make ordinary text look doubtful are no words there: 出的 in 提出的, 构和 in 结构和. `temper` is what log-probabilities are
    multiplied by."""

    cdef Trigrams model
    cdef int reach, longest
    cdef double temper

    def __cinit__(self, Trigrams model not None, int reach, int longest, double temper):
        if reach < 0:
            raise ValueError("a reach of at least 0 is needed")
        self.model, self.reach, self.longest, self.temper = model, reach, longest, temper

    def hold(self, str text not None, list sites not None, worth, double least):
        """Whether `sites` of `text`, whose patterns are `worth` so much (log10) out of context, are worth `least` together where they
        stand: the odds of each are divided by how much likelier its surroundings are once words may run across its borders."""
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
        """log10 of how much likelier text[start:end] and the characters around it are, split into words as is likeliest by unigrams, than
        where no word runs across its borders. 0 for what is longer than `_WINDOW`."""
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


cdef double _split(Trigrams lm, str text, Py_ssize_t first, Py_ssize_t size, double* best, int32_t* back, uint32_t* words):
    """log10 P of the likeliest segmentation of text[first:first + size] by unigrams; `back` holds where the word begins that ends at
    each place, counted from `first`, `words` its number in the model, 0 for none."""
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


cdef int32_t _number_of(Trigrams lm, WordNumbers numbers, uint32_t known, str text, Py_ssize_t start, Py_ssize_t end) except -1:
    """The number of the word text[start:end], which the model knows as the word `known` where that is not 0: then it is remembered."""
    cdef uint64_t* kept
    cdef int32_t found
    if not known or lm.numbered_for is not numbers:
        return _numbered(numbers, text, start, end)
    kept = lm.numbered + (known * <uint32_t>0x9E3779B1 >> (32 - _NUMBERED_BITS))
    if kept[0] >> 32 != known:
        found = _numbered(numbers, text, start, end)
        kept[0] = <uint64_t>known << 32 | <uint32_t>found
    return <int32_t><uint32_t>kept[0]


cdef int _number_for(Trigrams lm, WordNumbers numbers) except -1:
    """Forget the numbers of words by those of the model where they are not of `numbers`."""
    if lm.numbered_for is not numbers:
        lm.numbered_for = None
        free(lm.numbered)
        lm.numbered = <uint64_t*>calloc(1 << _NUMBERED_BITS, sizeof(uint64_t))
        if lm.numbered == NULL:
            raise MemoryError
        lm.numbered_for = numbers
    return 0


cdef int32_t _numbered(WordNumbers numbers, str text, Py_ssize_t start, Py_ssize_t end) except -1:
    """The number of the word text[start:end] of Chinese characters, which have three bytes each."""
    cdef uint8_t word[3 * _WINDOW]
    cdef Py_ssize_t place
    cdef uint32_t c, found
    if end - start > _WINDOW:
        return numbers.number(text[start:end])
    for place in range(end - start):
        c = <uint32_t>PyUnicode_READ_CHAR(text, start + place)
        word[3 * place] = <uint8_t>(0xE0 | c >> 12)
        word[3 * place + 1] = <uint8_t>(0x80 | c >> 6 & 0x3F)
        word[3 * place + 2] = <uint8_t>(0x80 | c & 0x3F)
    found = numbers.slots[numbers._slot(word, 3 * (end - start))]
    return <int32_t>found - 1 if found else 0


cdef Py_ssize_t _cut_into(Trigrams lm, str text, WordNumbers numbers, dict pauses, int32_t* starts, int32_t* ends,
                          int32_t* found) except -1:
    """What `Trigrams.cut` gives, and how many words there are; there is room for as many as characters."""
    cdef Py_ssize_t size = len(text), start = 0, end, place, count = 0, low
    cdef Py_UCS4 c
    cdef double* best = <double*>malloc((size + 1) * sizeof(double))
    cdef int32_t* back = <int32_t*>malloc((size + 1) * sizeof(int32_t))
    cdef uint32_t* words = <uint32_t*>malloc((size + 1) * sizeof(uint32_t))
    try:
        if best == NULL or back == NULL or words == NULL:
            raise MemoryError
        _number_for(lm, numbers)
        while start < size:
            c = PyUnicode_READ_CHAR(text, start)
            end = start + 1
            if 0x3400 <= c <= 0x9FFF:
                while end < size and 0x3400 <= PyUnicode_READ_CHAR(text, end) <= 0x9FFF:
                    end += 1
                _split(lm, text, start, end - start, best, back, words)
                low = count
                place = end - start
                while place:
                    starts[count], ends[count] = <int32_t>(start + back[place]), <int32_t>(start + place)
                    found[count] = _number_of(lm, numbers, words[place], text, starts[count], ends[count])
                    count += 1
                    place = back[place]
                _turned(starts, low, count)
                _turned(ends, low, count)
                _turned(found, low, count)
            elif c != 10 and c.isspace() and c not in pauses:
                pass
            else:
                found[count] = 0
                if c == 10:
                    pass
                elif c in pauses:
                    found[count] = pauses[c]
                else:
                    while _letter(text[end - 1]) and end < size and _letter(text[end]):
                        end += 1
                starts[count], ends[count] = <int32_t>start, <int32_t>end
                count += 1
            start = end
    finally:
        free(best)
        free(back)
        free(words)
    return count


cdef inline bint _letter(Py_UCS4 c):
    """Whether a character is a letter, a digit or an underscore, and not one that words are made of here."""
    return (c.isalnum() or c == 95) and not 0x3400 <= c <= 0x9FFF


cdef void _turned(int32_t* values, Py_ssize_t low, Py_ssize_t high) noexcept:
    """Turn values[low:high] round."""
    cdef int32_t value
    high -= 1
    while low < high:
        value = values[low]
        values[low], values[high] = values[high], value
        low += 1
        high -= 1
