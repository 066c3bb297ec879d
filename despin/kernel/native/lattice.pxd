cimport cython
from libc.stdint cimport int16_t, int32_t, int64_t, uint32_t, uint64_t, uint8_t
from libc.string cimport memcpy

from despin.kernel.native.vectors cimport Vector

cdef enum:
    #: No word.
    _NOTHING = 0x7FFFFFFF
    #: So many bits tell the bigrams that are remembered apart: 8 MB. Twice as many are no
    #: faster, half as many a little slower.
    _RECENT_BITS = 18
    #: Where memory is wanted in large pages, it begins at a multiple of this.
    PAGE = 1 << 21
    #: The layout of despin's own file, as `despin/kernel/ngram_file.py` has it.
    _BLOCK = 32
    _GROUP = 8
    _MARKED = 192
    _MARK_BYTES = 56
    _SHIFT_BITS = 5
    _WIDTH_BITS = 5
    _PADDING = 512
    _NO_BACKOFF = -32768
    #: A code of which no more can be read at once is cut off here: it is damaged.
    _LONGEST_CODE = 56
    #: So many bits tell most strings that are no words apart from those that are: 256
    #: KB, which stay near the processor.
    _HINT_BITS = 21
    #: Words of which is remembered what number they have elsewhere.


cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define DESPIN_PREFETCH(place) __builtin_prefetch(place)
    #define DESPIN_CTZ(value) __builtin_ctzll(value)
    #else
    #define DESPIN_PREFETCH(place) ((void)(place))
    static int DESPIN_CTZ(uint64_t value) {
        int count = 0;
        while (!(value & 1)) { value >>= 1; count++; }
        return count;
    }
    #endif
    /* Without leave to use the instruction, compilers call a function for it. */
    static inline int DESPIN_POPCOUNT(uint64_t value) {
        value -= (value >> 1) & 0x5555555555555555ULL;
        value = (value & 0x3333333333333333ULL) + ((value >> 2) & 0x3333333333333333ULL);
        value = (value + (value >> 4)) & 0x0F0F0F0F0F0F0F0FULL;
        return (int)((value * 0x0101010101010101ULL) >> 56);
    }
    #ifdef __linux__
    #include <sys/mman.h>
    #define DESPIN_HUGE(place, size) madvise(place, size, 14)
    #else
    #define DESPIN_HUGE(place, size) ((void)(place))
    #endif
    """
    int ctz "DESPIN_CTZ"(uint64_t value) noexcept nogil
    int popcount "DESPIN_POPCOUNT"(uint64_t value) noexcept nogil
    void prefetch "DESPIN_PREFETCH"(const void* place) noexcept nogil
    void huge "DESPIN_HUGE"(void* place, size_t size) noexcept nogil


#: What the model remembers: the last words, the latest first, with the backoff of each length; of both words together,
#: the number that trigrams know them by behind the second.
cdef struct State:
    uint32_t words[2]
    float backoff[2]
    int32_t length
    uint32_t rank


#: What is known of a word after one other: `probability` of the longest n-gram found, its backoffs, and how
#: many trigrams end in it, from where on (the bit of despin's own file, the entry of KenLM's). `known` has a
#: high bit where the model knows the two, then how many bits a rank has, then the rank that the two have
#: themselves. Half a line of the cache.
cdef struct Bigram:
    uint64_t key
    float probability
    float backoffs[2]
    uint32_t low
    uint32_t count
    uint32_t known


cdef enum:
    _RANK_BITS = 24
    _RANK = (1 << _RANK_BITS) - 1
    _IS_KNOWN = 0x80000000
    _WIDTH = 0x7F


cdef inline uint64_t _slot(uint32_t previous, uint32_t word) noexcept nogil:
    """Where a bigram is remembered."""
    return (<uint64_t>1 << 63 | <uint64_t>previous << 32 | word) * <uint64_t>0x9E3779B97F4A7C15 >> (64 - _RECENT_BITS)


cdef inline uint64_t _bits(const uint8_t* base, uint64_t offset, int count) noexcept nogil:
    cdef uint64_t value
    memcpy(&value, base + (offset >> 3), 8)
    return (value >> (offset & 7)) & ((<uint64_t>1 << count) - 1)


cdef inline uint64_t _middle(uint64_t low, uint64_t high, uint64_t below, uint64_t above, uint32_t key) noexcept nogil:
    """Where among the entries low..high-1, which lie between `below` and `above`, to look for `key` next."""
    if high - low > 8 and above > below:
        return low + (key - below) * (high - low - 1) // (above - below)
    return low + (high - low) // 2


cdef inline float as_log10(int16_t value) noexcept nogil:
    """What a number of despin's own file stands for."""
    return value * <float>(1.0 / 4096.0)


cdef inline bint _extends(float backoff) noexcept nogil:
    """Whether longer n-grams begin with this one: minus zero says that none does."""
    cdef uint32_t form
    memcpy(&form, &backoff, 4)
    return form != <uint32_t>0x80000000


#: A word after a hypothesis that was not looked up lately: the word before it, the block of bigrams
#: that would hold both, whether longer n-grams begin with it or end in it, and the number it has among
#: the bigrams of which that is true.
cdef struct Missing:
    int32_t hypothesis
    uint32_t word
    uint32_t before
    uint32_t context
    uint32_t suffix
    int32_t traits
    int64_t block


cdef class LatticeBuilder


cdef class Trigrams:
    cdef int32_t crossing
    cdef dict pauses
    cdef object _map
    cdef Py_buffer _view
    cdef const uint8_t* _data
    cdef uint64_t _length, _words_at
    cdef readonly uint32_t size
    # Unigrams: probability, backoff, first bigram; 16 bytes each.
    cdef const uint8_t* _unigrams
    cdef uint64_t _bigram_count, _trigram_count
    cdef const uint8_t* _bigrams
    cdef const uint64_t* _next_high
    cdef int64_t _next_high_count
    cdef const uint8_t* _trigrams
    cdef int _trigram_code_bits
    cdef int _word_bits, _probability_bits, _backoff_bits, _next_bits, _bigram_bits, _trigram_bits
    cdef uint64_t _word_mask
    #: Whether the file is despin's own.
    cdef bint _own
    # The parts of despin's own file; see `despin/kernel/ngram_file.py`.
    cdef const int16_t* _fixed
    cdef const uint32_t* _heads
    cdef uint32_t _head_count
    cdef const uint8_t* _marks
    cdef const uint8_t* _backoffs
    cdef const uint32_t* _groups
    cdef uint32_t _context_count, _suffix_count
    cdef int _way_bits
    #: How many bits of bigrams and of trigrams there are.
    cdef uint64_t _bigram_end, _trigram_end
    #: What codes stand for, log10: of bigrams, back-off weights and trigrams.
    cdef float* _tables
    cdef const float* _bigram_probability
    cdef const float* _bigram_backoff
    cdef const float* _trigram_probability
    #: Another one, to which all belongs that this one reads but `_recent`; None where it is its own.
    cdef Trigrams _whole
    cdef bint _is_part
    #: Holds `_recent`, `_hints` and `_edges`.
    cdef uint8_t* _store
    # A tree of characters over the words: a hash table of (node, character, child), and the children of the root. The
    # node of a word is its number, the others come after all words.
    cdef uint64_t* _edges
    cdef uint64_t _mask
    cdef uint32_t _nodes, _room
    #: Bigrams that were looked up lately, by a hash of both words.
    cdef Bigram* _recent
    #: The node after each character of the first plane.
    cdef uint32_t* _first
    #: A bit for every edge, by a hash: where it is not set there is no edge.
    cdef uint64_t* _hints

    cdef void _look_up(self, uint32_t before, uint32_t word, Bigram* into) noexcept nogil
    cdef void _look_up_own(self, uint32_t before, uint32_t word, Bigram* into) noexcept nogil
    cdef uint32_t _marked(self, uint64_t at, int which, bint* found) noexcept nogil
    cdef void _find_group(self, uint32_t suffix, Bigram* into) noexcept nogil
    cdef uint64_t _open_kenlm(self, str path) except? 0
    cdef uint64_t _open_own(self, str path) except? 0
    cdef int _check_own(self, str path) except -1
    cdef uint32_t word_of(self, str text)
    cdef LatticeBuilder builder(self)
    cpdef tuple best_split(self, str text)
    cdef int _take_store(self, uint64_t capacity) except -1
    cdef int _share(self, Trigrams whole) except -1
    cdef int _insert(self, str path, const uint8_t* word, Py_ssize_t length, uint32_t number) except -1
    cdef int _read_words(self, str path, uint64_t place) except -1
    cdef int _byte(self, str path, place) except -1
    cdef int _check(self, str path) except -1

    cdef inline uint32_t step(self, uint32_t node, uint32_t character) noexcept nogil:
        """The node after `character`, or 0."""
        cdef uint64_t key, hashed, slot
        if node == self.size and character < 0x10000:
            return self._first[character]
        key = <uint64_t>node << 21 | character
        hashed = key * <uint64_t>0x9E3779B97F4A7C15
        slot = hashed >> (64 - _HINT_BITS)
        if not self._hints[slot >> 6] >> (slot & 63) & 1:
            return 0
        slot = (hashed >> 20) & self._mask
        while self._edges[slot]:
            if self._edges[slot] >> 24 == key:
                return self._edges[slot] & 0xFFFFFF
            slot = (slot + 1) & self._mask
        return 0

    cdef inline void prefetch_1(self, const State* before, uint32_t word) noexcept nogil:
        """Have what `extend` reads first on its way from memory."""
        cdef uint32_t previous = before.words[0] if before.length else _NOTHING
        prefetch(self._recent + _slot(previous, word))

    cdef inline bint prefetch_2(self, const State* before, uint32_t word) noexcept nogil:
        """The same for what `extend` reads next, once the first has come; whether that is not all."""
        cdef uint32_t previous = before.words[0] if before.length else _NOTHING
        cdef Bigram* known = self._recent + _slot(previous, word)
        cdef uint64_t middle, step
        if known.key != (<uint64_t>1 << 63 | <uint64_t>previous << 32 | word):
            if self._own:
                prefetch(self._heads + 2 * (word if word < self._head_count else 0))
                prefetch(self._fixed + word)
                prefetch(self._fixed + self.size + word)
            else:
                prefetch(self._unigrams + <uint64_t>word * 16)
            return True
        if before.length == 2 and known.count:
            if self._own:
                # Where the search among them begins.
                step = (known.known >> _RANK_BITS & _WIDTH) + self._trigram_code_bits
                prefetch(self._trigrams + (known.low + <uint64_t>(known.count // 2) * step >> 3))
            else:
                middle = _middle(known.low, <uint64_t>known.low + known.count, 0, self.size, before.words[1])
                prefetch(self._trigrams + (middle * self._trigram_bits >> 3))
        return False

    cdef inline void prefetch_3(self, const State* before, uint32_t word) noexcept nogil:
        """The same for what `extend` reads after that of a bigram that was not seen lately."""
        cdef uint64_t low, high
        if self._own:
            if before.length and word < self._head_count:
                low = self._heads[2 * word + 1]
                high = (self._heads[2 * word + 2] - self._heads[2 * word]) // (2 * _BLOCK)
                prefetch(self._bigrams + (low >> 3))
                # Of a word with many blocks also where the first of them is asked for.
                prefetch(self._bigrams + (low + high * (self._word_bits + self._way_bits) >> 3))
                prefetch(self._marks + self._heads[2 * word] // _MARKED * _MARK_BYTES)
        elif before.length:
            memcpy(&low, self._unigrams + <uint64_t>word * 16 + 8, 8)
            memcpy(&high, self._unigrams + <uint64_t>word * 16 + 24, 8)
            if low < high:
                low = _middle(low, high, 0, self.size, before.words[0])
                prefetch(self._bigrams + (low * self._bigram_bits >> 3))

    cdef inline void prefetch_pair(self, uint32_t character, uint32_t following) noexcept nogil:
        """Have what `step` reads for a word that begins with two characters on its way from memory."""
        cdef uint32_t node = self._first[character] if character < 0x10000 else 0
        if node:
            self.prefetch_step(node, following)

    cdef inline void prefetch_step(self, uint32_t node, uint32_t character) noexcept nogil:
        """Have what `step` reads from a node that is not the root on its way from memory."""
        cdef uint64_t hashed = (<uint64_t>node << 21 | character) * <uint64_t>0x9E3779B97F4A7C15
        prefetch(self._hints + (hashed >> (70 - _HINT_BITS)))
        prefetch(self._edges + ((hashed >> 20) & self._mask))

    cdef inline bint is_word(self, uint32_t node) noexcept nogil:
        """Whether a node is a word: then it is the word's number."""
        return node != 0 and node < self.size

    cdef inline bint _find(
        self, const uint8_t* base, int bits, uint64_t low, uint64_t high, uint32_t key, uint64_t* at
    ) noexcept nogil:
        """Where in the sorted entries low..high-1 the word `key` stands: interpolation while they are many."""
        cdef uint64_t below = 0, above = self.size, middle
        cdef uint32_t found
        while high > low:
            middle = _middle(low, high, below, above, key)
            found = _bits(base, middle * bits, self._word_bits)
            if found < key:
                low = middle + 1
                below = found
            elif found > key:
                high = middle
                above = found
            else:
                at[0] = middle
                return True
        return False

    cdef inline bint _find_rank(self, const Bigram* known, uint32_t rank, uint32_t* code) noexcept nogil:
        """Whether among the trigrams that end in a bigram there is one that begins with `rank`,
        and the code of its probability."""
        cdef int width = known.known >> _RANK_BITS & _WIDTH, step = width + self._trigram_code_bits
        cdef uint64_t place = known.low, low = 0, high = known.count, middle
        cdef uint32_t found
        while low < high:
            middle = low + (high - low) // 2
            found = <uint32_t>_bits(self._trigrams, place + middle * step, width)
            if found < rank:
                low = middle + 1
            elif found > rank:
                high = middle
            else:
                code[0] = <uint32_t>_bits(self._trigrams, place + middle * step + width, self._trigram_code_bits)
                return True
        return False

    cdef inline float extend(self, const State* before, uint32_t word, State* after) noexcept nogil:
        """log10 P(word | before); fills `after` (`GenericModel::FullScore` of lm/model.cc)."""
        cdef uint32_t previous = before.words[0] if before.length else _NOTHING, code
        cdef uint64_t key = <uint64_t>1 << 63 | <uint64_t>previous << 32 | word, at
        cdef Bigram* known = self._recent + _slot(previous, word)
        cdef float probability
        cdef int32_t length = 1, index
        if known.key != key:
            if self._own:
                self._look_up_own(previous, word, known)
            else:
                self._look_up(previous, word, known)
            known.key = key
        probability = known.probability
        after.words[0] = word
        after.backoff[0] = known.backoffs[0]
        after.length = 1 if _extends(known.backoffs[0]) else 0
        if known.known & _IS_KNOWN:
            length = 2
            after.backoff[1] = known.backoffs[1]
            after.words[1] = previous
            after.rank = known.known & _RANK
            if _extends(known.backoffs[1]):
                after.length = 2
            if before.length == 2 and known.count:
                if self._own:
                    if self._find_rank(known, before.rank, &code):
                        probability = self._trigram_probability[code]
                        length = 3
                elif self._find(
                    self._trigrams, self._trigram_bits, known.low, <uint64_t>known.low + known.count, before.words[1],
                    &at
                ):
                    probability = self._trigram_probability[
                        _bits(self._trigrams, at * self._trigram_bits + self._word_bits, self._probability_bits)
                    ]
                    length = 3
        for index in range(length - 1, before.length):
            probability = probability + before.backoff[index]
        return probability

    cdef inline float first(self, uint32_t word, State* after) noexcept nogil:
        """The same with nothing before the word, of which nothing has to be remembered."""
        cdef float probability
        if self._own:
            probability = as_log10(self._fixed[word])
            after.backoff[0] = (
                -0.0 if self._fixed[self.size + word] == _NO_BACKOFF else as_log10(self._fixed[self.size + word])
            )
        else:
            memcpy(&probability, self._unigrams + <uint64_t>word * 16, 4)
            memcpy(&after.backoff[0], self._unigrams + <uint64_t>word * 16 + 4, 4)
        after.words[0] = word
        after.length = 1 if _extends(after.backoff[0]) else 0
        return probability


cdef struct Edge:
    uint32_t character
    int32_t target
    int32_t entered
    int32_t following


cdef struct Hypothesis:
    State state
    #: The words of the state, one number for both.
    uint64_t key
    double best
    double unedited
    int32_t first
    int32_t last
    int32_t following


cdef struct Step:
    double fluency
    int32_t previous
    int32_t entered
    int32_t following


cdef struct Word:
    int32_t number
    int32_t target
    int32_t entered


cdef struct Pending:
    uint32_t node
    int32_t place
    int32_t entered
    int32_t length


#: The original of an arc is characters `first` to `first + length - 1` of the pool.
cdef struct Edit:
    int32_t start
    int32_t end
    int32_t first
    int32_t length
    double log_odds


cdef inline uint64_t keyed(const State* state) noexcept nogil:
    """The words of a state as one number."""
    if state.length == 0:
        return 0
    if state.length == 1:
        return <uint64_t>state.words[0] + 1
    return (<uint64_t>state.words[1] + 1) << 32 | (<uint64_t>state.words[0] + 1)


@cython.final
cdef class LatticeBuilder:
    """Where lattices are built, one after the other."""

    cdef Trigrams model
    cdef int32_t crossing, size, nodes, arcs
    cdef uint32_t pause_marks[64]
    cdef int32_t pause_words[64]
    cdef int32_t pauses
    cdef Vector characters, edits
    cdef Vector edges, edge_heads, edge_tails, hypotheses, heads, tails, steps, words, pending, order, ranking
    cdef Vector log_odds, joint_first, joint_arcs, pairs, missing
    #: The hypotheses that were expanded, in order, the end of the stretch last.
    cdef Vector numbered

    #: The node that is being expanded, by its place in `order`, and how many hypotheses of it.
    cdef int32_t at, kept, beam
    cdef double width

    cdef int begin(self, const uint32_t* pool, const State* before, int32_t beam, double width) except -1
    cdef bint ready(self) except -1 nogil
    cdef int rank(self, int32_t at) except -1 nogil
    cdef int prefetch_1(self) except -1 nogil
    cdef int prefetch_2(self) except -1 nogil
    cdef int prefetch_3(self) except -1 nogil
    cdef int take(self) except -1 nogil
    cdef int node(self) except -1
    cdef int edge(self, int32_t source, uint32_t character, int32_t target, int32_t entered) except -1
    cdef int32_t joined(self, int32_t one, int32_t other) except -1 nogil
    cdef int members(self, int32_t entered) except -1 nogil
    cdef int graph(self, const uint32_t* pool) except -1
    cdef int word(self, int32_t number, int32_t target, int32_t entered) except -1 nogil
    cdef int later(self, uint32_t node, int32_t place, int32_t entered, int32_t length) except -1 nogil
    cdef int find_words(self, int32_t node) except -1 nogil
    cdef int prefetch_words(self, const uint32_t* pool) except -1
    cdef int32_t reach(self, int32_t node, const State* state, double total, double unedited) except -1 nogil
    cdef int step(self, int32_t target, int32_t number, double fluency, int32_t entered) except -1 nogil


#: One way into a hypothesis: from hypothesis `previous`, taking the arcs called `entered`.
cdef struct Way:
    double weight
    int32_t previous
    int32_t entered


#: What is known of a hypothesis of the lattice as it was built.
cdef struct Passed:
    #: The fluency of the best reading so far.
    double best
    #: The hypothesis of the condensed lattice that stands for it, and what a way that
    #: comes from there is multiplied by.
    double share
    int32_t stand_in
    #: Its ways among `ways`, where the hypothesis behind it takes them over.
    int32_t first
    int32_t last
    #: How many steps lead on from it towards the end of the stretch: 0 none, 1 a single
    #: one that takes no arc, else more.
    int32_t onward


cdef class Condenser:
    cdef double scale
    cdef Vector passed, ways, kept
    #: The condensed lattice: by hypothesis where its ways begin, and the columns of these; appended to.
    cdef Vector first, previous, entered, weights

    cdef int empty(self, double scale) except -1
    cdef double condense(self, LatticeBuilder work) except -1.0
    cdef int look_back(self, LatticeBuilder work) except -1
    cdef int gather(self, LatticeBuilder work, int32_t hypothesis) except -1
    cdef int add(self, int32_t low, int32_t previous, int32_t entered, double weight) except -1
    cdef int keep(self, int32_t base, const Way* ways, int32_t count) except -1
