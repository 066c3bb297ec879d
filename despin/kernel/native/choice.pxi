# Part of program.pyx: what speaks for the originals of a form.

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.math cimport exp, fabs, log, sqrt
from libc.stdint cimport int8_t, int16_t

from despin.kernel.native.lattice cimport State, Trigrams
from despin.kernel.choice_file import DIMENSIONS, sections
from despin.kernel.sentences import Sentences

cdef extern from *:
    """
    #if defined(__SSE2__) || (defined(_M_X64) && !defined(_M_ARM64EC))
    #include <emmintrin.h>
    #define DESPIN_SSE2
    #endif

    /* Add 32 axes of four bits to sums, which go round. */
    static inline void add_axes(uint16_t *sums, const uint8_t *row) {
    #ifdef DESPIN_SSE2
        const __m128i both = _mm_loadu_si128((const __m128i *)row), mask = _mm_set1_epi8(15);
        const __m128i none = _mm_setzero_si128();
        const __m128i low = _mm_and_si128(both, mask), high = _mm_and_si128(_mm_srli_epi16(both, 4), mask);
        const __m128i first = _mm_unpacklo_epi8(low, high), last = _mm_unpackhi_epi8(low, high);
        __m128i *to = (__m128i *)sums;
        _mm_storeu_si128(to, _mm_add_epi16(_mm_loadu_si128(to), _mm_unpacklo_epi8(first, none)));
        _mm_storeu_si128(to + 1, _mm_add_epi16(_mm_loadu_si128(to + 1), _mm_unpackhi_epi8(first, none)));
        _mm_storeu_si128(to + 2, _mm_add_epi16(_mm_loadu_si128(to + 2), _mm_unpacklo_epi8(last, none)));
        _mm_storeu_si128(to + 3, _mm_add_epi16(_mm_loadu_si128(to + 3), _mm_unpackhi_epi8(last, none)));
    #else
        int k;
        for (k = 0; k < 16; k++) {
            sums[2 * k] += row[k] & 15;
            sums[2 * k + 1] += row[k] >> 4;
        }
    #endif
    }

    /* What 32 sums have grown by from the first to the second place and from the third to the fourth, less a number. */
    static inline void grown_axes(const uint16_t *first, const uint16_t *second, const uint16_t *third,
                                  const uint16_t *fourth, int less, int16_t *out) {
        int k;
    #ifdef DESPIN_SSE2
        const __m128i bias = _mm_set1_epi16((short)less);
        for (k = 0; k < 32; k += 8) {
            const __m128i one = _mm_sub_epi16(_mm_loadu_si128((const __m128i *)(second + k)),
                                              _mm_loadu_si128((const __m128i *)(first + k)));
            const __m128i two = _mm_sub_epi16(_mm_loadu_si128((const __m128i *)(fourth + k)),
                                              _mm_loadu_si128((const __m128i *)(third + k)));
            _mm_storeu_si128((__m128i *)(out + k), _mm_sub_epi16(_mm_add_epi16(one, two), bias));
        }
    #else
        for (k = 0; k < 32; k++) out[k] = (int16_t)(uint16_t)(second[k] - first[k] + fourth[k] - third[k] - less);
    #endif
    }

    /* The product of 32 axes with as many of a byte each. */
    static inline int32_t product_of_axes(const int16_t *axes, const int8_t *row) {
        int k;
    #ifdef DESPIN_SSE2
        __m128i sum = _mm_setzero_si128();
        int32_t lanes[4];
        for (k = 0; k < 32; k += 16) {
            const __m128i bytes = _mm_loadu_si128((const __m128i *)(row + k));
            const __m128i sign = _mm_cmpgt_epi8(_mm_setzero_si128(), bytes);
            sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpacklo_epi8(bytes, sign),
                                                    _mm_loadu_si128((const __m128i *)(axes + k))));
            sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpackhi_epi8(bytes, sign),
                                                    _mm_loadu_si128((const __m128i *)(axes + k + 8))));
        }
        _mm_storeu_si128((__m128i *)lanes, sum);
        return lanes[0] + lanes[1] + lanes[2] + lanes[3];
    #else
        int32_t sum = 0;
        for (k = 0; k < 32; k++) sum += axes[k] * row[k];
        return sum;
    #endif
    }

    /* Twice the place of the first of `slots` slots from one on, in a ring, that holds a byte, and one; twice the place
       of an empty slot that comes before it. */
    static inline uint64_t slot_of_check(const uint8_t *checks, uint64_t slot, uint64_t slots, uint8_t check) {
    #ifdef DESPIN_SSE2
        /* Four of five slots are taken, so that an absent byte is looked for in a dozen. */
        const __m128i wanted = _mm_set1_epi8((char)check), empty = _mm_setzero_si128();
        while (slot + 16 <= slots) {
            const __m128i here = _mm_loadu_si128((const __m128i *)(checks + slot));
            const unsigned alike = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(here, wanted));
            const unsigned either = alike | (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(here, empty));
            if (either) {
                const int place = DESPIN_CTZ((uint64_t)either);
                return (slot + place) << 1 | (alike >> place & 1);
            }
            slot += 16;
        }
    #else
        const uint64_t ones = 0x0101010101010101ULL, highs = 0x8080808080808080ULL;
        while (slot + 8 <= slots) {
            uint64_t here, none, alike;
            memcpy(&here, checks + slot, 8);
            none = (here - ones) & ~here & highs;
            here ^= check * ones;
            alike = (here - ones) & ~here & highs;
            /* Of bits that are set the lowest is right. */
            if (alike | none) {
                const int place = DESPIN_CTZ(alike | none);
                return (slot + (place >> 3)) << 1 | (alike >> place & 1);
            }
            slot += 8;
        }
    #endif
        if (slot == slots) slot = 0;
        while (checks[slot] && checks[slot] != check) {
            if (++slot == slots) slot = 0;
        }
        return slot << 1 | (checks[slot] != 0);
    }
    """
    void add_axes(uint16_t* sums, const uint8_t* row) noexcept nogil
    void grown_axes(
        const uint16_t* first, const uint16_t* second, const uint16_t* third, const uint16_t* fourth, int less,
        int16_t* out
    ) noexcept nogil
    int32_t product_of_axes(const int16_t* axes, const int8_t* row) noexcept nogil
    uint64_t slot_of_check(const uint8_t* checks, uint64_t slot, uint64_t slots, uint8_t check) noexcept nogil

cdef enum:
    _D = 32
    _PLACE = _D + 2         # numbers of 16 bits that hold the sums of rows of pairs, and how many pairs
    _CANDIDATES = 64        # originals of a form
    _FEATURES = 9
    _NOLM = 0x7FFFFFF0      # in the place of a word: letters and digits, of which the language model knows nothing
    _SAID_BITS = 14         # features that are remembered with the place where they stood last
    _RECENT_CHARACTERS = 64 # within which a feature says nothing new
    _AHEAD = 32             # characters whose features are fetched at once
    _FAR = 1 << 24          # so many characters are read before what was said is forgotten
    _WORD = 256             # characters, and one, that a word has at most

assert DIMENSIONS == _D

cdef int _LONGEST = Sentences.longest
cdef double _MOST = Sentences.most
cdef double _LINE_BORDER = Sentences.line_border, _SENTENCE_BORDER = Sentences.sentence_border

cdef double LN10 = 2.302585092994046
cdef uint64_t GOLDEN = <uint64_t>0x9E3779B97F4A7C15
cdef uint64_t SECOND = <uint64_t>0xD6E8FEB86659FD93
cdef uint64_t THIRD = <uint64_t>0xA0761D6478BD642F


#: A text that is learned from: its words, what the program writes for them (0: nothing else), where that begins in the
#: page, the page of n characters, the sums of its pairs, and what each place wants more than the one before.
cdef struct Lesson:
    Py_UCS4* s
    Token* tokens
    uint32_t* images
    int32_t* starts
    int count, n
    Py_UCS4* x
    float* sums
    float* onto


cdef inline uint64_t _mixed(uint64_t h) noexcept nogil:
    h ^= h >> 31
    h *= <uint64_t>0x7FB5D329728EA185
    h ^= h >> 27
    h *= <uint64_t>0x81DADEF4BC2DD44D
    return h ^ h >> 33


cdef inline uint32_t _at(const Py_UCS4* x, int n, int k) noexcept nogil:
    """The character at k, 1 outside of the text."""
    return <uint32_t>x[k] if 0 <= k < n else 1


cdef inline uint8_t _check_of(uint64_t h) noexcept nogil:
    """The byte that tells features of this hash from others: 1 and the lowest byte modulo 255."""
    return <uint8_t>((h & 0xFF) + 1 + ((h & 0xFF) + 1 >> 8))


cdef inline float _weight_in(const Table* table, uint8_t check, uint64_t slot) noexcept nogil:
    """The weight of a feature with this check, in a table that has slots."""
    cdef uint64_t found = slot_of_check(table.checks, slot, table.slots, check)
    # Whether a feature is there cannot be foreseen, so that nothing is made to depend on it.
    return table.levels[table.values[found >> 2] >> (4 * (found >> 1 & 1)) & 15] * <float>(found & 1)


@cython.final
cdef class Choice:
    """What speaks for each original of a form where it stands: weights of its neighbours' characters, and of
    what the text around it is about.

    `data` is what `despin.kernel.choice_file` describes; None for weights that are still to be learned (about 700 MB).
    Raises `ModelError` for data that are damaged.
    """
    cdef object _data           # holds what is pointed at
    cdef Segmenter _words
    cdef readonly int bits, ubits, radius
    cdef readonly double fluency, scale
    cdef Table _table
    cdef const uint8_t* _u4     # two axes a byte, the first in the low bits; 8 is zero
    cdef const int8_t* _v8
    cdef float _uscale, _vscale
    cdef double _unit           # what the product of a context that is counted and a row of `V` is worth
    #: By the hash of a word, or of a word that stands as it is: its place, one more, and the row of `V`.
    cdef uint64_t* _rows
    cdef uint32_t _rows_mask
    cdef float* _weights
    cdef float* _squares
    cdef float* _u
    cdef float* _v
    cdef float* _gu
    cdef float* _gv

    def __cinit__(
        self, Segmenter words not None, data=None, int bits=26, int ubits=15, int radius=20, double fluency=0.8,
        double scale=0.2
    ):
        if data is None and not (8 <= bits <= 28 and 4 <= ubits <= 20 and 1 <= radius <= 1000):
            raise ValueError("8 to 28 bits, 4 to 20 bits of pairs, a radius of 1 to 1000")
        self._words = words
        if data is None:
            self.bits, self.ubits, self.radius, self.fluency, self.scale = bits, ubits, radius, fluency, scale
            self._begin()
        else:
            self._read(data)

    def __dealloc__(self):
        free(self._rows)
        free(self._weights)
        free(self._squares)
        free(self._u)
        free(self._v)
        free(self._gu)
        free(self._gv)

    cdef int _begin(self) except -1:
        cdef size_t many = <size_t>1 << self.bits, pairs = <size_t>1 << self.ubits
        cdef size_t rows = 2 * <size_t>self._words.nwords, k
        cdef uint64_t seed = 1
        self._weights = <float*>calloc(many, 4)
        self._squares = <float*>calloc(many, 4)
        self._u = <float*>calloc(pairs * _D, 4)
        self._v = <float*>calloc(rows * _D, 4)
        self._gu = <float*>calloc(pairs, 4)
        self._gv = <float*>calloc(rows, 4)
        if not (self._weights and self._squares and self._u and self._v and self._gu and self._gv):
            raise MemoryError
        for k in range(pairs * _D):
            # Even between -0.17 and 0.17: a standard deviation of 0.1.
            seed = _mixed(seed + GOLDEN)
            self._u[k] = <float>((<double>(seed >> 11) / 9007199254740992.0 - 0.5) * 0.3464)
        return 0

    cdef int _read(self, object data) except -1:
        found = sections(data)
        cdef uint32_t word
        self._data = memoryview(data)
        self.bits, self.ubits, self.radius = found.bits, found.ubits, found.radius
        self.fluency, self.scale = found.fluency, found.scale
        self._uscale, self._vscale = found.uscale, found.vscale
        self._unit = self.scale * self._uscale * self._vscale
        _fill(&self._table, found.arrays, "", found.levels)
        self._u4 = <const uint8_t*>start_of(found.arrays["u"].data)
        self._v8 = <const int8_t*>start_of(found.arrays["v"].data)
        known = found.words
        self._rows_mask = 1024
        while self._rows_mask < 2 * <uint32_t>len(known):
            self._rows_mask *= 2
        self._rows = <uint64_t*>calloc(self._rows_mask, sizeof(uint64_t))
        if not self._rows:
            raise MemoryError
        self._rows_mask -= 1
        for row, text in enumerate(known):
            word = self._words.find(text[1:])
            if 0 < word < self._words.nwords:
                self._take_row(word + (self._words.nwords if text[:1] == "=" else 0), row)
        return 0

    cdef void _take_row(self, uint32_t place, uint32_t row) noexcept:
        """Remember the row of a word; of one that comes twice, the last."""
        cdef uint32_t slot = self._row_slot(place)
        while self._rows[slot] and self._rows[slot] >> 32 != place + 1:
            slot = (slot + 1) & self._rows_mask
        self._rows[slot] = <uint64_t>(place + 1) << 32 | row

    cdef inline uint32_t _row_slot(self, uint32_t place) noexcept nogil:
        """Where the row of a word is looked for from."""
        return place * <uint32_t>0x9E3779B1 >> 7 & self._rows_mask

    cdef inline int32_t _row_of(self, uint32_t place) noexcept nogil:
        """The row of a word, -1 for none."""
        cdef uint32_t slot = self._row_slot(place)
        while self._rows[slot]:
            if self._rows[slot] >> 32 == place + 1:
                return <int32_t><uint32_t>self._rows[slot]
            slot = (slot + 1) & self._rows_mask
        return -1

    cdef uint64_t _base(self, uint32_t word, bint stands) noexcept nogil:
        """What the features of a word have in common."""
        cdef uint64_t base = <uint64_t>0xCBF29CE484222325 + <uint64_t>stands
        cdef uint32_t k
        for k in range(self._words.offsets[word], self._words.offsets[word] + self._words.length[word]):
            base = (base ^ self._words.strings[k]) * <uint64_t>1099511628211
        return base * GOLDEN

    cdef void _beside(self, const Py_UCS4* x, int n, int a, int b, uint64_t* out) noexcept nogil:
        """What the features of all words for x[a:b] have in common."""
        cdef uint64_t l1 = _at(x, n, a - 1), l2 = _at(x, n, a - 2), l3 = _at(x, n, a - 3)
        cdef uint64_t r1 = _at(x, n, b), r2 = _at(x, n, b + 1), r3 = _at(x, n, b + 2)
        out[0] = 0
        out[1] = SECOND + l1 * THIRD
        out[2] = 2 * SECOND + r1 * THIRD
        out[3] = 3 * SECOND + (l1 << 21 | l2) * THIRD
        out[4] = 4 * SECOND + (r1 << 21 | r2) * THIRD
        out[5] = 5 * SECOND + (l1 << 21 | r1) * THIRD
        out[6] = 6 * SECOND + (l1 << 42 | l2 << 21 | l3) * THIRD
        out[7] = 7 * SECOND + (r1 << 42 | r2 << 21 | r3) * THIRD
        out[8] = 8 * SECOND + (l1 << 42 | l2 << 21 | r1) * THIRD

    cdef int _features(
        self, const Py_UCS4* x, int n, int a, int b, uint32_t word, bint stands, uint32_t* out
    ) noexcept nogil:
        """The features of a word for x[a:b], as indices of weights."""
        cdef uint64_t base = self._base(word, stands), mask = (<uint64_t>1 << self.bits) - 1
        cdef uint64_t beside[_FEATURES]
        cdef int k
        self._beside(x, n, a, b, beside)
        for k in range(_FEATURES):
            out[k] = <uint32_t>(_mixed(base + beside[k]) & mask)
        return _FEATURES

    cdef int32_t _pair(self, const Py_UCS4* x, int n, int k) noexcept nogil:
        """The row of the characters at k and k + 1, or -1."""
        if k < 0 or k + 1 >= n or not self._words.is_han(x[k]) or not self._words.is_han(x[k + 1]):
            return -1
        return (<uint64_t>(<uint32_t>x[k]) << 21 | <uint32_t>x[k + 1]) * GOLDEN >> (64 - self.ubits)

    cdef float* _sums(self, const Py_UCS4* x, int n) noexcept nogil:
        """Sums of the rows of all pairs before each place, (n + 1) * _D; NULL without memory.
        For weights that are learned."""
        cdef float* sums = <float*>malloc((<size_t>n + 1) * _D * sizeof(float))
        cdef int k, d
        cdef int32_t row
        if not sums:
            return NULL
        for d in range(_D):
            sums[d] = 0
        for k in range(n):
            row = self._pair(x, n, k)
            for d in range(_D):
                sums[(k + 1) * _D + d] = sums[k * _D + d]
            if row >= 0:
                for d in range(_D):
                    sums[(k + 1) * _D + d] += self._u[<size_t>row * _D + d]
        return sums

    cdef uint16_t* _counts(self, const Py_UCS4* x, int n) noexcept nogil:
        """The same of weights that were read, (n + 1) * _PLACE: sums that go round, each 8 too high for every pair, and
        behind them how many pairs there are."""
        cdef uint16_t* sums = <uint16_t*>malloc((<size_t>n + 1) * _PLACE * sizeof(uint16_t))
        cdef uint16_t* now = sums
        cdef int k
        cdef int32_t row
        if not sums:
            return NULL
        memset(sums, 0, _PLACE * sizeof(uint16_t))
        for k in range(n):
            row = self._pair(x, n, k)
            memcpy(now + _PLACE, now, _PLACE * sizeof(uint16_t))
            now += _PLACE
            if row >= 0:
                add_axes(now, self._u4 + <size_t>row * (_D // 2))
                now[_D] += 1
        return sums

    cdef void _bounds(self, int n, int a, int b, int* out) noexcept nogil:
        """The pairs around x[a:b]: out[0] to out[1] before it, out[2] to out[3] behind it."""
        out[0] = max(0, a - 1 - self.radius)
        out[1] = max(0, a - 1)
        out[2] = min(n, b)
        out[3] = min(n, b + self.radius)

    cdef void _context(self, const float* sums, int n, int a, int b, float* out) noexcept nogil:
        """The axes of what stands around x[a:b], from what `_sums` gave."""
        cdef int bounds[4]
        cdef int d
        self._bounds(n, a, b, bounds)
        for d in range(_D):
            out[d] = <float>self.scale * (sums[bounds[1] * _D + d] - sums[bounds[0] * _D + d]
                                          + sums[bounds[3] * _D + d] - sums[bounds[2] * _D + d])

    cdef void _counted(self, const uint16_t* sums, int n, int a, int b, int16_t* out) noexcept nogil:
        """The same from what `_counts` gave, in units of `_unit`."""
        cdef int bounds[4]
        cdef const uint16_t* first
        cdef const uint16_t* second
        cdef const uint16_t* third
        cdef const uint16_t* fourth
        self._bounds(n, a, b, bounds)
        first, second = sums + bounds[0] * _PLACE, sums + bounds[1] * _PLACE
        third, fourth = sums + bounds[2] * _PLACE, sums + bounds[3] * _PLACE
        grown_axes(
            first, second, third, fourth, 8 * <int><uint16_t>(second[_D] - first[_D] + fourth[_D] - third[_D]), out
        )

    cdef double _worth(
        self, const Py_UCS4* x, int n, int a, int b, uint32_t word, bint stands, const float* context
    ) noexcept nogil:
        """What speaks for a word at x[a:b], in nats, of weights that are learned."""
        cdef uint32_t features[_FEATURES]
        cdef size_t row = word + (<size_t>self._words.nwords if stands else 0)
        cdef double total = 0
        cdef int k
        self._features(x, n, a, b, word, stands, features)
        for k in range(_FEATURES):
            total += self._weights[features[k]]
        for k in range(_D):
            total += context[k] * self._v[row * _D + k]
        return total

    cdef void _expect(self, uint32_t word, bint stands, const uint64_t* beside, uint64_t* hashed) noexcept nogil:
        """Have the weights of a word between what `_beside` gave on their way from memory; put down its features."""
        cdef uint64_t base = self._base(word, stands), mask = (<uint64_t>1 << self.bits) - 1
        cdef int k
        for k in range(_FEATURES):
            hashed[k] = _mixed((_mixed(base + beside[k]) & mask) + GOLDEN)
            prefetch(self._table.checks + ((hashed[k] >> 32) * self._table.slots >> 32))

    cdef double _weigh(self, uint32_t word, bint stands, const uint64_t* hashed, const int16_t* counted) noexcept nogil:
        """What speaks for a word between what `_expect` and `_counted` gave, in nats, of weights that were read."""
        cdef int32_t row = self._row_of(word + (self._words.nwords if stands else 0))
        cdef int k
        cdef double total = 0
        if self._table.slots:
            for k in range(_FEATURES):
                total += _weight_in(&self._table, _check_of(hashed[k]), (hashed[k] >> 32) * self._table.slots >> 32)
        return total if row < 0 else total + self._unit * product_of_axes(counted, self._v8 + <size_t>row * _D)

    cdef void _step(
        self, const Py_UCS4* x, int n, int a, int b, uint32_t word, bint stands, const float* context, double error,
        double rate, double urate, float* onto
    ) noexcept nogil:
        """One step of gradient descent for a word at x[a:b] (AdaGrad); `onto` gains what the context's vector wants."""
        cdef uint32_t features[_FEATURES]
        cdef int k, d, m = self._features(x, n, a, b, word, stands, features)
        cdef size_t row = word + (<size_t>self._words.nwords if stands else 0)
        cdef float square = 0, step
        for d in range(_D):
            onto[d] += <float>error * self._v[row * _D + d]
            square += context[d] * context[d]
        self._gv[row] += <float>(error * error * square / _D)
        step = <float>(urate * error / sqrt(0.01 + self._gv[row]))
        for d in range(_D):
            self._v[row * _D + d] += step * context[d]
        for k in range(m):
            self._squares[features[k]] += <float>(error * error)
            self._weights[features[k]] += <float>(rate * error / sqrt(0.1 + self._squares[features[k]]))

    cdef void _step_pairs(self, const Py_UCS4* x, int n, float* onto, double urate) noexcept nogil:
        """The same for the pairs of a text; `onto` is what each place wants more than the one before."""
        cdef float now[_D]
        cdef float square, step
        cdef int k, d
        cdef int32_t row
        for d in range(_D):
            now[d] = 0
        for k in range(n):
            for d in range(_D):
                now[d] += onto[k * _D + d]
            row = self._pair(x, n, k)
            if row < 0:
                continue
            square = 0
            for d in range(_D):
                square += now[d] * now[d]
            square *= <float>(self.scale * self.scale)
            if square < 1e-10:
                continue
            self._gu[row] += square / _D
            step = <float>(urate * self.scale / sqrt(0.01 + self._gu[row]))
            for d in range(_D):
                self._u[<size_t>row * _D + d] += step * now[d]

    def learn(self, str text not None, Trigrams lm not None, double rate, double urate):
        """Spin a text and learn from it which original stands where, with the fluency of a language model given; with
        rates of 0 only measure.

        Returns (choices, those right, those right by fluency alone, loss in nats): choices are the places with two
        originals or more. Raises `ValueError` for weights that were read, `OverflowError` for a text of more than 2^24
        characters.
        """
        cdef Lesson one
        cdef int i
        cdef double found[4]
        if not self._weights:
            raise ValueError("weights that were read cannot learn")
        if len(text) >= 1 << 24:
            raise OverflowError("a text of more than 2^24 characters")
        memset(&one, 0, sizeof(Lesson))
        for i in range(4):
            found[i] = 0
        try:
            one.count = self._words._tokens(text, &one.s, &one.tokens)
            self._spin(&one)
            for i in range(one.count):
                self._learn_one(&one, i, lm, rate, urate, found)
            if rate > 0:
                self._step_pairs(one.x, one.n, one.onto, urate)
        finally:
            PyMem_Free(one.s)
            free(one.x)
            free(one.tokens)
            free(one.images)
            free(one.starts)
            free(one.sums)
            free(one.onto)
        return <int>found[0], <int>found[1], <int>found[2], found[3]

    cdef int _spin(self, Lesson* one) except -1:
        """Put down what the program writes for the words of a lesson, and its page."""
        cdef int i, k, size = 0
        cdef uint32_t image
        cdef Token* token
        one.images = <uint32_t*>calloc(<size_t>one.count + 1, sizeof(uint32_t))
        one.starts = <int32_t*>malloc((<size_t>one.count + 1) * sizeof(int32_t))
        if not (one.images and one.starts):
            raise MemoryError
        for i in range(one.count):
            token = &one.tokens[i]
            image = self._words.changed(one.s, token)
            one.images[i] = image if image != <uint32_t>token.word else 0
            token.word = self._number(one.s, token)
            one.starts[i] = one.n
            one.n += self._words.length[one.images[i]] if one.images[i] else token.end - token.start
            if one.n >= 1 << 25:
                raise OverflowError("a spun text of more than 2^25 characters")
        one.starts[one.count] = one.n
        one.x = <Py_UCS4*>malloc((<size_t>one.n + 1) * sizeof(Py_UCS4))
        one.onto = <float*>calloc((<size_t>one.n + 1) * _D, sizeof(float))
        if not (one.x and one.onto):
            raise MemoryError
        for i in range(one.count):
            for k in range(one.starts[i + 1] - one.starts[i]):
                one.x[size] = (self._words.strings[self._words.offsets[one.images[i]] + k] if one.images[i]
                               else one.s[one.tokens[i].start + k])
                size += 1
        one.sums = self._sums(one.x, one.n)
        if not one.sums:
            raise MemoryError
        return 0

    cdef uint32_t _number(self, const Py_UCS4* s, const Token* token) noexcept nogil:
        """The word of a token, or 0."""
        cdef uint32_t node = self._words.nwords
        cdef int k
        for k in range(token.start, token.end):
            node = self._words.step(node, s[k])
            if not node:
                return 0
        return node if node < self._words.nwords else 0

    cdef double _fluent(self, Trigrams lm, State* state, const Lesson* one, int i, uint32_t word) noexcept nogil:
        """log10 P of token i, or of a word in its place, after a state, which goes on behind it."""
        cdef Py_UCS4 characters[_WORD]
        cdef uint32_t words[_WORD]
        cdef int k, count, size
        if word:
            size = self._words.length[word]
            for k in range(size):
                characters[k] = self._words.strings[self._words.offsets[word] + k]
        else:
            size = min(_WORD - 1, one.tokens[i].end - one.tokens[i].start)
            memcpy(characters, one.s + one.tokens[i].start, size * sizeof(Py_UCS4))
        _split_into(lm, characters, size, True, words, &count)
        return _extend(lm, state, words, count)

    cdef void _learn_one(
        self, const Lesson* one, int i, Trigrams lm, double rate, double urate, double* found
    ) noexcept nogil:
        """Learn which of the words that token i may have been it was."""
        cdef uint32_t candidates[_CANDIDATES]
        cdef uint8_t stands[_CANDIDATES]
        cdef double scores[_CANDIDATES]
        cdef double fluency[_CANDIDATES]
        cdef float context[_D]
        cdef float wanted[_D]
        cdef int bounds[4]
        cdef State before, state
        cdef uint32_t form = one.images[i] if one.images[i] else one.tokens[i].word
        cdef int m, k, q, d, a = one.starts[i], b = one.starts[i + 1], gold = -1, best = 0, fluent = 0
        cdef double total = 0, error
        if not form or (not one.images[i] and not self._words.is_written(form)):
            return
        m = self._originals(form, candidates, stands)
        for k in range(m):
            if candidates[k] == <uint32_t>one.tokens[i].word and stands[k] == (one.images[i] == 0):
                gold = k
        if m < 2 or gold < 0:
            return
        before.length = 0
        for q in range(max(0, i - 2), i):
            self._fluent(lm, &before, one, q, 0)
        self._context(one.sums, one.n, a, b, context)
        for k in range(m):
            state = before
            fluency[k] = self._fluent(lm, &state, one, i, candidates[k])
            for q in range(i + 1, min(one.count, i + 3)):
                fluency[k] += self._fluent(lm, &state, one, q, 0)
            scores[k] = LN10 * self.fluency * fluency[k] + self._worth(
                one.x, one.n, a, b, candidates[k], stands[k], context
            )
            if scores[k] > scores[best]:
                best = k
            if fluency[k] > fluency[fluent]:
                fluent = k
        for k in range(m):
            total += exp(scores[k] - scores[best])
        found[0] += 1
        found[1] += best == gold
        found[2] += fluent == gold
        found[3] += log(total) + scores[best] - scores[gold]
        if rate <= 0:
            return
        for d in range(_D):
            wanted[d] = 0
        for k in range(m):
            error = (1.0 if k == gold else 0.0) - exp(scores[k] - scores[best]) / total
            if fabs(error) >= 0.002:
                self._step(one.x, one.n, a, b, candidates[k], stands[k], context, error, rate, urate, wanted)
        self._bounds(one.n, a, b, bounds)
        for d in range(_D):
            one.onto[bounds[0] * _D + d] += wanted[d]
            one.onto[bounds[1] * _D + d] -= wanted[d]
            one.onto[bounds[2] * _D + d] += wanted[d]
            one.onto[bounds[3] * _D + d] -= wanted[d]

    cdef int _originals(self, uint32_t word, uint32_t* out, uint8_t* stands) noexcept nogil:
        """What a word of the page may have been, and whether it stands as it is: the words that the program writes so,
        and itself where the program leaves it."""
        cdef int m = 0
        cdef uint32_t k, count = 0
        cdef const uint32_t* found = self._words.written_for(word, &count)
        for k in range(min(count, <uint32_t>(_CANDIDATES - 2))):
            out[m], stands[m] = found[k], 0
            m += 1
        if self._words.logf[word] <= 0 and (self._words.length[word] == 1 or not self._words.replaces(word)):
            out[m], stands[m] = word, 1
            m += 1
        return m

    def learned(self, double least):
        """(indices, weights, what each did in learning) of weights of at least `least`, as bytes of uint32, float32
        and float32; the rows of pairs as bytes of float32; and (word, whether it stands, row as bytes of float32)
        of every word that was learned."""
        cdef size_t k, nwords = self._words.nwords
        cdef bint stands
        if not self._weights:
            raise ValueError("these weights were read, not learned")
        words = []
        for k in range(2 * nwords):
            if self._gv[k] > 0:
                stands = k >= nwords
                words.append((self._words.word(k - nwords if stands else k), stands,
                              PyBytes_FromStringAndSize(<const char*>(self._v + k * _D), 4 * _D)))
        rows = PyBytes_FromStringAndSize(<const char*>self._u, (<Py_ssize_t>4 << self.ubits) * _D)
        return *_strong(self._weights, self._squares, <size_t>1 << self.bits, least), rows, words


cdef int _fill(Table* table, object arrays, str prefix, tuple levels) except -1:
    cdef int k
    checks = arrays[prefix + "checks"].data
    table.slots = len(checks)
    table.checks = <const uint8_t*>start_of(checks)
    table.values = <const uint8_t*>start_of(arrays[prefix + "values"].data)
    for k in range(16):
        table.levels[k] = levels[k]
    return 0
