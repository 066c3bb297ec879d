# cython: language_level=3, boundscheck=True, wraparound=False, cdivision=True, initializedcheck=False
"""Where strings stand in a text, and what they are worth out of context, without a Python object a match.

The automaton of Aho and Corasick (1975) over code points, made level by level; state 0 is the root, whose children
stand in a table of their own. Most characters lead nowhere from where the text has come to, which a bit for every edge
shows without a look at the edges.
"""

from cpython cimport array
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ_CHAR
from libc.math cimport exp, log, log10, sqrt
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

cdef extern from "Python.h":
    int PyObject_GenericSetAttr(object, object, object) except -1
    # As it is declared elsewhere it takes the interpreter's lock.
    Py_UCS4 PyUnicode_READ(int kind, const void* data, Py_ssize_t index) noexcept nogil
    Py_UCS4* PyUnicode_AsUCS4(object text, Py_UCS4* into, Py_ssize_t size, int ended) except NULL

from despin.kernel.native.program cimport Evidence
from despin.kernel.native.lattice cimport PAGE, huge
from despin.kernel.native.vectors cimport Vector, append, copied, grow, look_at_starts

import array

from despin.kernel.types import Segment

cdef array.array _INTEGERS = array.array("i")

cdef enum:
    #: Texts of so many characters are looked through without the interpreter's lock: shorter ones are done
    #: sooner than it would be handed over.
    _LONG = 500


cdef int _look_at(
    array.array starts, array.array ends, array.array patterns, Py_ssize_t low, Py_ssize_t high, int32_t size
) except -1:
    """Raise `ValueError` for columns that are not as long as one another or hold no integers, `IndexError` for matches
    that are not there or are of none of `size` patterns."""
    cdef Py_ssize_t place
    if starts.typecode != "i" or ends.typecode != "i" or patterns.typecode != "i":
        raise ValueError("columns of integers are needed")
    if len(starts) != len(patterns) or len(ends) != len(patterns):
        raise ValueError("every match needs a start, an end and a pattern")
    if not 0 <= low <= high <= len(patterns):
        raise IndexError("matches that are not there")
    for place in range(low, high):
        if not 0 <= patterns.data.as_ints[place] < size:
            raise IndexError("a pattern that is not there")
    return 0


cdef class Automaton:
    """An automaton over `patterns`, which are sorted and not empty. By pattern: its number in the channel,
    whether it is a spun form, and whether `unreplaced` counts it. Raises `ValueError` for an empty
    pattern, and where one is left out."""

    def __cinit__(self, list patterns not None, list numbers not None, list is_form not None, list counted not None):
        cdef int32_t index
        cdef Py_ssize_t characters = 0
        cdef Py_ssize_t slots = 64
        cdef int bits = 9
        cdef Py_ssize_t common
        cdef str pattern, before = ""
        self.size = len(patterns)
        if not len(numbers) == len(is_form) == len(counted) == len(patterns):
            raise ValueError("a number and two marks for every pattern are needed")
        for pattern in patterns:
            if not pattern:
                raise ValueError("an empty pattern stands nowhere")
            # What two neighbours begin with has the same states.
            common = 0
            while common < len(pattern) and common < len(before) and pattern[common] == before[common]:
                common += 1
            characters += len(pattern) - common
            before = pattern
        # At most half of the slots are taken, and one bit in sixteen is set.
        while slots < 2 * characters:
            slots *= 2
            bits += 1
        self._mask = slots - 1
        self._hint_shift = 64 - bits
        self._room = characters + 1
        self._take_store(slots)
        self.numbers = <int32_t*>malloc((self.size + 1) * sizeof(int32_t))
        self._lengths = <int32_t*>malloc((self.size + 1) * sizeof(int32_t))
        self.counts = <int32_t*>calloc(self.size + 1, sizeof(int32_t))
        self.seen = <int32_t*>malloc((self.size + 1) * sizeof(int32_t))
        self._is_form = <uint8_t*>malloc(self.size + 1)
        self._counted = <uint8_t*>malloc(self.size + 1)
        self.beginnings = <uint32_t*>malloc((self.size + 1) * sizeof(uint32_t))
        if (
            self.numbers == NULL or self._lengths == NULL or self.counts == NULL or self.seen == NULL
            or self._is_form == NULL or self._counted == NULL or self.beginnings == NULL
        ):
            raise MemoryError
        for index in range(self.size):
            self.numbers[index] = numbers[index]
            pattern = patterns[index]
            self._lengths[index] = len(pattern)
            self.beginnings[index] = beginning(pattern[0], pattern[1]) if len(pattern) > 1 else <uint32_t>pattern[0]
            self._is_form[index] = is_form[index]
            self._counted[index] = counted[index]
        self._build(patterns)

    def __dealloc__(self):
        free(self.beginnings)
        free(self._store)
        free(self.numbers)
        free(self._lengths)
        free(self.counts)
        free(self.seen)
        free(self._is_form)
        free(self._counted)

    cdef int _take_store(self, Py_ssize_t slots) except -1:
        """Memory for what is looked up at random, in large pages where the system has them, as the language model's."""
        cdef size_t roots = PLANE * sizeof(int32_t), edges = 2 * slots * sizeof(uint64_t)
        cdef size_t size = roots + slots + edges + self._room * sizeof(State)
        cdef uint8_t* place
        size = (size + PAGE - 1) & ~<size_t>(PAGE - 1)
        self._store = <uint8_t*>calloc(size + PAGE, 1)
        if self._store == NULL:
            raise MemoryError
        place = <uint8_t*>((<size_t>self._store + PAGE - 1) & ~<size_t>(PAGE - 1))
        huge(place, size)
        self._roots = <int32_t*>place
        self._hints = <uint64_t*>(place + roots)
        self._edges = <uint64_t*>(place + roots + slots)
        self.states = <State*>(place + roots + slots + edges)
        return 0

    cdef int _link(self, int32_t state, uint32_t character, int32_t child) except -1:
        """Remember that `child` comes after `character`."""
        cdef uint64_t key, hashed, slot
        if not state and character < PLANE:
            self._roots[character] = child
            return 0
        key = <uint64_t>(state + 1) << 21 | character
        hashed = key * <uint64_t>0x9E3779B97F4A7C15
        slot = hashed >> self._hint_shift
        self._hints[slot >> 6] |= <uint64_t>1 << (slot & 63)
        slot = (hashed >> 20) & self._mask
        while self._edges[2 * slot]:
            slot = (slot + 1) & self._mask
        self._edges[2 * slot] = key
        self._edges[2 * slot + 1] = child
        return 0

    cdef int _build(self, list patterns) except -1:
        """Make the states, level by level."""
        # The patterns that go on at this level, and the state each of them has come to.
        cdef int32_t* going = <int32_t*>malloc((self.size + 1) * sizeof(int32_t))
        cdef int32_t* places = <int32_t*>calloc(self.size + 1, sizeof(int32_t))
        # Whether a state has children.
        cdef uint8_t* branching = <uint8_t*>calloc(self._room, 1)
        cdef int32_t index, pattern, kept, count = self.size, depth = 0, made = 1, parent, last
        cdef uint32_t character, latest
        cdef State* state
        cdef State* failing
        if going == NULL or places == NULL or branching == NULL:
            free(going)
            free(places)
            free(branching)
            raise MemoryError
        memset(self.states, 0, sizeof(State))
        self.states[0].pattern = -1
        for index in range(count):
            going[index] = index
        while count:
            kept = 0
            last = -1
            latest = 0
            for index in range(count):
                pattern = going[index]
                parent = places[pattern]
                character = (<str>patterns[pattern])[depth]
                state = self.states + (made - 1)
                if parent != last or latest != character:
                    last = parent
                    latest = character
                    state = self.states + made
                    state.pattern = -1
                    # Until all states of its level are made, `going` of a state is
                    # itself, and `failure` the next shorter.
                    state.failure = self.step(self.states[parent].failure, character) if depth else 0
                    state.going = made
                    failing = self.states + state.failure
                    state.shorter = failing.shorter if failing.pattern < 0 else state.failure
                    branching[parent] = 1
                    self._link(parent, character, made)
                    made += 1
                places[pattern] = made - 1
                if self._lengths[pattern] == depth + 1:
                    state.pattern = pattern
                else:
                    going[kept] = pattern
                    kept += 1
            count = kept
            depth += 1
        for index in range(1, made):
            self._shorten(index, branching[index])
        free(going)
        free(places)
        free(branching)
        return 0

    cdef int _shorten(self, int32_t place, bint branching) except -1:
        """Let a state lead past those that have nothing to give. The shorter ones are done."""
        cdef State* state = self.states + place
        cdef State* failing = self.states + state.failure
        state.failure = failing.going
        state.going = place if branching else failing.going
        return 0

    def find(self, str text not None):
        """(starts, ends, patterns) of every occurrence of every pattern, in order of their ends, longer ones first."""
        cdef Py_ssize_t place, count, size = len(text)
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef Vector every
        cdef int32_t* found
        cdef array.array starts, ends, patterns
        memset(&every, 0, sizeof(Vector))
        every.size = 3 * sizeof(int32_t)
        try:
            if size >= _LONG:
                with nogil:
                    self._find(kind, data, size, &every)
            else:
                self._find(kind, data, size, &every)
            count, found = every.count, <int32_t*>every.data
            starts = array.clone(_INTEGERS, count, False)
            ends = array.clone(_INTEGERS, count, False)
            patterns = array.clone(_INTEGERS, count, False)
            for place in range(count):
                starts.data.as_ints[place] = found[3 * place]
                ends.data.as_ints[place] = found[3 * place + 1]
                patterns.data.as_ints[place] = found[3 * place + 2]
        finally:
            free(every.data)
        return starts, ends, patterns

    cdef int _find(self, int kind, const void* data, Py_ssize_t size, Vector* every) except -1 nogil:
        """Append the start, end and pattern of every match."""
        cdef Py_ssize_t place
        cdef int32_t state = 0, at, pattern
        cdef State* states = self.states
        cdef int32_t* found
        for place in range(size):
            state = self.step(state, PyUnicode_READ(kind, <void*>data, place))
            at = state if states[state].pattern >= 0 else states[state].shorter
            while at:
                grow(every)
                found = <int32_t*>every.data + 3 * (every.count - 1)
                pattern = states[at].pattern
                found[0] = <int32_t>(place + 1 - self._lengths[pattern])
                found[1] = <int32_t>(place + 1)
                found[2] = pattern
                at = states[at].shorter
        return 0

    def sites(
        self, array.array starts not None, array.array ends not None, array.array patterns not None, type kind not None
    ):
        """(start, end, number), as the tuples `kind`, of every match that is a spun
        form, by start, the shorter first."""
        _look_at(starts, ends, patterns, 0, len(patterns), self.size)
        cdef Py_ssize_t count = len(patterns), place, at, kept = 0
        cdef int32_t* order = <int32_t*>malloc((count + 1) * sizeof(int32_t))
        cdef list found = []
        cdef object new = tuple.__new__
        cdef tuple row
        if order == NULL:
            raise MemoryError
        try:
            for place in range(count):
                if self._is_form[patterns.data.as_ints[place]]:
                    at = kept
                    # By end they are in order already, so few change places.
                    while at and starts.data.as_ints[order[at - 1]] > starts.data.as_ints[place]:
                        order[at] = order[at - 1]
                        at -= 1
                    order[at] = <int32_t>place
                    kept += 1
            for place in range(kept):
                at = order[place]
                row = starts.data.as_ints[at], ends.data.as_ints[at], self.numbers[patterns.data.as_ints[at]]
                # What the named tuple's own constructor does, without a Python function in between.
                found.append(new(kind, row))
        finally:
            free(order)
        return found

    def unreplaced(
        self, array.array starts not None, array.array ends not None, array.array patterns not None, Py_ssize_t low,
        Py_ssize_t high
    ):
        """How often each counted pattern stands where no longer match covers it, among the matches low..high-1."""
        _look_at(starts, ends, patterns, low, high, self.size)
        cdef int32_t index, count
        count = self.stands(starts.data.as_ints, ends.data.as_ints, patterns.data.as_ints, low, high)
        # All counts are taken back before any Python code could run, so threads never see each other's.
        cdef array.array pairs = array.clone(_INTEGERS, 2 * count, False)
        for index in range(count):
            pairs.data.as_ints[2 * index] = self.numbers[self.seen[index]]
            pairs.data.as_ints[2 * index + 1] = self.counts[self.seen[index]]
            self.counts[self.seen[index]] = 0
        return {pairs.data.as_ints[2 * index]: pairs.data.as_ints[2 * index + 1] for index in range(count)}

    def unreplaced_in(
        self, str text not None, array.array starts not None, array.array ends not None, array.array patterns not None,
        array.array cuts not None, single
    ):
        """The same in each part of `text`, which the `cuts` part: where those of every part begin, and then the
        numbers and the counts of all parts, one behind the other. A match belongs to the part that its last
        character is in; `single` gives for a spun form (number, original) of its originals of one character,
        which count wherever one stands."""
        _look_at(starts, ends, patterns, 0, len(patterns), self.size)
        if not len(cuts) or cuts.typecode != "i" or list(cuts) != sorted(cuts) or cuts[0] < 0:
            raise ValueError("parts begin one behind the other")
        cdef Vector first, found, counts
        cdef int32_t part, low = 0, high = 0, place, index, count, size = len(text), matches = len(ends)
        memset(&first, 0, sizeof(Vector))
        first.size = sizeof(int32_t)
        found = counts = first
        try:
            append(&first, 0)
            for part in range(len(cuts) - 1):
                while high < matches and ends.data.as_ints[high] < cuts.data.as_ints[part + 1]:
                    high += 1
                count = self.stands(starts.data.as_ints, ends.data.as_ints, patterns.data.as_ints, low, high)
                for place in range(count):
                    index = self.seen[place]
                    append(&found, self.numbers[index])
                    append(&counts, self.counts[index])
                    self.counts[index] = 0
                for place in range(low, high):
                    index = patterns.data.as_ints[place]
                    if self._lengths[index] == 1 and self._is_form[index]:
                        self._count_single(
                            text, cuts.data.as_ints[part], min(size, cuts.data.as_ints[part + 1]),
                            single(self.numbers[index]), (<int32_t*>first.data)[part] + count, &found, &counts
                        )
                append(&first, found.count)
                low = high
            return copied(&first, _INTEGERS), copied(&found, _INTEGERS), copied(&counts, _INTEGERS)
        finally:
            free(first.data)
            free(found.data)
            free(counts.data)

    cdef int _count_single(
        self, str text, int32_t start, int32_t end, list originals, int32_t low, Vector* found, Vector* counts
    ) except -1:
        """Count originals of one character in text[start:end], but for those that are in `found` from `low` on."""
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef int32_t number, place, count
        cdef Py_UCS4 character
        for one in originals:
            number, character = one
            place = low
            while place < found.count and (<int32_t*>found.data)[place] != number:
                place += 1
            if place < found.count:
                continue
            count = 0
            for place in range(start, end):
                count += PyUnicode_READ(kind, data, place) == character
            if count:
                append(found, number)
                append(counts, count)
        return 0

    cdef int32_t stands(
        self, const int* starts, const int* ends, const int* patterns, Py_ssize_t low, Py_ssize_t high
    ) noexcept nogil:
        """Put into `counts` how often each counted pattern stands, and which ones do into `seen`; how many these are.
        Whoever calls takes the counts back."""
        cdef Py_ssize_t place, end
        cdef int32_t index, count = 0, reached = 0x7FFFFFFF
        # From the last end to the first, of one end the longer first: `reached` is the least start so far.
        end = high
        while end > low:
            place = end - 1
            while place > low and ends[place - 1] == ends[place]:
                place -= 1
            end = place
            if starts[place] < reached:
                reached = starts[place]
                index = patterns[place]
                if self._counted[index]:
                    if not self.counts[index]:
                        self.seen[count] = index
                        count += 1
                    self.counts[index] += 1
        return count


cdef array.array _FLOATS = array.array("d")

cdef enum:
    FULL_STOP = 0x3002
    #: So many matches may reach into the next block.
    _LATE = 64


cdef class Prescreen:
    """What matches are worth out of context. `odds(index)` gives by family how much likelier a pattern, by its place in
    the automaton, is from a spinner; it is asked once. `numbers` are those of the patterns in the channel. `singles`
    says of every pattern whether it is a spun form of one character; `exposed`, in which `exposed_first` leads, of
    every pattern of the channel in which of so many `families` it is an original. `least` and `ceiling` bound what a
    pattern is worth (log10), `start_rate` and `rates` are the rates supposed."""

    #: Below 0 where nobody has asked.
    cdef double* _worth
    cdef int32_t* _firsts
    cdef int32_t* _lengths
    cdef int32_t* _counts
    cdef int32_t* _seen
    cdef Vector _families, _odds
    #: By odds what they say at each of the rates, below 0 where nobody has asked.
    cdef Vector _gains
    cdef array.array _exposed_first, _exposed
    #: A bit for every character, of the first plane, that is a spun form worth something; and, by a hash, for every two
    #: that such a one begins with. Made for an automaton, again once worths were loaded.
    cdef uint64_t* _alone
    cdef uint64_t* _begins
    cdef int _begins_shift
    cdef Automaton _marked
    #: By pattern of the channel the matcher's own number of it.
    cdef array.array _places
    cdef list _singles
    cdef object _ask
    cdef int32_t _size, _number
    cdef double _start_rate, _least, _ceiling
    #: The rates supposed, and how likely (log10) a spinner leaves a word standing at each.
    cdef array.array _rates, _kept
    #: How many patterns were asked for.
    cdef readonly int asked

    def __cinit__(
        self, odds, list numbers not None, list singles not None, array.array exposed_first not None,
        array.array exposed not None, int families, double start_rate, tuple rates not None, double least,
        double ceiling,
    ):
        cdef int32_t index
        look_at_starts(exposed_first, len(exposed_first) - 1, <int32_t>len(exposed))
        if exposed.typecode != "i" or (len(exposed) and not 0 <= min(exposed) <= max(exposed) < families):
            raise ValueError("families that are not there")
        if not rates or families < 1:
            raise ValueError("a rate and a family at least are needed")
        self._size = len(singles)
        self._places = array.array("i", [-1]) * (len(exposed_first) - 1)
        for index in range(self._size):
            if not 0 <= numbers[index] < len(self._places):
                raise IndexError("a pattern that is not there")
            self._places.data.as_ints[<int32_t>numbers[index]] = index
        self._ask, self._singles, self._number = odds, singles, families
        self._start_rate, self._least, self._ceiling = start_rate, least, ceiling
        self._rates = array.array("d", rates)
        self._kept = array.array("d", [log10(1.0 - <double>rate) for rate in rates])
        self._families.size = sizeof(int32_t)
        self._odds.size = self._gains.size = sizeof(double)
        self._exposed_first, self._exposed = exposed_first, exposed
        self._worth = <double*>malloc((self._size + 1) * sizeof(double))
        self._firsts = <int32_t*>malloc((self._size + 1) * sizeof(int32_t))
        self._lengths = <int32_t*>malloc((self._size + 1) * sizeof(int32_t))
        self._counts = <int32_t*>calloc(self._size + 1, sizeof(int32_t))
        self._seen = <int32_t*>malloc((self._size + 1) * sizeof(int32_t))
        if (
            self._worth == NULL or self._firsts == NULL or self._lengths == NULL or self._counts == NULL
            or self._seen == NULL
        ):
            raise MemoryError
        for index in range(self._size):
            self._firsts[index] = -1
            self._worth[index] = -1.0

    def __dealloc__(self):
        free(self._alone)
        free(self._begins)
        free(self._worth)
        free(self._firsts)
        free(self._lengths)
        free(self._counts)
        free(self._seen)
        free(self._families.data)
        free(self._odds.data)
        free(self._gains.data)

    cdef int32_t _place_of(self, int32_t pattern) except -1:
        """The matcher's own number of a pattern of the channel. Raises `IndexError` where it has none."""
        if not 0 <= pattern < len(self._places) or self._places.data.as_ints[pattern] < 0:
            raise IndexError("a pattern that is not there")
        return self._places.data.as_ints[pattern]

    def total(self, array.array patterns not None, Py_ssize_t low, Py_ssize_t high):
        """The worth of the matches low..high-1 of these patterns; n of one are worth as much
        as sqrt(n) of different ones."""
        _look_at(patterns, patterns, patterns, low, high, self._size)
        cdef int32_t place, index, count = self._count(patterns, low, high)
        cdef double total = 0.0
        for place in range(count):
            index = self._seen[place]
            total += self._worth[index] * sqrt(self._counts[index])
            self._counts[index] = 0
        return total

    def worth(self, int32_t pattern):
        """The worth of a pattern, by its number in the channel. Raises `IndexError` where the
        automaton has no such pattern."""
        cdef int32_t index = self._place_of(pattern)
        if self._firsts[index] < 0:
            self._learn(index)
        return self._worth[index]

    def clear(self, Automaton automaton not None, str text not None, int block, double bar):
        """Whether the matches of every block of `text` are worth less than `bar`: one pass, in which no
        match is kept. False also where a pattern is met that nobody has asked for; `automaton` is the
        one that numbers the patterns."""
        cdef int32_t stops
        if block < 1:
            raise ValueError("a size of at least 1 is needed")
        return self._clear(automaton, text, block, bar, &stops)

    cdef int _mark(self, Automaton automaton) except -1:
        """Remember what the spun forms begin with that are worth something, or that nobody has
        asked for: one bit in 32 is set."""
        cdef int32_t index, count = 0
        cdef uint32_t hashed
        cdef int bits = 12
        for index in range(self._size):
            count += automaton._is_form[index] and self._worth[index] != 0.0
        while bits < 30 and <int64_t>1 << bits < 32 * <int64_t>count:
            bits += 1
        free(self._alone)
        free(self._begins)
        self._begins_shift = 32 - bits
        self._alone = <uint64_t*>calloc(PLANE // 64, sizeof(uint64_t))
        self._begins = <uint64_t*>calloc(<size_t>1 << (bits - 6), sizeof(uint64_t))
        if self._alone == NULL or self._begins == NULL:
            raise MemoryError
        for index in range(self._size):
            if not automaton._is_form[index] or self._worth[index] == 0.0:
                continue
            hashed = automaton.beginnings[index]
            if automaton._lengths[index] > 1:
                hashed >>= self._begins_shift
                self._begins[hashed >> 6] |= <uint64_t>1 << (hashed & 63)
            elif hashed < PLANE:
                self._alone[hashed >> 6] |= <uint64_t>1 << (hashed & 63)
        self._marked = automaton
        return 0

    cdef inline bint _may_begin(self, uint32_t one, uint32_t two) noexcept nogil:
        """Whether such a form may begin with a character, behind which another stands."""
        cdef uint32_t hashed = beginning(one, two) >> self._begins_shift
        if one >= PLANE:
            return True
        return (self._begins[hashed >> 6] >> (hashed & 63) | self._alone[one >> 6] >> (one & 63)) & 1

    cdef bint _clear(self, Automaton automaton, str text, int block, double bar, int32_t* stops) except -1:
        """The same; of a text of one block, and of one that is clear, counts full stops into `stops`.
        Most characters begin no form, which a bit for every two shows."""
        cdef Py_ssize_t place, at, size = len(text), first = 0, end, number
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef State* states = automaton.states
        cdef int32_t state, index, count = 0, late = 0
        cdef int32_t later[_LATE]
        cdef uint32_t one, two
        # What the block is worth so far, and what is surely enough however sums are rounded.
        cdef double total = 0.0, enough = bar * (1.0 + 1e-9) + 1e-9
        stops[0] = 0
        if self._size != automaton.size:
            return False
        if self._marked is not automaton:
            self._mark(automaton)
        two = PyUnicode_READ(kind, data, 0) if size else 0
        # A match belongs to the block that its end lies in; the end of the last block is the text's, inclusive.
        end = block - 1 if size > block else size
        while first < size:
            for place in range(first, end):
                one = two
                two = PyUnicode_READ(kind, data, place + 1) if place + 1 < size else 0
                stops[0] += one == FULL_STOP
                if not self._may_begin(one, two):
                    continue
                state = automaton.child(0, one)
                at = place + 1
                while state:
                    index = states[state].pattern
                    if index >= 0 and self._worth[index] != 0.0 and automaton._is_form[index]:
                        if at <= end:
                            count = self._take(index, count)
                            total += self._rise(index)
                        elif late == _LATE or at - end >= block:
                            return self._forget(count)
                        else:
                            later[late] = index
                            late += 1
                    if at == size:
                        break
                    state = automaton.child(state, PyUnicode_READ(kind, data, at))
                    at += 1
                if total >= enough:
                    if size <= block:
                        for at in range(place + 1, size):
                            stops[0] += PyUnicode_READ(kind, data, at) == FULL_STOP
                    return self._forget(count)
            if not self._weighed(count) < bar:
                return False
            count = 0
            total = 0.0
            for number in range(late):
                count = self._take(later[number], count)
                total += self._rise(later[number])
            late = 0
            first, end = end, min(end + block, size)
        return not count or self._weighed(count) < bar

    cdef inline double _rise(self, int32_t index) noexcept:
        """By how much the match that was counted last raises what all are worth; infinity
        where nobody has asked for it."""
        cdef int32_t often = self._counts[index]
        if self._worth[index] < 0.0:
            return float("inf")
        return self._worth[index] * (sqrt(often) - sqrt(often - 1))

    cdef inline int32_t _take(self, int32_t index, int32_t count) noexcept:
        """Count a match; how many different ones there are."""
        if not self._counts[index]:
            self._seen[count] = index
            count += 1
        self._counts[index] += 1
        return count

    cdef bint _forget(self, int32_t count) noexcept:
        """Take back what was counted; False."""
        cdef int32_t number
        for number in range(count):
            self._counts[self._seen[number]] = 0
        return False

    cdef double _weighed(self, int32_t count) noexcept:
        """What the matches that were counted are worth, infinity where one was never asked
        for; their counts are taken back."""
        cdef double total = 0.0
        cdef int32_t number, index
        for number in range(count):
            index = self._seen[number]
            if self._worth[index] < 0.0:
                total = float("inf")
            elif self._worth[index] > 0.0:
                total += self._worth[index] * sqrt(self._counts[index])
            self._counts[index] = 0
        return total

    def surest(
        self, Automaton automaton not None, array.array starts not None, array.array ends not None,
        array.array patterns not None, Py_ssize_t low, Py_ssize_t high
    ):
        """The most that the matches low..high-1 say for a family at a rate: its spun forms speak for it, the words it
        would have replaced and that stand against it."""
        _look_at(starts, ends, patterns, low, high, self._size)
        if automaton.size != self._size:
            raise ValueError("patterns of another automaton")
        cdef int32_t place, index, at, number, count, rates = <int32_t>len(self._rates)
        cdef array.array sums = array.clone(_FLOATS, rates * self._number, True)
        cdef array.array left = array.clone(_FLOATS, self._number, True)
        cdef double root, most = float("-inf")
        cdef double* gains
        cdef double* total
        count = self._count(patterns, low, high)
        for place in range(count):
            index = self._seen[place]
            root = sqrt(self._counts[index])
            self._counts[index] = 0
            for at in range(self._firsts[index], self._firsts[index] + self._lengths[index]):
                gains = self._gains_of(at)
                total = sums.data.as_doubles + (<int32_t*>self._families.data)[at]
                for number in range(rates):
                    total[number * self._number] += root * gains[number]
        count = automaton.stands(starts.data.as_ints, ends.data.as_ints, patterns.data.as_ints, low, high)
        for place in range(count):
            index = automaton.seen[place]
            root = sqrt(automaton.counts[index])
            automaton.counts[index] = 0
            index = automaton.numbers[index]
            if not 0 <= index < len(self._places):
                raise IndexError("a pattern that is not there")
            for at in range(self._exposed_first.data.as_ints[index], self._exposed_first.data.as_ints[index + 1]):
                left.data.as_doubles[self._exposed.data.as_ints[at]] += root
        for number in range(rates):
            for at in range(self._number):
                root = sums.data.as_doubles[number * self._number + at]
                most = max(most, root + left.data.as_doubles[at] * self._kept.data.as_doubles[number])
        return most

    cdef double* _gains_of(self, int32_t at) noexcept:
        """What odds say for a family at each of the rates."""
        cdef int32_t rates = <int32_t>len(self._rates), number
        cdef double* gains = <double*>self._gains.data + at * rates
        if gains[0] < 0.0:
            for number in range(rates):
                gains[number] = min(
                    self._ceiling, log10(1.0 + self._rates.data.as_doubles[number] * (<double*>self._odds.data)[at])
                )
        return gains

    cdef int32_t _count(self, array.array patterns, Py_ssize_t low, Py_ssize_t high) except -1:
        """Count the matches of patterns that are worth something; how many of these there are. Whoever calls takes the
        counts back before any Python code could run, so threads never see each other's."""
        cdef Py_ssize_t place
        cdef int32_t index, count = 0
        for place in range(low, high):
            if self._firsts[patterns.data.as_ints[place]] < 0:
                # Asking may let another thread in, so it comes before any count.
                self._learn(patterns.data.as_ints[place])
        for place in range(low, high):
            index = patterns.data.as_ints[place]
            if self._lengths[index]:
                if not self._counts[index]:
                    self._seen[count] = index
                    count += 1
                self._counts[index] += 1
        return count

    cdef int _learn(self, int32_t index) except -1:
        cdef double value, total = 0.0
        cdef int32_t first
        cdef tuple offered = self._ask(index)
        self.asked += 1
        if self._firsts[index] >= 0:
            return 0
        first = self._odds.count
        for family, odds in offered:
            self._add(family, odds)
        self._lengths[index] = self._odds.count - first
        self._weigh(index, first)
        self._firsts[index] = first
        return 0

    cdef int _add(self, int32_t family, double odds) except -1:
        """Take in one more odds of the pattern that is being learned."""
        cdef int32_t number
        if not 0 <= family < self._number:
            raise IndexError("a family that is not there")
        append(&self._families, family)
        grow(&self._odds)
        (<double*>self._odds.data)[self._odds.count - 1] = odds
        for number in range(len(self._rates)):
            grow(&self._gains)
            (<double*>self._gains.data)[self._gains.count - 1] = -1.0
        return 0

    cdef int _weigh(self, int32_t index, int32_t first) except -1:
        """Find out what a pattern whose odds are known is worth."""
        cdef int32_t at
        cdef double value, total = 0.0
        for at in range(first, first + self._lengths[index]):
            total += (<double*>self._odds.data)[at]
        value = log10(1.0 + self._start_rate * total)
        if self._singles[index]:
            value += 1.0
        self._worth[index] = min(self._ceiling, value) if value >= self._least else 0.0
        return 0

    def export(self):
        """(how many odds each pattern has, their families, the odds) of all patterns; asks for those not yet known."""
        cdef int32_t index, at, count = 0
        cdef array.array lengths, families, odds
        for index in range(self._size):
            if self._firsts[index] < 0:
                self._learn(index)
        self._marked = None
        lengths = array.clone(_INTEGERS, self._size, False)
        families = array.clone(_INTEGERS, self._odds.count, False)
        odds = array.clone(_FLOATS, self._odds.count, False)
        for index in range(self._size):
            lengths.data.as_ints[index] = self._lengths[index]
            for at in range(self._firsts[index], self._firsts[index] + self._lengths[index]):
                families.data.as_ints[count] = (<int32_t*>self._families.data)[at]
                odds.data.as_doubles[count] = (<double*>self._odds.data)[at]
                count += 1
        return lengths, families, odds

    def load(self, array.array lengths not None, array.array families not None, array.array odds not None):
        """Take what `export` gave, before anything was asked. Raises `ValueError` for what cannot be that."""
        cdef int32_t index, count = 0
        if lengths.typecode != "i" or families.typecode != "i" or odds.typecode != "d":
            raise ValueError("odds of other kinds")
        if len(lengths) != self._size or len(families) != len(odds) or sum(lengths) != len(odds):
            raise ValueError("not the odds of these patterns")
        if len(odds) and not (0 <= min(families) and max(families) < self._number and min(lengths) >= 0):
            raise ValueError("not the odds of these families")
        for index in range(<int32_t>len(odds)):
            self._add(families.data.as_ints[index], odds.data.as_doubles[index])
        for index in range(self._size):
            self._lengths[index] = lengths.data.as_ints[index]
            self._weigh(index, count)
            self._firsts[index] = count
            count += self._lengths[index]
        self._marked = None


cdef class FirstLook:
    """What a text is worth at one look, without any object but the result: nothing where it
    is clearly clean, which most are.

    `automaton`, `worths`, `block`: of `Prescreen.clear`, with its `bar` as (start, slope up to a length, slope
    behind it, that length). Where `Prescreen.surest` says less than the first of `convincing` in a text of as many
    characters as its third or less, than its second in one of as many as its fourth or more, nothing is in doubt
    either. `evidence`, if any program is known by it, and a `closer` look, which gives the probability or None,
    where it leaves doubt; `doubts`: its weight, the nats from which it leaves doubt, those a character for texts
    of a length or more, that length, the nats at which a text is as likely spun as not, the most that may come
    out. `telling` are the characters of another script, looked for in a `sample`: every so manieth character, of a
    short text so many. `undamaged` is asked of texts with so many full stops: `stops`; `inserted` of all others.
    `doubled` is asked where forms were in doubt. `clean` is the result
    for the empty text, `names` its fields.
    """

    cdef Automaton _automaton
    cdef Prescreen _worths
    cdef Evidence _evidence
    cdef object _closer, _undamaged, _inserted, _doubled, _new, _kind, _verdict
    #: By name what the result for the empty text holds, and what the verdict on it does.
    cdef list _usual, _judged
    #: Room for the characters of a text and for what is known up to each; the GIL is held by whoever uses it.
    cdef Py_UCS4* _characters
    cdef double* _sums
    cdef Py_ssize_t _room
    cdef uint64_t* _telling
    cdef int _block, _step, _looked, _stops, _short
    cdef double _start, _slope, _steep, _bent, _weight, _doubt, _doubtful, _threshold, _most, _low, _high, _shortest
    cdef double _longest

    def __cinit__(
        self, Automaton automaton not None, Prescreen worths not None, int block, tuple bar not None,
        tuple convincing not None, evidence, closer, tuple doubts not None, str telling not None, tuple sample not None,
        undamaged, inserted, doubled, int stops, clean not None, tuple names not None,
    ):
        self._automaton, self._worths, self._block, self._evidence = automaton, worths, block, evidence
        self._start, self._slope, self._steep, self._bent = bar
        self._weight, self._doubt, self._doubtful, self._short, self._threshold, self._most = doubts
        self._step, self._looked = sample
        self._low, self._high, self._shortest, self._longest = convincing
        self._closer, self._undamaged, self._doubled = closer, undamaged, doubled
        self._stops, self._inserted = stops, inserted
        self._new, self._kind = object.__new__, type(clean)
        self._usual = [(name, getattr(clean, name)) for name in names]
        self._verdict = type(clean.verdict)
        self._judged = [(name, getattr(clean.verdict, name)) for name in self._verdict.__slots__]
        if self._step < 1 or self._looked < 1 or self._block < 1:
            raise ValueError("sizes of at least 1 are needed")
        if automaton.size != worths._size:
            raise ValueError("patterns of another automaton")
        self._telling = <uint64_t*>calloc(PLANE // 64, sizeof(uint64_t))
        if self._telling == NULL:
            raise MemoryError
        for character in telling:
            if ord(character) < PLANE:
                self._telling[ord(character) >> 6] |= <uint64_t>1 << (ord(character) & 63)

    def __dealloc__(self):
        free(self._telling)
        free(self._characters)
        free(self._sums)

    def of(self, str text not None):
        """The result for a clean text; False where its forms leave doubt, None where anything else does."""
        cdef Py_ssize_t place, size = len(text)
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef Py_ssize_t step = max(1, min(self._step, size // self._looked))
        cdef double length = min(self._block, size), chance = 0.0, odds
        cdef double found[2]
        cdef int32_t stops
        cdef uint32_t character
        for place in range(0, size, step):
            character = PyUnicode_READ(kind, data, place)
            if character >= PLANE or self._telling[character >> 6] >> (character & 63) & 1:
                return None
        length = self._start + self._slope * min(self._bent, length) + self._steep * max(0.0, length - self._bent)
        if not self._worths._clear(self._automaton, text, self._block, length, &stops) and not self._unconvincing(text):
            return False
        if (stops >= self._stops and not self._undamaged(text)) or self._inserted(text):
            return None
        if self._evidence is not None:
            self._glance(text, found)
            odds = found[0]
            if not odds < self._doubt or (size >= self._short and found[1] > self._doubtful * size):
                self._evidence.keep(text, self._weight, self._sums, found)
                free(self._characters)
                self._characters, self._sums, self._room = NULL, NULL, 0
                closer = self._closer(text)
                if closer is None:
                    return None
                chance = closer
            else:
                odds = max(-30.0, min(30.0, odds - self._threshold))
                chance = max(0.0, min(self._most, 1.0 / (1.0 + exp(-odds))))
        return self._made(text, chance)

    cdef int _glance(self, str text, double* found) except -1:
        """`Evidence.glance` of a text. The GIL is kept: to let go of it takes longer than most texts."""
        cdef Py_ssize_t size = len(text)
        cdef int32_t* said
        if size > self._room or self._characters == NULL:
            if size >= 1 << 30:
                raise OverflowError("a text of more than 2^30 characters")
            free(self._characters)
            free(self._sums)
            self._room = 0
            self._characters = <Py_UCS4*>malloc((size + 1) * sizeof(Py_UCS4))
            self._sums = <double*>malloc((size + 1) * sizeof(double))
            if self._characters == NULL or self._sums == NULL:
                raise MemoryError
            self._room = size
        PyUnicode_AsUCS4(text, self._characters, size + 1, 0)
        said = self._evidence._borrow()
        self._evidence.look(self._characters, <int>size, self._weight, self._sums, said, found)
        self._evidence._give_back(said, <int>size)
        return 0

    cdef bint _unconvincing(self, str text) except -1:
        """Whether no family at any rate explains a text of one block, whose forms are
        worth enough, better than nobody."""
        cdef double length = max(self._shortest, min(self._longest, <double>len(text))), share
        cdef array.array starts, ends, patterns
        cdef Py_ssize_t place
        if len(text) > self._block:
            return False
        starts, ends, patterns = self._automaton.find(text)
        for place in range(len(patterns)):
            if self._worths._firsts[patterns.data.as_ints[place]] < 0:
                return False
        share = log(length / self._shortest) / log(self._longest / self._shortest)
        return (
            self._worths.surest(self._automaton, starts, ends, patterns, 0, len(patterns))
            < self._low + share * (self._high - self._low)
            and not self._doubled(text)
        )

    cdef object _made(self, str text, double chance):
        """The value that a clean text stands for. Its constructor, in Python, would take
        a twentieth of the whole look."""
        made = self._new(self._kind)
        for name, value in self._usual:
            PyObject_GenericSetAttr(made, name, value)
        PyObject_GenericSetAttr(made, "source", text)
        PyObject_GenericSetAttr(made, "text", text)
        verdict = self._new(self._verdict)
        for name, value in self._judged:
            PyObject_GenericSetAttr(verdict, name, value)
        PyObject_GenericSetAttr(verdict, "score", chance)
        PyObject_GenericSetAttr(made, "verdict", verdict)
        return made


def segments(str text not None, list sites not None, Py_ssize_t context, Py_ssize_t longest):
    """The segments of `text` around `sites` (sorted by start), in order: sites stand in one segment where no more than
    `context` characters, and no end of a line, lie between them. Once it is `longest` characters long a segment ends at
    the next gap between sites, at twice this anywhere."""
    cdef Py_ssize_t start, end, low = 0, high = 0, size = len(text)
    cdef list found = [], members = None
    cdef bint overlaps
    for site in sites:
        start, end = site[0], site[1]
        if not 0 <= start <= end <= size:
            raise IndexError("a site that is not in the text")
        if members is not None:
            overlaps = start < high
            if (overlaps or (start - high <= context and not _breaks(text, high, start))) and (
                end - low <= (2 * longest if overlaps else longest)
            ):
                members.append(site)
                high = max(high, end)
                continue
            if overlaps:
                # No gap for twice the length: edits must not overlap, so the earlier sites have it.
                continue
            found.append(_segment(text, low, high, members, context))
        low, high, members = start, end, [site]
    if members is not None:
        found.append(_segment(text, low, high, members, context))
    return found


cdef bint _breaks(str text, Py_ssize_t low, Py_ssize_t high) noexcept:
    """Whether a line ends in text[low:high]."""
    cdef Py_ssize_t place
    for place in range(low, high):
        if PyUnicode_READ_CHAR(text, place) == u"\n":
            return True
    return False


cdef object _segment(str text, Py_ssize_t start, Py_ssize_t end, list members, Py_ssize_t context):
    """The segment of sites that stand together between `start` and `end`."""
    cdef Py_ssize_t low = start, high = end, size = len(text)
    while low and start - low < context and PyUnicode_READ_CHAR(text, low - 1) != u"\n":
        low -= 1
    while high < size and high - end < context:
        high += 1
        if PyUnicode_READ_CHAR(text, high - 1) == u"\n":
            break
    return tuple.__new__(Segment, (low, high, members, low == 0 or PyUnicode_READ_CHAR(text, low - 1) == u"\n"))
