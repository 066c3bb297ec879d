# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""What the matches of a block are worth out of context, counted without a Python object a match. Twin of the plain part
of `despin.document.prescreen.Screen`, and in `Tally.clear` of the whole of it."""

from cpython cimport array
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ
from libc.math cimport log10, sqrt
from libc.stdint cimport int32_t
from libc.stdlib cimport calloc, free, malloc

from despin.kernel.native.matcher cimport Scanner, State
from despin.kernel.native.vectors cimport Vector, append, grow

import array

cdef array.array _INTEGERS = array.array("i")
cdef array.array _FLOATS = array.array("d")


cdef class Tally:
    """Adds up matches. `odds(index)` gives by family how much likelier a pattern, by the matcher's own number, is from a
    spinner; it is asked once. `numbers` are those of the patterns in the channel. `singles` says of every pattern whether it is a spun form of one character; `exposed`, in
    which `exposed_first` leads, of every pattern of the channel in which families it is an original. `least` and `ceiling`
    bound what a pattern is worth, `start_rate` and `rates` are the rates supposed."""

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
        self, odds, list numbers, list singles, array.array exposed_first, array.array exposed, int families,
        double start_rate, tuple rates, double least, double ceiling,
    ):
        cdef int32_t index
        self._size = len(singles)
        self._places = array.array("i", [-1]) * (len(exposed_first) - 1)
        for index in range(self._size):
            self._places[numbers[index]] = index
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
        free(self._worth)
        free(self._firsts)
        free(self._lengths)
        free(self._counts)
        free(self._seen)
        free(self._families.data)
        free(self._odds.data)
        free(self._gains.data)

    def total(self, array.array patterns, Py_ssize_t low, Py_ssize_t high):
        """The worth of the matches low..high-1 of these patterns; n of one are worth as much as sqrt(n) of different ones."""
        cdef int32_t place, index, count = self._count(patterns, low, high)
        cdef double total = 0.0
        for place in range(count):
            index = self._seen[place]
            total += self._worth[index] * sqrt(self._counts[index])
            self._counts[index] = 0
        return total

    def worth(self, int32_t pattern):
        """The worth of a pattern, by its number in the channel."""
        cdef int32_t index = self._places.data.as_ints[pattern]
        if self._firsts[index] < 0:
            self._learn(index)
        return self._worth[index]

    def strong(self, list sites):
        """(what sites are worth together, those that are worth something)."""
        cdef double total = 0.0
        cdef int32_t index
        cdef list found = []
        for site in sites:
            index = self._places.data.as_ints[<int32_t>(<tuple>site)[2]]
            if self._firsts[index] < 0:
                self._learn(index)
            if self._worth[index] > 0.0:
                total += self._worth[index]
                found.append(site)
        return total, found

    def clear(self, Scanner scanner, str text, int block, double bar):
        """Whether the matches of every block of `text` are worth less than `bar`: one pass, in which no match is kept. False
        also where a pattern is met that nobody has asked for; `scanner` is the one that numbers the patterns."""
        cdef Py_ssize_t place, size = len(text), end
        cdef int kind = PyUnicode_KIND(text)
        cdef void* data = PyUnicode_DATA(text)
        cdef State* states = scanner.states
        cdef int32_t state = 0, at, index, count = 0
        cdef double total
        if self._size != scanner.size:
            return False
        place = 0
        # A match belongs to the block that its end lies in; the end of the last block is the text's, inclusive.
        end = block - 1 if size > block else size
        while place < size:
            while place < end:
                state = scanner.step(state, PyUnicode_READ(kind, data, place))
                place += 1
                at = states[state].site
                while at:
                    index = states[at].pattern
                    if not self._counts[index]:
                        self._seen[count] = index
                        count += 1
                    self._counts[index] += 1
                    at = states[at].further
            total = 0.0
            for index in range(count):
                at = self._seen[index]
                if self._worth[at] < 0.0:
                    total = float("inf")
                elif self._worth[at] > 0.0:
                    total += self._worth[at] * sqrt(self._counts[at])
                self._counts[at] = 0
            count = 0
            if not total < bar:
                return False
            end = min(end + block, size)
        return True

    def surest(
        self, Scanner scanner, array.array starts, array.array ends, array.array patterns, Py_ssize_t low, Py_ssize_t high
    ):
        """The most that the matches low..high-1 say for a family at a rate: its spun forms speak for it, the words it would
        have replaced and that stand against it."""
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
        count = scanner.stands(starts.data.as_ints, ends.data.as_ints, patterns.data.as_ints, low, high)
        for place in range(count):
            index = scanner.seen[place]
            root = sqrt(scanner.counts[index])
            scanner.counts[index] = 0
            index = scanner.numbers[index]
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

    def everything(self):
        """(how many odds each pattern has, their families, the odds) of all patterns; asks for those not yet known."""
        cdef int32_t index, at, count = 0
        cdef array.array lengths, families, odds
        for index in range(self._size):
            if self._firsts[index] < 0:
                self._learn(index)
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

    def know(self, array.array lengths, array.array families, array.array odds):
        """Take what `everything` gave, before anything was asked. Raises `ValueError` for what cannot be that."""
        cdef int32_t index, count = 0
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
