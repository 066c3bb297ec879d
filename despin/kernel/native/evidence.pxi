# Part of program.pyx: whether a text looks spun by its characters.

cdef inline bint _is_read(uint32_t c) noexcept nogil:
    """Whether evidence is read of a character."""
    return c - 0x4E00 <= 0x9FD5 - 0x4E00


cdef inline void _expect(const Table* table, uint64_t mask, uint64_t key, Asked* asked) noexcept nogil:
    """Where the weight of a feature stands, which is fetched."""
    cdef uint64_t h
    asked.place = <uint32_t>(_mixed(key) & mask)
    h = _mixed(asked.place + GOLDEN)
    asked.check = _check_of(h)
    asked.slot = <uint32_t>((h >> 32) * table.slots >> 32)
    prefetch(table.checks + asked.slot)
    prefetch(table.values + (asked.slot >> 1))


cdef inline float _new(const Table* table, const Asked* asked, int k, int32_t* said) noexcept nogil:
    """The weight of a feature at k, 0 where it stood less than _RECENT_CHARACTERS before."""
    cdef int32_t* last = said + (asked.place & ((1 << _SAID_BITS) - 1))
    cdef bint new = k - last[0] > _RECENT_CHARACTERS
    last[0] = k
    return _weight_in(table, asked.check, asked.slot) if new else 0


cdef double _add_up(
    const Table* table, uint64_t mask, const Py_UCS4* x, int n, double* sums, int32_t* said
) noexcept nogil:
    """`Evidence._read` out of a table that has slots. Weights are asked for some characters ahead, as each
    lies somewhere else in memory."""
    cdef Asked asked[2 * _AHEAD]
    cdef Asked* one
    cdef uint64_t c, c1 = 1, c2 = 1
    cdef double total = 0
    cdef bint before = False
    cdef int k, first = 0, last, base = said[1 << _SAID_BITS]
    while first < n:
        last = min(n, first + _AHEAD)
        one = asked
        for k in range(first, last):
            c = <uint32_t>x[k]
            if not _is_read(<uint32_t>c):
                c = 1
            else:
                _expect(table, mask, c1 << 21 | c, one)
                one += 1
                if c1 != 1:
                    _expect(table, mask, <uint64_t>1 << 62 | c2 << 42 | c1 << 21 | c, one)
                    one += 1
            c2 = c1
            c1 = c
        one = asked
        for k in range(first, last):
            if _is_read(<uint32_t>x[k]):
                total += _new(table, one, base + k, said)
                one += 1
                if before:
                    total += _new(table, one, base + k, said)
                    one += 1
                before = True
            else:
                before = False
            if sums:
                sums[k + 1] = total
        first = last
    return total


cdef int _size(str text) except -1:
    """The characters of a text, as many as an index takes."""
    if len(text) >= 1 << 30:
        raise OverflowError("a text of more than 2^30 characters")
    return <int>len(text)


@cython.final
cdef class Evidence:
    """How much likelier a text is of a spinner than of a person, by its pairs and triples of Chinese characters.

    `data` is what `despin.kernel.choice_file` describes; None for weights that are still to be learned (about 300 MB).
    Source: logistic regression with hashed features. Raises `ModelError` for data that are damaged.
    """

    def __cinit__(self, data=None, int bits=25):
        if not 8 <= bits <= 28:
            raise ValueError("8 to 28 bits")
        self.bits = bits
        if data is None:
            self._weights = <float*>calloc(<size_t>1 << bits, 4)
            self._squares = <float*>calloc(<size_t>1 << bits, 4)
            if not (self._weights and self._squares):
                raise MemoryError
            return
        found = sections(data)
        self._data = memoryview(data)
        self.bits = found.evidence_bits
        _fill(&self._table, found.arrays, "evidence_", found.evidence_levels)

    def __dealloc__(self):
        free(self._weights)
        free(self._squares)
        free(self._room)
        free(self._last_sums)

    cdef int32_t* _borrow(self) except NULL:
        """Where features stood last, and behind that how far texts that were read before reach: their places count on,
        so that nothing has to be cleared. The GIL is held; who comes while somebody has it gets another."""
        cdef int32_t* said = self._room
        self._room = NULL
        if said == NULL:
            said = <int32_t*>malloc(((1 << _SAID_BITS) + 1) * sizeof(int32_t))
            if said == NULL:
                raise MemoryError
            said[1 << _SAID_BITS] = _FAR
        if said[1 << _SAID_BITS] >= _FAR:
            memset(said, 0xE0, (1 << _SAID_BITS) * sizeof(int32_t))
            said[1 << _SAID_BITS] = 0
        return said

    cdef void _give_back(self, int32_t* said, int n) noexcept:
        """Take back what was lent to read n characters."""
        said[1 << _SAID_BITS] += n + _RECENT_CHARACTERS + 1
        if self._room == NULL:
            self._room = said
        else:
            free(said)

    cdef void _update(self, uint64_t key, double error, double rate) noexcept nogil:
        cdef uint64_t place = _mixed(key) & ((<uint64_t>1 << self.bits) - 1)
        self._squares[place] += <float>(error * error)
        self._weights[place] += <float>(rate * error / sqrt(0.5 + self._squares[place]))

    cdef double _read(self, const Py_UCS4* x, int n, double* sums, int32_t* said) noexcept nogil:
        """The sum of a text, and up to every place in `sums`. What was said a few characters before says
        nothing new; `said` is borrowed."""
        cdef uint64_t c, c1 = 1, c2 = 1
        cdef double total = 0
        cdef int k, base = said[1 << _SAID_BITS]
        if self._table.slots:
            return _add_up(&self._table, (<uint64_t>1 << self.bits) - 1, x, n, sums, said)
        for k in range(n):
            c = <uint32_t>x[k]
            if not _is_read(<uint32_t>c):
                c = 1
            else:
                total += self._heard(c1 << 21 | c, base + k, said)
                if c1 != 1:
                    total += self._heard(<uint64_t>1 << 62 | c2 << 42 | c1 << 21 | c, base + k, said)
            c2 = c1
            c1 = c
            if sums:
                sums[k + 1] = total
        return total

    cdef float _heard(self, uint64_t key, int k, int32_t* said) noexcept nogil:
        """The weight of a feature at k that is still being learned, 0 where it stood less
        than _RECENT_CHARACTERS before."""
        cdef uint64_t place = _mixed(key) & ((<uint64_t>1 << self.bits) - 1)
        cdef int32_t* last = said + (place & ((1 << _SAID_BITS) - 1))
        cdef bint new = k - last[0] > _RECENT_CHARACTERS
        last[0] = k
        return self._weights[place] if new and self._weights else 0

    cdef void _move(self, const Py_UCS4* x, int n, double error, double rate) noexcept nogil:
        """One step of gradient descent."""
        cdef uint64_t c, c1 = 1, c2 = 1
        cdef int k
        for k in range(n):
            c = <uint32_t>x[k]
            if not 0x4E00 <= c <= 0x9FD5:
                c = 1
            else:
                self._update(c1 << 21 | c, error, rate)
                if c1 != 1:
                    self._update(<uint64_t>1 << 62 | c2 << 42 | c1 << 21 | c, error, rate)
            c2 = c1
            c1 = c

    def score(self, str text not None):
        """The evidence of a text in nats; above 0 it speaks for the spinner."""
        cdef int n = _size(text)
        cdef int32_t* said = self._borrow()
        cdef Py_UCS4* x = NULL
        cdef double total
        try:
            x = PyUnicode_AsUCS4Copy(text)
            with nogil:
                total = self._read(x, n, NULL, said)
        finally:
            self._give_back(said, n)
            PyMem_Free(x)
        return total

    def sums(self, str text not None, list places not None):
        """The evidence of a text up to each of `places` (code points), in nats."""
        cdef Py_UCS4* x = NULL
        cdef int n = _size(text), k
        cdef list out = []
        cdef Py_ssize_t bound
        cdef list bounds = []
        for place in places:
            bound = place
            bounds.append(min(max(0, bound), n))
        if self._last is not None and text == self._last:
            for k in bounds:
                out.append(self._last_sums[k])
            return out
        cdef int32_t* said = self._borrow()
        cdef double* sums = <double*>malloc((<size_t>n + 1) * sizeof(double))
        try:
            if not sums:
                raise MemoryError
            x = PyUnicode_AsUCS4Copy(text)
            sums[0] = 0
            with nogil:
                self._read(x, n, sums, said)
            for k in bounds:
                out.append(sums[k])
        finally:
            self._give_back(said, n)
            PyMem_Free(x)
            free(sums)
        return out

    cdef void look(
        self, const Py_UCS4* x, int n, double weight, double* sums, int32_t* said, double* found
    ) noexcept nogil:
        """What `glance` gives for n characters, into `found`, and the evidence up to every place
        into `sums`; `said` is borrowed."""
        sums[0] = 0
        self._read(x, n, sums, said)
        found[0] = _likeliest(x, n, sums, weight, &found[1])

    cdef void keep(self, str text, double weight, double* sums, const double* found) noexcept:
        """Keep what was read of a text for whoever asks next; `sums` are given away."""
        free(self._last_sums)
        self._last, self._last_sums, self._last_weight = text, sums, weight
        self._last_likeliest, self._last_total = found[0], found[1]

    def glance(self, str text not None, double weight):
        """(what speaks for the likeliest run of sentences, what speaks for the whole text), in nats, where the evidence
        counts `weight` times; see `despin.kernel.sentences`."""
        if self._last is text and self._last_weight == weight:
            return self._last_likeliest, self._last_total
        cdef int n = _size(text)
        cdef int32_t* said = self._borrow()
        cdef Py_UCS4* x = NULL
        cdef double* sums = <double*>malloc((<size_t>n + 1) * sizeof(double))
        cdef double found[2]
        try:
            if not sums:
                raise MemoryError
            x = PyUnicode_AsUCS4Copy(text)
            with nogil:
                self.look(x, n, weight, sums, said, found)
            self.keep(text, weight, sums, found)
            sums = NULL
        finally:
            self._give_back(said, n)
            PyMem_Free(x)
            free(sums)
        return found[0], found[1]

    def learn(self, str text not None, bint spun, double rate):
        """One step of logistic regression on a text; returns its evidence before."""
        cdef int n = _size(text)
        cdef Py_UCS4* x
        cdef double total, error
        if not self._weights:
            raise ValueError("evidence that was read cannot learn")
        self._last = None
        x = PyUnicode_AsUCS4Copy(text)
        cdef int32_t* said = NULL
        try:
            said = self._borrow()
            with nogil:
                total = self._read(x, n, NULL, said)
                error = (1.0 if spun else 0.0) - 1.0 / (1.0 + exp(-total))
                if fabs(error) >= 0.002:
                    self._move(x, n, error, rate)
        finally:
            PyMem_Free(x)
            if said != NULL:
                self._give_back(said, n)
        return total

    def learned(self, double least):
        """(indices, weights, what each did in learning) of weights of at least `least`; see `_strong`."""
        if not self._weights:
            raise ValueError("evidence that was read was not learned here")
        return _strong(self._weights, self._squares, <size_t>1 << self.bits, least)


cdef inline bint _ends(uint32_t c) noexcept nogil:
    """Whether a character ends a sentence."""
    return c == 0x3002 or c == 0xFF01 or c == 0xFF1F or c == 33 or c == 63 or c == 0xFF1B or c == 59


cdef inline bint _closes(uint32_t c) noexcept nogil:
    """Whether a character belongs to the sentence that ended before it."""
    return c == 0x201D or c == 0x2019 or c == 0x300D or c == 0x300F or c == 0xFF09 or c == 41


cdef int _sentence_end(const Py_UCS4* x, int n, int start) noexcept nogil:
    """Where the sentence ends that begins at `start`, however long."""
    cdef int end = start
    while end < n and not _ends(x[end]) and x[end] != 10:
        end += 1
    if end < n and x[end] == 10:
        return end + 1
    while end < n and _ends(x[end]):
        end += 1
    while end < n and _closes(x[end]):
        end += 1
    return end


cdef int _cut(const Py_UCS4* x, int start) noexcept nogil:
    """Where a sentence is cut that is too long."""
    cdef int k
    for k in range(start + _LONGEST - 1, start + _LONGEST // 2 - 1, -1):
        if x[k] == 0xFF0C or x[k] == 44 or x[k] == 0x3001 or x[k] == 32:
            return k + 1
    return start + _LONGEST


cdef double _likeliest(const Py_UCS4* x, int n, const double* sums, double weight, double* total) noexcept nogil:
    """What speaks for the likeliest run of sentences, less what its borders cost, and for all of them."""
    cdef double best = -_MOST, run = -INFINITY, cost = 0, score
    cdef int start = 0, end, whole = 0
    total[0] = 0
    while start < n:
        if start == whole:
            whole = _sentence_end(x, n, start)
        end = whole if whole - start <= _LONGEST else _cut(x, start)
        score = weight * (sums[end] - sums[start])
        total[0] += score
        run = max(run, -cost) + score
        cost = 0 if end == n else _LINE_BORDER if x[end - 1] == 10 else _SENTENCE_BORDER
        best = max(best, run - cost)
        start = end
    return best


cdef tuple _strong(const float* weights, const float* squares, size_t many, double least):
    """(indices, weights, what each did in learning) of weights of at least `least`, as bytes of
    uint32, float32 and float32. A weight did much that is large and moved often: its size times the
    root of the sum of its squared errors."""
    cdef size_t k, count = 0, kept = 0
    for k in range(many):
        count += fabs(weights[k]) >= least
    indices, values, deeds = bytearray(4 * count), bytearray(4 * count), bytearray(4 * count)
    cdef uint32_t* into = <uint32_t*><char*>indices
    cdef float* value = <float*><char*>values
    cdef float* deed = <float*><char*>deeds
    for k in range(many):
        if fabs(weights[k]) >= least:
            into[kept] = <uint32_t>k
            value[kept] = weights[k]
            deed[kept] = <float>(fabs(weights[k]) * sqrt(squares[k]))
            kept += 1
    return bytes(indices), bytes(values), bytes(deeds)
