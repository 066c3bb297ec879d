# Part of program.pyx: what the words of a text say of who wrote them.

cdef enum:
    _KEPT_BITS = 14         # words whose odds are remembered
    _COLUMNS = 3            # what is remembered for each program
    _COUNTED = 32           # words whose frequency is remembered while the programs are asked what they write for them
    _TOGETHER = 48          # words that are looked up at once

#: A word that was met, and how often; its odds stand at the same place.
cdef struct Met:
    uint32_t word
    uint32_t count


@cython.final
cdef class WordOdds:
    """What the words of a text say for programs against people. `programs` are segmenters of one table. A word says
    at most `most` nats, and so much less, `again` times, each time that it comes again; `strange` is the share of
    words that were written after spinning, `rare` the log probability of a word that the dictionary does not count.
    Safe to share between threads."""
    cdef list _programs
    cdef Segmenter _words
    cdef int _size
    cdef double _strange, _most, _again, _rare
    # By the hash of a word: one and the word; and how many times as often as people each program writes it, then its
    # log odds, then how often each program writes it.
    cdef uint32_t* _known
    cdef double* _rows
    # Words that are counted, and how often people write them, for as long as one form is asked for.
    cdef uint32_t _counted_words[_COUNTED]
    cdef double _counted_shares[_COUNTED]
    cdef int _counted

    def __cinit__(self, list programs not None, double strange, double most, double again, double rare):
        if not programs:
            raise ValueError("no programs")
        for one in programs:
            if (<Segmenter?>one).nwords != (<Segmenter>programs[0]).nwords:
                raise ValueError("programs of different tables")
        self._programs, self._words, self._size = list(programs), programs[0], <int>len(programs)
        self._strange, self._most, self._again, self._rare = strange, most, again, rare
        self._known = <uint32_t*>calloc(1 << _KEPT_BITS, sizeof(uint32_t))
        self._rows = <double*>malloc((_COLUMNS * sizeof(double) << _KEPT_BITS) * self._size)
        if not (self._known and self._rows):
            raise MemoryError

    def __dealloc__(self):
        free(self._known); free(self._rows)

    def of(self, str text not None):
        """What the words of a text say, in nats by the number of the program. A program writes
        forms that jieba cuts in two."""
        cdef Token* out = NULL
        cdef Py_UCS4* s = NULL
        cdef Met* met = NULL
        cdef int32_t* places = NULL     # by hash, of a word among those met, and one
        # Of each word, and of what it makes with the next one; 0 for none with Chinese characters.
        cdef uint32_t* numbers = NULL
        cdef double* odds = NULL
        cdef int count = 0, size = self._size, i = 0, k, many = 0, place
        cdef uint32_t word, mask = 1
        cdef double weight
        cdef list sums = [0.0] * size
        try:
            count = self._words._tokens(text, &s, &out)
            while mask < 2 * <uint32_t>count + 2:
                mask *= 2
            met = <Met*>malloc((count + 1) * sizeof(Met))
            places = <int32_t*>calloc(mask, sizeof(int32_t))
            numbers = <uint32_t*>malloc((2 * <size_t>count + 2) * sizeof(uint32_t))
            odds = <double*>malloc((count + 3) * size * sizeof(double))
            if not (met and places and numbers and odds):
                raise MemoryError
            mask -= 1
            self._number_all(s, out, count, numbers)
            self._expect(numbers, 2 * count)
            while i < count:
                # The odds of a word that is new are behind those of all others.
                word = self._joined(numbers + 2 * i, odds + many * size) if i + 1 < count else 0
                i += 2 if word else 1
                if not word:
                    word = self._alone(numbers[2 * i - 2], odds + many * size)
                if not word:
                    continue
                place = _met(met, places, mask, word, &many)
                if met[place].count > 1:
                    memcpy(odds + place * size, odds + many * size, size * sizeof(double))
            for place in range(many):
                weight = (1 - self._again ** met[place].count) / (1 - self._again)
                for k in range(size):
                    sums[k] += weight * odds[place * size + k]
        finally:
            PyMem_Free(s); free(out)
            free(met); free(places); free(numbers); free(odds)
        return tuple(sums)

    cdef void _number_all(self, const Py_UCS4* s, const Token* tokens, int count, uint32_t* numbers) noexcept:
        """Number each word, and what it makes with the next one; people write numbers and
        marks at any time, which are 0."""
        cdef int i
        cdef bint before = False, now
        for i in range(count):
            now = _has_han(s, tokens + i)
            numbers[2 * i] = self._number(s, tokens[i].start, tokens[i].end) if now else 0
            numbers[2 * i + 1] = 0
            if before and now:
                numbers[2 * i - 1] = self._number(s, tokens[i - 1].start, tokens[i].end)
            before = now

    cdef void _expect(self, const uint32_t* words, int count) noexcept:
        """Have what is asked of words that are not remembered on its way from memory, which is all over the place:
        first what is asked first of all of them, then what that leads to."""
        cdef Segmenter program
        cdef const uint32_t* found
        cdef uint32_t unknown[_TOGETHER]
        cdef uint32_t word, many
        cdef int stage, i = 0, k, j, size
        while i < count:
            size = 0
            while i < count and size < _TOGETHER:
                word = words[i]
                if word and self._known[self._slot(word)] != word + 1:
                    unknown[size] = word
                    size += 1
                i += 1
            for stage in range(4):
                for j in range(size):
                    word = unknown[j]
                    if not stage:
                        prefetch(self._words.logf + word)
                        prefetch(self._words.flag + word)
                    for k in range(self._size):
                        program = <Segmenter>self._programs[k]
                        if not stage:
                            prefetch(program.forms_marked.bits + (word >> 6))
                            prefetch(program.forms_marked.before + (word >> 6))
                        elif not program.is_written(word):
                            continue
                        elif stage == 1:
                            prefetch(program.poff + place_of(&program.forms_marked, word))
                        elif stage == 2:
                            prefetch(program.written_for(word, &many))
                        else:
                            found = program.written_for(word, &many)
                            prefetch(self._words.logf + found[0])
            for j in range(size):
                self._of_word(unknown[j])

    cdef inline uint32_t _slot(self, uint32_t word) noexcept nogil:
        """Where a word is remembered."""
        return word * <uint32_t>0x9E3779B1 >> (32 - _KEPT_BITS)

    cdef uint32_t _number(self, const Py_UCS4* s, int start, int end) noexcept:
        """The number of the word s[start:end], 0 for none."""
        cdef uint32_t node = self._words.nwords
        cdef int k
        for k in range(start, end):
            node = self._words.step(node, s[k])
            if not node:
                return 0
        return node if node < self._words.nwords else 0

    cdef double _people(self, uint32_t word) noexcept:
        """How often people write a word."""
        return exp(self._words.logf[word] if word and self._words.logf[word] <= 0 else self._rare)

    cdef double _share(self, uint32_t word) noexcept:
        """The same, from memory where the word was asked for lately."""
        cdef int k
        for k in range(self._counted):
            if self._counted_words[k] == word:
                return self._counted_shares[k]
        k = self._counted if self._counted < _COUNTED else 0
        self._counted_words[k] = word
        self._counted_shares[k] = self._people(word)
        self._counted = max(self._counted, k + 1)
        return self._counted_shares[k]

    cdef double _written(self, Segmenter program, uint32_t form) noexcept:
        """How often a program writes a form for other words."""
        cdef double total = 0
        cdef uint32_t k, word, count = 0
        cdef const uint32_t* found = program.written_for(form, &count)
        cdef int r, drawn
        for k in range(count):
            word = found[k]
            drawn = program.nranks
            if drawn > 1:
                drawn = 0
                for r in range(program.nranks):
                    drawn += program.image_of(r, word) == form
            total += (
                self._share(word) if drawn == program.nranks else self._share(word) * (<double>drawn / program.nranks)
            )
        return total

    cdef bint _stands(self, Segmenter program, uint32_t word) noexcept:
        """Whether a program leaves a word as it is."""
        cdef uint32_t image = program.image_of(0, word) if word else 0
        return image == 0 or image == word or not program.can_change(word)

    cdef const double* _of_word(self, uint32_t word) noexcept:
        """How many times as often as people each program writes a word, behind that the log odds of each, and behind
        that how often each writes it; they stand there until another word is asked for."""
        cdef uint32_t slot = self._slot(word)
        cdef double* row = self._rows + <size_t>slot * _COLUMNS * self._size
        cdef Segmenter program
        cdef int k
        if self._known[slot] != word + 1:
            # The programs write the same form for many of the same words.
            self._counted = 0
            for k in range(self._size):
                program = <Segmenter>self._programs[k]
                row[2 * self._size + k] = self._written(program, word) if word else 0.0
                row[k] = row[2 * self._size + k] / self._people(word) + self._stands(program, word)
                row[self._size + k] = self._nats(row[k])
            self._known[slot] = word + 1
        return row

    cdef uint32_t _alone(self, uint32_t word, double* odds) noexcept:
        """The number of a word, 0 where it says nothing; puts down its odds."""
        if not word:
            return 0
        memcpy(odds, self._of_word(word) + self._size, self._size * sizeof(double))
        return word if self._says(odds) else 0

    cdef uint32_t _joined(self, const uint32_t* numbers, double* odds) noexcept:
        """The number of the word that one makes with the next one, 0 where no program writes it; puts down its odds,
        with as much again behind them."""
        cdef uint32_t form = numbers[1]
        cdef const double* shares
        cdef bint written = False
        cdef double people
        cdef int k
        if not form:
            return 0
        shares = self._of_word(form) + 2 * self._size
        for k in range(self._size):
            odds[k] = shares[k]
            written = written or odds[k] > 0
        if not written:
            return 0
        people = self._people(numbers[0]) * self._people(numbers[2])
        memcpy(odds + self._size, self._of_word(numbers[0]), self._size * sizeof(double))
        shares = self._of_word(numbers[2])
        for k in range(self._size):
            odds[k] = self._nats(odds[k] / people + odds[self._size + k] * shares[k])
        return form if self._says(odds) else 0

    cdef double _nats(self, double share) noexcept:
        """The log odds of what a program writes so many times as often as people."""
        # Most words say nothing, and a logarithm takes longest.
        return 0.0 if share == 1.0 else min(self._most, log(self._strange + (1 - self._strange) * share))

    cdef bint _says(self, const double* odds) noexcept:
        """Whether odds say anything."""
        cdef int k
        for k in range(self._size):
            if odds[k] != 0.0:
                return True
        return False


cdef bint _has_han(const Py_UCS4* s, const Token* token) noexcept nogil:
    cdef int k
    for k in range(token.start, token.end):
        if 0x3400 <= s[k] <= 0x9FFF:
            return True
    return False


cdef int _met(Met* met, int32_t* places, uint32_t mask, uint32_t word, int* many) noexcept nogil:
    """Where a word is among those that were met, counted; a new one is the last."""
    cdef uint32_t slot = (word * <uint32_t>0x9E3779B1 >> 7) & mask
    while places[slot]:
        if met[places[slot] - 1].word == word:
            met[places[slot] - 1].count += 1
            return places[slot] - 1
        slot = (slot + 1) & mask
    met[many[0]].word = word
    met[many[0]].count = 1
    many[0] += 1
    places[slot] = many[0]
    return many[0] - 1
