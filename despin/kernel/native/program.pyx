# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, initializedcheck=False
"""A segmented spinner, forwards: jieba's words and flags, and what the program writes for them.

Words and flags are those of `jieba.posseg` with its stock dictionary and its hidden Markov model, to the last token;
sums are in its order and its precision, so that ties fall as they do there.
"""

from cpython.buffer cimport Py_buffer, PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.mem cimport PyMem_Free
from libc.math cimport INFINITY
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, realloc
from libc.string cimport memcpy, memset

from despin.errors import ModelError
from despin.kernel.program_blob import RANKS, unpack

cdef extern from "Python.h":
    Py_UCS4* PyUnicode_AsUCS4Copy(object text) except NULL
    object PyUnicode_FromKindAndData(int kind, const void* data, Py_ssize_t size)

#: What jieba writes for the logarithm of nothing.
cdef double MIN_FLOAT = -3.14e100

cdef int NRANKS = RANKS


cdef const void* start_of(object data) except? NULL:
    """Where the bytes of an object begin, which whoever asks has to hold."""
    cdef Py_buffer view
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    PyBuffer_Release(&view)
    return view.buf


cdef uint64_t _sum(const uint8_t* data, Py_ssize_t size) noexcept nogil:
    cdef uint64_t lanes[4]
    cdef uint64_t item, total = <uint64_t>size
    cdef Py_ssize_t place = 0
    cdef int k
    for k in range(4):
        lanes[k] = <uint64_t>0x9E3779B97F4A7C15 * <uint64_t>(k + 1)
    while place + 32 <= size:
        for k in range(4):
            memcpy(&item, data + place + 8 * k, 8)
            lanes[k] += item * <uint64_t>0xC2B2AE3D27D4EB4F
            lanes[k] = (lanes[k] << 31 | lanes[k] >> 33) * <uint64_t>0x9E3779B185EBCA87
        place += 32
    while place < size:
        total = (total ^ data[place]) * <uint64_t>0x100000001B3
        place += 1
    for k in range(4):
        total = (total ^ lanes[k]) * <uint64_t>0x9E3779B185EBCA87
        total ^= total >> 29
    return total


def seal(data not None):
    """A checksum of 64 bits."""
    cdef uint64_t total = 0
    cdef Py_buffer view
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    with nogil:
        total = _sum(<const uint8_t*>view.buf, view.len) if view.len else 0
    PyBuffer_Release(&view)
    return total


cdef Py_ssize_t _shared(str word, str last):
    cdef Py_ssize_t shared = 0, size = min(len(word), len(last))
    while shared < size and word[shared] == last[shared]:
        shared += 1
    return shared


def trie(list words not None, bytes known not None):
    """The trie of sorted distinct words, the first of them "": (edges, first, infreq, number of nodes), as in
    `despin.kernel.program_blob`; `known` is 1 for the dictionary's words."""
    cdef Py_ssize_t count = len(words), number, size, shared, place
    cdef uint64_t slots = 1 << 12, needed = 0, mask, key, slot
    cdef str word, last = ""
    cdef const uint8_t* marks = <const uint8_t*><const char*>known
    for number in range(1, count):
        word = words[number]
        if not 0 < len(word) < 256 or len(known) != count:
            raise ValueError("words of 1 to 255 characters, and a mark for each")
        needed += len(word) - _shared(word, last)
        last = word
    while slots * 7 < needed * 10:
        slots *= 2
    mask = slots - 1
    cdef bytearray edge_bytes = bytearray(slots * 8), first_bytes = bytearray(4 << 16)
    cdef bytearray node_bytes = bytearray(count + 1 + needed)
    cdef uint64_t* edges = <uint64_t*><char*>edge_bytes
    cdef uint32_t* first = <uint32_t*><char*>first_bytes
    cdef uint8_t* nodes = <uint8_t*><char*>node_bytes
    cdef uint32_t path[256]
    cdef uint32_t nnodes = count + 1
    path[0] = count
    last = ""
    for number in range(1, count):
        word = words[number]
        size = len(word)
        for place in range(_shared(word, last), size):
            path[place + 1] = number
            if place + 1 < size:
                path[place + 1] = nnodes
                nnodes += 1
            if place == 0:
                first[<uint32_t>word[0] & 0xFFFF] = path[1]
                continue
            key = <uint64_t>path[place] << 16 | <uint32_t>word[place]
            slot = (key * <uint64_t>0x9E3779B97F4A7C15 >> 20) & mask
            while edges[slot]:
                slot = (slot + 1) & mask
            edges[slot] = key << 24 | path[place + 1]
        if marks[number]:
            for place in range(1, size + 1):
                nodes[path[place]] |= 1
            nodes[path[size]] |= 2
        last = word
    return bytes(edge_bytes), bytes(first_bytes), bytes(node_bytes[:nnodes]), nnodes


cdef class Segmenter:
    """jieba's words and flags of a text and, for a program of eligible `flags` and of
    `ranks`, what it may write for them.

    `blob` are the data of `despin.spinners.dictionary`, as bytes or a memory map. Raises `ModelError` for a blob that
    is damaged: its seal and every index in it are checked once, here. Safe to share between threads.
    """

    def __cinit__(self, blob, flags=(), rank=1, Segmenter like=None):
        if like is not None and like._blob is not blob:
            raise ValueError("a program of other data")
        self._map(blob, like is not None)
        if like is not None:
            self._whole_one = like if like._whole_one is None else like._whole_one
            self.hints, self.runs = like.hints, like.runs
        self._prepare()
        self._program(flags, rank if isinstance(rank, tuple) else (rank,))

    def __dealloc__(self):
        if self._own_hints:
            free(self.hints)
            free(self.runs)
        free(self.after)
        free(self.rows_marked.bits)
        free(self.rows_marked.before)
        free(self.forms_marked.bits)
        free(self.forms_marked.before)
        free(self.poff)
        free(self.plist)

    def program(self, flags, *ranks):
        """A segmenter of the same data for another program: `flags` that it replaces, by a neighbour of one of these
        ranks (1 where none is given)."""
        return Segmenter(self._blob, flags, ranks or 1, self)

    @property
    def blob(self):
        """The data, as they were given."""
        return self._blob

    cdef int _map(self, object blob, bint checked) except -1:
        found = unpack(blob, None if checked else seal)
        self._blob, self._held = blob, memoryview(blob)
        self.logtotal = (<const double*>start_of(found["logtotal"]))[0]
        self.edges = <const uint64_t*>start_of(found["edges"])
        self.mask = len(found["edges"]) // 8 - 1
        self.first = <const uint32_t*>start_of(found["first"])
        self.infreq = <const uint8_t*>start_of(found["infreq"])
        self.nwords, self.nnodes = len(found["flag"]), len(found["infreq"])
        self.logf = <const double*>start_of(found["logf"])
        self.flag = <const uint8_t*>start_of(found["flag"])
        self.length = <const uint8_t*>start_of(found["length"])
        self.offsets = <const uint32_t*>start_of(found["offsets"])
        self.strings = <const uint16_t*>start_of(found["strings"])
        self.nrows = len(found["rows"]) // 4
        self.rows = <const uint32_t*>start_of(found["rows"])
        self.near = <const uint32_t*>start_of(found["near"])
        self.states = len(found["stag"])
        self.startp = <const double*>start_of(found["start"])
        self.trans = <const double*>start_of(found["trans"])
        self.eoff = <const uint32_t*>start_of(found["eoff"])
        self.estate = <const uint8_t*>start_of(found["estate"])
        self.evalue = <const double*>start_of(found["evalue"])
        self.eintab = <const uint8_t*>start_of(found["eintab"])
        self.characters = <const uint16_t*>start_of(found["characters"])
        self.stag = <const uint8_t*>start_of(found["stag"])
        self.spos = <const uint8_t*>start_of(found["spos"])
        try:
            self.flags = bytes(found["names"]).decode().split("\n")
        except UnicodeDecodeError:
            self.flags = []
        for name in ("", "x", "m", "eng"):
            if name not in self.flags or len(self.flags) > 255:
                raise ModelError("the data of the spinner program are damaged (flags)")
        self.xflag, self.mflag, self.engflag = [self.flags.index(name) for name in ("x", "m", "eng")]
        if checked:
            return 0
        self._room_for_hints()
        cdef bint whole
        cdef uint32_t units = len(found["strings"]) // 2, emissions = len(found["estate"])
        cdef uint32_t rows = len(found["eoff"]) // 4, names = len(self.flags)
        with nogil:
            whole = self._whole(units, emissions, rows, names)
        if not whole:
            raise ModelError("the data of the spinner program are damaged (an index lies outside)")
        return 0

    cdef bint _whole(self, uint32_t units, uint32_t emissions, uint32_t rows, uint32_t names) noexcept nogil:
        cdef uint64_t slot, hashed, empty = 0
        cdef uint32_t k
        for slot in range(self.mask + 1):
            # All edges are marked by the way.
            if self.edges[slot]:
                hashed = (self.edges[slot] >> 24) * <uint64_t>0x9E3779B97F4A7C15
                self.hints[hashed >> (70 - _HINT_BITS)] |= <uint64_t>1 << (hashed >> (64 - _HINT_BITS) & 63)
            if self.edges[slot] == 0:
                empty += 1
            elif (self.edges[slot] & 0xFFFFFF) >= self.nnodes or (self.edges[slot] & 0xFFFFFF) == 0:
                return False
        if empty == 0 or self.offsets[0] != 0 or self.offsets[self.nwords] > units:
            return False
        for k in range(1 << 16):
            if self.first[k] >= self.nnodes or self.characters[k] >= rows:
                return False
        for k in range(self.nwords):
            if self.offsets[k + 1] < self.offsets[k] or self.offsets[k + 1] - self.offsets[k] != self.length[k]:
                return False
            if self.flag[k] >= names:
                return False
        for k in range(self.nrows):
            if self.rows[k] >= self.nwords or self.rows[k] == 0 or (k and self.rows[k] <= self.rows[k - 1]):
                return False
        for k in range(NRANKS * self.nrows):
            if self.near[k] >= self.nwords or self.near[k] == 0:
                return False
        if self.eoff[0] != 0 or self.eoff[rows - 1] > emissions:
            return False
        for k in range(1, rows):
            if self.eoff[k] < self.eoff[k - 1]:
                return False
        for k in range(emissions):
            if self.estate[k] >= self.states:
                return False
        for k in range(<uint32_t>self.states):
            if self.stag[k] >= names or self.spos[k] > 3:
                return False
        return True

    cdef int _room_for_hints(self) except -1:
        """Make room for marks of edges, and for runs that are remembered."""
        self._own_hints = True
        self.runs = <uint64_t*>calloc(3 << _RUN_BITS, sizeof(uint64_t))
        self.hints = <uint64_t*>calloc(1 << (_HINT_BITS - 6), sizeof(uint64_t))
        if not (self.hints and self.runs):
            raise MemoryError
        return 0

    cdef int _prepare(self) except -1:
        """Which states of the hidden Markov model may follow which."""
        cdef int n = self.states, y, y0, many
        self.after = <uint64_t*>calloc(n * 4, 8)
        if not self.after:
            raise MemoryError
        memset(self.pair, 0, sizeof(self.pair))
        for y0 in range(n):
            many = 0
            for y in range(n):
                if self.trans[y0 * n + y] > -INFINITY:
                    self.after[4 * y0 + (y >> 6)] |= <uint64_t>1 << (y & 63)
                    self.pair[y0][many & 1] = y
                    many += 1
            self.many[y0] = many > 2
        return 0

    cdef int _program(self, object flags, tuple ranks) except -1:
        """Which words the program changes into which, and the way back: a word that becomes another
        by two ranks stands there once."""
        cdef uint32_t* counts
        cdef uint32_t* rows
        cdef uint32_t k, r, forms, changed = 0
        for rank in ranks:
            if not 1 <= rank <= RANKS:
                raise ValueError(f"rank {rank}: 1 to {RANKS}")
        if not 1 <= len(ranks) <= _MOST_RANKS:
            raise ValueError(f"{len(ranks)} ranks: 1 to {_MOST_RANKS}")
        self.ranks, self.nranks = ranks, <int>len(ranks)
        for r in range(<uint32_t>self.nranks):
            self.rank_of[r] = ranks[r] - 1
        memset(self.eligible, 0, 256)
        for k, name in enumerate(self.flags):
            self.eligible[k] = name in flags and name != ""
        self._mark(&self.rows_marked)
        self._mark(&self.forms_marked)
        for k in range(self.nrows):
            self.rows_marked.bits[self.rows[k] >> 6] |= <uint64_t>1 << (self.rows[k] & 63)
        self._count(&self.rows_marked)
        self.plist = <uint32_t*>malloc((<size_t>self.nrows * self.nranks + 1) * 4)
        counts = <uint32_t*>calloc(self.nwords + 1, 4)
        rows = <uint32_t*>malloc((<size_t>self.nrows + 1) * 4)
        try:
            if not (self.plist and counts and rows):
                raise MemoryError
            with nogil:
                for k in range(self.nrows):
                    if self.can_change(self.rows[k]):
                        rows[changed] = k
                        changed += 1
                self._way_back(rows, changed, counts, False)
                forms = self._count(&self.forms_marked)
            self.poff = <uint32_t*>calloc(forms + 2, 4)
            if not self.poff:
                raise MemoryError
            with nogil:
                self._bound(counts)
                self._way_back(rows, changed, counts, True)
        finally:
            free(counts)
            free(rows)
        return 0

    cdef int _mark(self, Marked* marked) except -1:
        """Room for marks of words."""
        marked.bits = <uint64_t*>calloc((self.nwords >> 6) + 1, 8)
        marked.before = <uint32_t*>calloc((self.nwords >> 6) + 1, 4)
        if not (marked.bits and marked.before):
            raise MemoryError
        return 0

    cdef uint32_t _count(self, Marked* marked) noexcept nogil:
        """Count marked words; how many there are."""
        cdef uint32_t k, total = 0
        for k in range((self.nwords >> 6) + 1):
            marked.before[k] = total
            total += popcount(marked.bits[k])
        return total

    cdef void _way_back(self, const uint32_t* rows, uint32_t count, uint32_t* counts, bint listed) noexcept nogil:
        """Count for how many words of these rows the program writes each, which is marked, or
        list them where `counts` says."""
        cdef uint32_t k, image
        cdef int r
        for k in range(count):
            for r in range(self.nranks):
                if r and not self._first_to(rows[k], r):
                    continue
                image = self.near[<Py_ssize_t>self.rank_of[r] * self.nrows + rows[k]]
                if listed:
                    self.plist[counts[image]] = self.rows[rows[k]]
                else:
                    self.forms_marked.bits[image >> 6] |= <uint64_t>1 << (image & 63)
                counts[image] += 1

    cdef void _bound(self, uint32_t* counts) noexcept nogil:
        """Where the words of each form begin in their list, in place of how many they are."""
        cdef uint32_t block, word, place = 0
        cdef uint64_t left
        for block in range((self.nwords >> 6) + 1):
            left = self.forms_marked.bits[block]
            while left:
                word = block << 6 | ctz(left)
                left &= left - 1
                self.poff[place + 1] = self.poff[place] + counts[word]
                counts[word] = self.poff[place]
                place += 1

    cdef bint _first_to(self, uint32_t row, int r) noexcept nogil:
        """Whether no rank before the program's rth gives the word of a row the same image."""
        cdef int before
        cdef uint32_t image = self.near[<Py_ssize_t>self.rank_of[r] * self.nrows + row]
        for before in range(r):
            if self.near[<Py_ssize_t>self.rank_of[before] * self.nrows + row] == image:
                return False
        return True

    # ------------------------------------------------------------ words

    cdef uint32_t find(self, str text) noexcept:
        cdef uint32_t node = self.nwords
        cdef Py_UCS4 c
        for c in text:
            node = self.step(node, c)
            if not node:
                return 0
        return node if node < self.nwords else 0

    def number(self, str word not None):
        """The number of a word, 0 for a string that is none."""
        return self.find(word)

    def word(self, Py_ssize_t number):
        """The word of a number. Raises `IndexError`."""
        if not 0 <= number < <Py_ssize_t>self.nwords:
            raise IndexError(number)
        return PyUnicode_FromKindAndData(2, self.strings + self.offsets[number], self.length[number])

    def image(self, Py_ssize_t number, int rank=0):
        """The number of a word's neighbour of this rank (0: the program's first), 0 for a word without
        neighbours. Raises `IndexError`."""
        if not 0 <= number < <Py_ssize_t>self.nwords or not 0 <= rank <= RANKS:
            raise IndexError((number, rank))
        if rank == 0:
            return self.image_of(0, <uint32_t>number)
        if not is_marked(&self.rows_marked, <uint32_t>number):
            return 0
        return self.near[<Py_ssize_t>(rank - 1) * self.nrows + place_of(&self.rows_marked, <uint32_t>number)]

    def flag_of(self, str word not None):
        """The flag of a word that stands alone: the dictionary's, or what the hidden
        Markov model gives it; "" for none."""
        return self.flags[self.flag[self.find(word)]]

    def frequency(self, str word not None):
        """The log probability that the dictionary gives a word, None for a word that it does not count."""
        cdef uint32_t number = self.find(word)
        return self.logf[number] if number and self.logf[number] <= 0 else None

    cdef bint can_change(self, uint32_t word) noexcept nogil:
        """Whether the program can meet the word under one of its flags."""
        cdef uint32_t k, row
        if self.eligible[self.flag[word]]:
            return True
        if self.length[word] != 1:
            return False
        row = self.characters[self.strings[self.offsets[word]]]
        if row == 0:
            return False
        for k in range(self.eoff[row - 1], self.eoff[row]):
            if self.eintab[k] and self.spos[self.estate[k]] == 3 and self.eligible[self.stag[self.estate[k]]]:
                return True
        return False

    cdef bint replaces(self, uint32_t word) noexcept nogil:
        """Whether the program would have replaced a word of the dictionary, by whichever of its ranks."""
        cdef int r
        cdef uint32_t image
        if not self.eligible[self.flag[word]]:
            return False
        for r in range(self.nranks):
            image = self.image_of(r, word)
            if image == 0 or image == word:
                return False
        return True

    def forms(self, str text not None):
        """(words, pairs): the words of a text, and for each what it makes with the next one where
        that is a word too, else None."""
        cdef Token* out = NULL
        cdef Py_UCS4* s = NULL
        cdef int count, i, k
        cdef uint32_t node
        cdef list words = [], pairs = []
        try:
            count = self._tokens(text, &s, &out)
            for i in range(count):
                words.append(text[out[i].start : out[i].end])
                node = self.nwords if i + 1 < count else 0
                for k in range(out[i].start, out[i + 1].end if node else 0):
                    node = self.step(node, s[k])
                    if not node:
                        break
                pairs.append(text[out[i].start : out[i + 1].end] if 0 < node < self.nwords else None)
        finally:
            PyMem_Free(s); free(out)
        return words, pairs

    def preimages(self, str form not None):
        """The words that the program may write as `form`, ordered by code points."""
        cdef uint32_t word = self.find(form), k, count = 0
        cdef const uint32_t* found
        if not word:
            return ()
        found = self.written_for(word, &count)
        return tuple([self.word(found[k]) for k in range(count)])

    def changes(self, str word not None):
        """What the program writes for a word that it can change, by the first of its ranks, or None."""
        cdef uint32_t number = self.find(word)
        cdef uint32_t image = self.image_of(0, number) if number else 0
        return self.word(image) if image and self.can_change(number) else None

    # ------------------------------------------------------------ segmentation

    cdef int hmm(self, const Py_UCS4* s, int n, uint8_t* route) except -1 nogil:
        """The most likely states of n characters; of short runs, which come again and again, they are remembered. An
        entry that two threads write at once belongs to no run."""
        cdef uint64_t key = <uint64_t>n
        cdef uint64_t found[2]
        cdef uint64_t* kept
        cdef int k
        if n > _SHORT_RUN or not self.runs:
            return self._hmm(s, n, route)
        for k in range(n):
            key = (key ^ <uint32_t>s[k]) * <uint64_t>0x9E3779B97F4A7C15
            key ^= key >> 29
        kept = self.runs + 3 * (key >> (64 - _RUN_BITS))
        found[0], found[1] = kept[1], kept[2]
        if kept[0] == key ^ found[0] ^ found[1]:
            memcpy(route, found, n)
            return 0
        self._hmm(s, n, route)
        found[0] = found[1] = 0
        memcpy(found, route, n)
        kept[0], kept[1], kept[2] = key ^ found[0] ^ found[1], found[0], found[1]
        return 0

    cdef int _hmm(self, const Py_UCS4* s, int n, uint8_t* route) except -1 nogil:
        """The most likely states of n characters (`jieba.posseg.viterbi`)."""
        cdef size_t room = <size_t>n * 12 + 256, used = 0
        cdef uint8_t* states = <uint8_t*>malloc(room)       # those that each character may have, ascending
        cdef uint8_t* back = <uint8_t*>malloc(room)         # where the likeliest state before stands among those before
        cdef size_t* starts = <size_t*>malloc((<size_t>n + 1) * sizeof(size_t))     # by character, into states
        cdef uint8_t* larger = states
        cdef double values[2][256]
        cdef double emission[256]
        cdef double* value = values[0]
        cdef double* previous = values[1]
        cdef int t, k, best = 0, count = 0, before
        for t in range(n):
            if larger and used + 256 > room:
                room *= 2
                larger = <uint8_t*>realloc(states, room)
                if larger:
                    states = larger
                    larger = <uint8_t*>realloc(back, room)
                if larger:
                    back = larger
            if not (larger and back and starts):
                free(states); free(back); free(starts)
                raise MemoryError
            previous, value, before = value, previous, count
            starts[t] = used
            count = self._states_of(s[t], states + used - before, before, states + used, emission)
            if t:
                self._lead(previous, states + used - before, before, value, states + used, back + used, count, emission)
            else:
                for k in range(count):
                    value[k] = self.startp[states[k]] + emission[k]
            used += count
        for k in range(1, count):
            if value[k] >= value[best]:
                best = k
        for t in range(n - 1, -1, -1):
            route[t] = states[starts[t] + best]
            best = back[starts[t] + best] if t else 0
        free(states); free(back); free(starts)
        return 0

    cdef void _lead(
        self, const double* previous, const uint8_t* froms, int before, double* value, const uint8_t* states,
        uint8_t* back, int count, const double* emission
    ) noexcept nogil:
        """What leads best to each state, from those before with their values."""
        cdef int k, k0, i, last = before - 1
        cdef double p
        cdef const double* row
        cdef uint16_t place[256]    # by state, where it stands, and one
        # Where nothing leads to a state, jieba takes the last one before of which anything goes on.
        while last >= 0 and not (self.after[4 * froms[last]] | self.after[4 * froms[last] + 1]
                                 | self.after[4 * froms[last] + 2] | self.after[4 * froms[last] + 3]):
            last -= 1
        if last < 0:
            last = before - 1
        for k in range(count):
            value[k] = -INFINITY
            back[k] = last
        memset(place, 0, sizeof(place))
        for k in range(count):
            place[states[k]] = k + 1
        for k0 in range(before):
            row = self.trans + froms[k0] * self.states
            for i in range(count if self.many[froms[k0]] else 2):
                k = i if self.many[froms[k0]] else place[self.pair[froms[k0]][i]] - 1
                if k < 0:
                    continue
                p = previous[k0] + row[states[k]] + emission[k]
                if p >= value[k] and p > -INFINITY:
                    value[k] = p
                    back[k] = k0

    cdef int _states_of(
        self, uint32_t c, const uint8_t* froms, int before, uint8_t* states, double* emission
    ) noexcept nogil:
        """The states that a character may have after some others, ascending, and what they make
        of it; how many, 256 at most."""
        cdef uint64_t allowed[4]
        cdef uint32_t i, row = self.characters[c] if c < 65536 else 0
        cdef int k, y, every, count = 0
        memset(allowed, 0 if before else 255, sizeof(allowed))
        for k in range(before):
            for y in range(4):
                allowed[y] |= self.after[4 * froms[k] + y]
        if row:
            for i in range(self.eoff[row - 1], self.eoff[row]):
                y = self.estate[i]
                if self.eintab[i] and allowed[y >> 6] >> (y & 63) & 1 and count < 256:
                    states[count] = y
                    emission[count] = self.evalue[i]
                    count += 1
        for every in range(2):      # those that may follow; where there are none, all
            if count:
                break
            for y in range(self.states):
                if every or allowed[y >> 6] >> (y & 63) & 1:
                    states[count] = y
                    emission[count] = MIN_FLOAT
                    count += 1
            if row:
                for i in range(self.eoff[row - 1], self.eoff[row]):
                    for k in range(count):
                        if states[k] == self.estate[i]:
                            emission[k] = self.evalue[i]
        return count

    cdef int run_tokens(self, const Py_UCS4* s, int a, int b, Token* out, int n) except -1 nogil:
        """Words of s[a:b], characters that the dictionary leaves single, written to `out`
        from place n on; the next place."""
        cdef int i, j, k
        cdef uint32_t node = self.nwords
        cdef uint8_t* route
        if b - a == 1:
            return self.single(s, a, out, n)
        for i in range(a, b):
            node = self.step(node, s[i])
            if not node:
                break
        if node and node < self.nwords and self.logf[node] <= 0:
            for i in range(a, b):
                n = self.single(s, i, out, n)
            return n
        i = a
        while i < b:
            j = i + 1
            if self.is_han(s[i]):
                while j < b and self.is_han(s[j]):
                    j += 1
                route = <uint8_t*>malloc(j - i)
                if not route:
                    raise MemoryError
                try:
                    self.hmm(s + i, j - i, route)
                    n = self._states(i, j, route, out, n)
                finally:
                    free(route)
            elif s[i] == 46 or 48 <= s[i] <= 57:
                while j < b and (s[j] == 46 or 48 <= s[j] <= 57):
                    j += 1
                n = _put(out, n, i, j, self.mflag)
            elif _letter(s[i]):
                while j < b and (_letter(s[j]) or 48 <= s[j] <= 57):
                    j += 1
                n = _put(out, n, i, j, self.engflag)
            else:
                while j < b and not (self.is_han(s[j]) or _letter(s[j]) or s[j] == 46 or 48 <= s[j] <= 57):
                    j += 1
                n = _put(out, n, i, j, self.xflag)
            i = j
        return n

    cdef int _states(self, int i, int j, const uint8_t* route, Token* out, int n) noexcept nogil:
        """Words of the characters from i to j, from their states."""
        cdef int k, begin = 0, rest = 0
        for k in range(j - i):
            if self.spos[route[k]] == 0:
                begin = k
            elif self.spos[route[k]] == 2:
                n = _put(out, n, i + begin, i + k + 1, self.stag[route[k]])
                rest = k + 1
            elif self.spos[route[k]] == 3:
                n = _put(out, n, i + k, i + k + 1, self.stag[route[k]])
                rest = k + 1
        if rest < j - i:
            n = _put(out, n, i + rest, j, self.stag[route[rest]])
        return n

    cdef int single(self, const Py_UCS4* s, int a, Token* out, int n) noexcept nogil:
        cdef uint32_t node = self.first[s[a]] if s[a] < 65536 else 0
        return _put(
            out, n, a, a + 1,
            self.flag[node] if node and node < self.nwords and self.infreq[node] & 2 else self.xflag
        )

    cdef int segment(self, const Py_UCS4* s, int n, Token* out) except -1 nogil:
        """Words of s, as many as returned; `out` has room for n."""
        cdef int i = 0, j, count = 0
        cdef double* route = <double*>malloc((<size_t>n + 1) * sizeof(double))
        cdef int32_t* to = <int32_t*>malloc((<size_t>n + 1) * sizeof(int32_t))
        if not (route and to):
            free(route); free(to)
            raise MemoryError
        try:
            while i < n:
                if not self.is_block(s[i]):
                    j = i + 2 if s[i] == 13 and i + 1 < n and s[i + 1] == 10 else i + 1
                    count = _put(out, count, i, j, self.xflag)
                else:
                    j = i + 1
                    while j < n and self.is_block(s[j]):
                        j += 1
                    self._route(s, i, j, route, to)
                    count = self._block(s, i, j, to, out, count)
                i = j
        finally:
            free(route); free(to)
        return count

    cdef void _route(self, const Py_UCS4* s, int i, int j, double* route, int32_t* to) noexcept nogil:
        """The most probable cut of s[i:j] into the dictionary's words: `to` is the last character
        of the word that begins there."""
        cdef int k, e, best
        cdef uint32_t node
        cdef double p, bestp
        route[j] = 0.0
        for k in range(j - 1, i - 1, -1):
            if k >= i + _AHEAD_STEPS and s[k - _AHEAD_STEPS] < 65536:
                self.expect_step(self.first[s[k - _AHEAD_STEPS]], s[k - _AHEAD_STEPS + 1])
            node = self.nwords
            best = -1
            bestp = 0
            for e in range(k, j):
                node = self.step(node, s[e])
                if not node or not self.infreq[node]:
                    break
                if node < self.nwords and self.logf[node] <= 0:
                    p = self.logf[node] + route[e + 1]
                    if best < 0 or p >= bestp:
                        bestp = p
                        best = e
            if best < 0:
                best = k
                bestp = -self.logtotal + route[k + 1]
            route[k] = bestp
            to[k] = best

    cdef int _block(self, const Py_UCS4* s, int i, int j, const int32_t* to, Token* out, int count) except -1 nogil:
        cdef int x = i, y, k, run = -1
        cdef uint32_t node
        while x < j:
            y = to[x] + 1
            if y - x == 1:
                if run < 0:
                    run = x
            else:
                if run >= 0:
                    count = self.run_tokens(s, run, x, out, count)
                    run = -1
                node = self.nwords
                for k in range(x, y):
                    node = self.step(node, s[k])
                count = _put(out, count, x, y, self.flag[node])
            x = y
        if run >= 0:
            count = self.run_tokens(s, run, j, out, count)
        return count

    cdef uint32_t changed(self, const Py_UCS4* s, Token* t) noexcept nogil:
        """The word that the program writes for a token, by the first of its ranks, or 0; sets the token's word."""
        cdef uint32_t node
        cdef int k
        if not self.eligible[t.flag]:
            return 0
        node = self.nwords
        for k in range(t.start, t.end):
            node = self.step(node, s[k])
            if not node:
                return 0
        if node >= self.nwords:
            return 0
        t.word = node
        return self.image_of(0, node)

    def tokens(self, str text not None):
        """(start, end, flag) of every word of a text, in code points; the words cover it."""
        cdef Token* out = NULL
        cdef Py_UCS4* s = NULL
        cdef int count, i
        try:
            count = self._tokens(text, &s, &out)
            return [(out[i].start, out[i].end, self.flags[out[i].flag]) for i in range(count)]
        finally:
            PyMem_Free(s); free(out)

    def spin(self, str text not None):
        """(spun text, edits): what the program makes of a text, by the first of its ranks, and (start, end, original)
        of each edit, in the spun text."""
        cdef Token* out = NULL
        cdef Py_UCS4* s = NULL
        cdef int count, i
        cdef Py_ssize_t place = 0, kept = 0
        cdef uint32_t word
        cdef list parts = [], edits = []
        try:
            count = self._tokens(text, &s, &out)
            for i in range(count):
                word = self.changed(s, &out[i])
                if word and word != <uint32_t>out[i].word:
                    form = self.word(word)
                    if kept < out[i].start:
                        parts.append(text[kept : out[i].start])
                        place += out[i].start - kept
                    parts.append(form)
                    edits.append((place, place + len(form), text[out[i].start : out[i].end]))
                    place += len(form)
                    kept = out[i].end
        finally:
            PyMem_Free(s); free(out)
        parts.append(text[kept:])
        return "".join(parts), edits

    cdef int _tokens(self, str text, Py_UCS4** s, Token** out) except -1:
        cdef Py_ssize_t n = len(text)
        if n >= 1 << 30:
            raise OverflowError("a text of more than 2^30 characters")
        s[0] = PyUnicode_AsUCS4Copy(text)
        out[0] = <Token*>malloc((n + 1) * sizeof(Token))
        if not out[0]:
            raise MemoryError
        with nogil:
            return self.segment(s[0], <int>n, out[0])


cdef inline bint _letter(uint32_t c) noexcept nogil:
    return 97 <= c <= 122 or 65 <= c <= 90


cdef inline int _put(Token* out, int n, int start, int end, int flag) noexcept nogil:
    out[n].start = start
    out[n].end = end
    out[n].flag = flag
    out[n].word = 0
    return n + 1


include "choice.pxi"

include "evidence.pxi"

include "word_odds.pxi"

include "clauses.pxi"
