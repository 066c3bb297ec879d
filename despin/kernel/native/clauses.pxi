# Part of program.pyx: readings of a clause, each tested by the program.
#
# A reading is possible if and only if the program writes the page from it. jieba cuts a text at punctuation, so what
# the program writes for a clause depends on the clause alone. A reading is a set of options: places of the clause with
# the words that may have stood there. The search begins with none of them and with the likeliest; readings are changed
# one option at a time, the best are kept, and all that were scored are remembered. The score of a reading (nats) is
#
#     sum over its options of what each has over the word that stands: network * scorer + choice * learned weights
#         + what other places of the text say
#         + fluency * log P(clause, some characters around it)
#         - miss * how many characters of the page it does not give back
#
# An option's probability is the share of the readings that give the page back (exp of their scores) in which it is; see
# `docs/model.md`.

from libc.math cimport NAN
from libc.string cimport memcmp

from despin.kernel.native.network cimport Network
from despin.kernel.native.vectors cimport Vector, grow

cdef enum:
    _LONGEST_CLAUSE = 120   # characters; what is longer is cut there
    _WRITTEN = 1024         # characters that a reading may have, with what stands around it
    _LONGEST_FORM = 16      # characters of a form or an original
    _MOST_OPTIONS = 96      # of a clause
    _MOST_CHOSEN = 24       # options of a reading
    _MOST_READINGS = 400    # of a clause
    _SLOTS = 1024           # of their hash table
    _MOST_ROUNDS = 16
    _BEAM = 4
    _BEFORE = 6             # characters of the page before a clause that the language model reads, and behind it
    _BEHIND = 3
    _WINDOW = 4096          # characters that are read at once
    _AROUND = 40            # characters around them: neither the network nor the learned weights see more
    _KEPT_WINDOWS = 4       # that programs share

#: A word of a place, in the text: its number (0: as the page has it), and what speaks for it (nats) over what stands
#: there.
cdef struct Option:
    int32_t start
    int32_t end
    uint32_t word
    float gain
    float chance            # log P of the word given what stands there, by the learned weights and by the program

#: A row that was found, or one of the `rivals` behind it: a place of x, the word that stood there (0: what stands).
cdef struct Found:
    int32_t start, end, rivals
    uint32_t word
    bint forced
    double share

#: A clause x[start:end] of the place that is asked for with this number; where its rows end, and its gain.
cdef struct Clause:
    int32_t start, end, place, rows
    double gain

cdef struct Tried:
    uint64_t key
    double score
    int32_t missed
    int32_t count
    int16_t chosen[_MOST_CHOSEN]


@cython.final
cdef class Window:
    """A part of a text, with what the network and the learned weights read of it and of what stands around it."""
    cdef str text
    cdef Py_ssize_t start, end      # of the part, in the text
    cdef Py_ssize_t low             # where x begins
    cdef Py_UCS4* x
    cdef int n
    cdef int16_t* states            # of the network
    cdef uint16_t* sums             # of the learned weights' pairs; NULL without

    def __cinit__(self, str text, Py_ssize_t start, Py_ssize_t end, Network network, Choice choice):
        cdef str part
        self.text, self.start, self.end, self.low = text, start, end, max(0, start - _AROUND)
        part = text[self.low : end + _AROUND]
        self.x, self.n = PyUnicode_AsUCS4Copy(part), <int>len(part)
        if network is not None:
            with nogil:
                self.states = network.read(self.x, self.n, NULL)
        if choice is not None:
            self.sums = choice._counts(self.x, self.n)
            if not self.sums:
                raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.x)
        free(self.states)
        free(self.sums)


@cython.final
cdef class ClauseSearch:
    """Searches the readings of clauses under the program of `words`, with the language model `lm`, a scorer's
    `network`, and the weights that were learned for the program, if any.

    `weights` are (network, choice, fluency, miss, far): what the score multiplies its parts with, and by how many nats
    an option may be behind the word that stands to be tried at all. Searches of one network and the same learned
    weights may share the `windows` that they read last. One thread at a time may ask; one that is `alone` is only asked
    by one, and lets others go on meanwhile."""

    cdef Segmenter _words
    cdef Trigrams _lm
    cdef Network _network
    cdef int _kind
    cdef double _weight, _choice_weight, _fluency, _miss, _far
    cdef Choice _choice
    cdef list _windows              # what was read last, which programs share
    cdef uint16_t* _sums            # of the choice's pairs
    cdef uint64_t* _slots           # by the hash of a reading, one more than its number; 0 for none
    cdef Tried* _tried
    cdef int _count
    cdef Vector _found, _clauses
    cdef Option* _options
    cdef int _option_count
    cdef bint _alone
    cdef uint64_t* _keys            # by place and word, what other places of the text say (nats), sorted
    cdef double* _said
    cdef int _said_count
    cdef Py_ssize_t _low            # where x begins in the text
    # The clause: x[start:end] of a page of n characters, and how many of them the program changes as they stand.
    cdef const Py_UCS4* _x
    cdef int _n, _start, _end, _own_missed

    def __cinit__(self, Segmenter words not None, Trigrams lm not None, Network network not None, Choice choice,
                  tuple weights not None, int kind=0, bint alone=False, list windows=None):
        self._alone, self._windows = alone, [] if windows is None else windows
        self._words, self._lm, self._network, self._kind = words, lm, network, kind
        self._choice = choice
        self._weight, self._choice_weight, self._fluency, self._miss, self._far = weights
        self._fluency *= LN10
        if not 0 <= kind < network.kinds:
            raise ValueError(f"there is no kind {kind} of a channel")
        if choice is not None and (choice._weights or choice._words.nwords != words.nwords):
            raise ValueError("weights that are still to be learned, or of other data than the program's")
        self._slots = <uint64_t*>calloc(_SLOTS, 8)
        self._tried = <Tried*>malloc(_MOST_READINGS * sizeof(Tried))
        self._options = <Option*>malloc(_MOST_OPTIONS * sizeof(Option))
        self._found.size, self._clauses.size = sizeof(Found), sizeof(Clause)
        if not (self._slots and self._tried and self._options):
            raise MemoryError

    def __dealloc__(self):
        free(self._slots)
        free(self._tried)
        free(self._options)
        free(self._found.data)
        free(self._clauses.data)
        self._forget()

    def read(self, str text not None, list places not None, list said=None):
        """For each (start, end) of a text, sorted and disjoint: (rows, gain). `said` are (start, end, original, nats):
        what other places say for an original, over the word that stands. A row is (start, end, original,
        probability, rivals with theirs, whether it is forced); one of a word to itself says that other words are
        possible there. The gain is how much likelier the text is as the program's page than as it stands, in nats.
        Raises `ValueError` for places that are not sorted and within the text."""
        return self._walk(text, places, None, said)

    def scores(self, str text not None, list places not None, list rows not None, list said=None):
        """For each (start, end) of a text, sorted and disjoint: [(start, end, score in nats, how many characters do not
        come back)] of its clauses with options, in the reading of those of `rows` (start, end, original; sorted and
        disjoint) that lie in them. The score is None where an original is no option. Raises `ValueError` as `read`."""
        return self._walk(text, places, rows, said)

    cdef int _remember(self, list said) except -1:
        """Keep what other places say, until it is forgotten."""
        cdef list rows = []
        cdef uint64_t key
        for start, end, original, nats in said:
            key = self._key(start, end, self._words.find(original))
            rows.append((key, nats))
        rows.sort()
        self._keys = <uint64_t*>malloc(max(1, len(rows)) * 8)
        self._said = <double*>malloc(max(1, len(rows)) * sizeof(double))
        if not (self._keys and self._said):
            raise MemoryError
        for key, nats in rows:
            self._keys[self._said_count] = key
            self._said[self._said_count] = nats
            self._said_count += 1
        return 0

    cdef void _forget(self) noexcept:
        free(self._keys)
        free(self._said)
        self._keys, self._said, self._said_count = NULL, NULL, 0

    cdef uint64_t _key(self, Py_ssize_t start, Py_ssize_t end, uint32_t word) noexcept nogil:
        return <uint64_t>start << 32 | <uint64_t>((end - start) & 31) << 27 | word

    cdef double _others(self, int start, int end, uint32_t word) noexcept nogil:
        """What other places say for a word at a place of x (nats)."""
        cdef uint64_t key = self._key(self._low + start, self._low + end, word)
        cdef int low = 0, high = self._said_count, middle
        while low < high:
            middle = (low + high) // 2
            if self._keys[middle] < key:
                low = middle + 1
            else:
                high = middle
        return self._said[low] if low < self._said_count and self._keys[low] == key else 0

    cdef list _walk(self, str text, list places, list chosen, list said):
        """What `read` gives, or `scores` of the rows that are `chosen`."""
        self._forget()
        try:
            if said:
                self._remember(said)
            return self._walked(text, places, chosen)
        finally:
            self._forget()

    cdef list _walked(self, str text, list places, list chosen):
        """The same with what is remembered."""
        cdef Py_ssize_t size = len(text), reach = 0, last
        cdef int number = 0, k, a, b, end
        cdef Clause* clause
        cdef list found = [[] for _ in places], gains = [0.0] * len(places)
        cdef Window window
        for start, stop in places:
            if not reach <= start <= stop <= size:
                raise ValueError("places are sorted and disjoint, and lie within the text")
            reach = stop
        while number < len(places):
            start, stop = places[number]
            window = self._known(text, start, stop)
            if window is None:
                last = number + 1
                while (last < len(places) and places[last][0] - places[last - 1][1] <= 2 * _AROUND
                       and places[last][1] - start <= _WINDOW):
                    last += 1
                window = Window(text, start, places[last - 1][1], self._network if self._weight else None,
                                self._choice if self._choice_weight else None)
                self._windows.append(window)
                del self._windows[:-_KEPT_WINDOWS]
            self._x, self._n, self._sums, self._low = window.x, window.n, window.sums, window.low
            self._clauses.count = self._found.count = 0
            while number < len(places) and places[number][1] <= window.end:
                a, end = <int>(places[number][0] - window.low), <int>(places[number][1] - window.low)
                while a < end:
                    b = a + 1
                    if self._words.is_block(<uint32_t>self._x[a]):
                        while b < end and b - a < _LONGEST_CLAUSE and self._words.is_block(<uint32_t>self._x[b]):
                            b += 1
                        grow(&self._clauses)
                        clause = <Clause*>self._clauses.data + self._clauses.count - 1
                        clause.start, clause.end, clause.place = a, b, number
                    a = b
                number += 1
            if chosen is not None:
                for k in range(self._clauses.count):
                    clause = <Clause*>self._clauses.data + k
                    self._rate(window.states, clause.start, clause.end, window.low, chosen, found[clause.place])
                continue
            if self._alone:
                with nogil:
                    self._search_all(window.states)
            else:
                self._search_all(window.states)
            for k in range(self._clauses.count):
                clause = <Clause*>self._clauses.data + k
                gains[clause.place] += clause.gain
                found[clause.place] += self._rows((clause - 1).rows if k else 0, clause.rows)
        return found if chosen is not None else list(zip(found, gains))

    cdef int _search_all(self, const int16_t* states) except -1 nogil:
        """Search all clauses."""
        cdef int k
        cdef Clause* clause
        for k in range(self._clauses.count):
            clause = <Clause*>self._clauses.data + k
            clause.gain = self._clause(states, clause.start, clause.end)
            clause.rows = self._found.count
        return 0

    cdef list _rows(self, int first, int last):
        """Some of what was found, as the rows that `read` gives."""
        cdef list rows = [], rivals
        cdef const Found* row
        cdef int j
        while first < last:
            row = <const Found*>self._found.data + first
            rivals = [(self._word(row + j), row[j].share) for j in range(1, row.rivals + 1)]
            rivals.sort(key=_share_of, reverse=True)
            rows.append((self._low + row.start, self._low + row.end, self._word(row), row.share, rivals, row.forced))
            first += 1 + row.rivals
        rows.sort()
        return rows

    cdef str _word(self, const Found* row):
        """The word that stood at a place."""
        if row.word:
            return self._words.word(row.word)
        return PyUnicode_FromKindAndData(4, self._x + row.start, row.end - row.start)

    cdef Window _known(self, str text, Py_ssize_t start, Py_ssize_t end):
        """What was read of a part of a text, if anything."""
        cdef Window window
        for window in self._windows:
            if window.text is text and window.start <= start and end <= window.end:
                return window
        return None

    cdef double _clause(self, const int16_t* states, int start, int end) except? -1.0 nogil:
        """Search a clause, write down its rows, and return its gain."""
        cdef int best, k
        cdef double gain
        cdef const Option* option
        self._ask(states, start, end)
        best = self._search()
        if best < 0:
            return -self._miss * self._own_missed
        # Against the clause as it stands, the first reading, which people write however the program would have spun it.
        # What options have over what stands is left out: the network reads what the evidence of the page has read.
        gain = self._tried[best].score - self._tried[0].score - self._miss * self._tried[0].missed
        for k in range(self._tried[best].count):
            option = &self._options[self._tried[best].chosen[k]]
            gain += option.chance - option.gain
        self._write(best)
        return gain

    cdef int _rate(self, const int16_t* states, int start, int end, Py_ssize_t low, list chosen, list found) except -1:
        """Append the score of a clause in the reading of the rows that are `chosen`; nothing without options."""
        cdef int16_t options[_MOST_CHOSEN]
        cdef int count = 0, k, number
        cdef uint32_t word
        cdef const Option* option
        self._ask(states, start, end)
        if not self._option_count:
            return 0
        for first, last, original in chosen:
            if first < low + start or last > low + end:
                continue
            word = self._words.find(original)
            for k in range(self._option_count):
                option = &self._options[k]
                if option.start == first - low and option.end == last - low and option.word == word:
                    break
            else:
                k = self._option_count
            if k == self._option_count or count == _MOST_CHOSEN:
                found.append((low + start, low + end, None, 0))
                return 0
            options[count] = <int16_t>k
            count += 1
        memset(self._slots, 0, _SLOTS * 8)
        number = self._try(options, count)
        found.append((low + start, low + end, self._tried[number].score, self._tried[number].missed))
        return 0

    cdef int _ask(self, const int16_t* states, int start, int end) except -1 nogil:
        """The options of the clause x[start:end]: words that the program writes as something that stands there."""
        cdef int a, b, k, size = end - start, words
        cdef uint32_t node, count
        cdef const uint32_t* written
        cdef float query[256]
        cdef double worth[_CANDIDATES]
        cdef Token tokens[_LONGEST_CLAUSE]
        cdef uint8_t cut[_LONGEST_CLAUSE + 1]   # whether a word of the clause as it stands begins there
        cdef double own, gain, chance
        self._start, self._end, self._option_count, self._count = start, end, 0, 0
        memset(cut, 0, size + 1)
        words = self._words.segment(self._x + self._start, size, tokens)
        for k in range(words):
            cut[tokens[k].start] = 1
        cut[size] = 1
        self._own_missed = self._differs(self._x + self._start, tokens, words)
        for a in range(self._start, self._end):
            node = self._words.nwords
            for b in range(a + 1, min(self._end, a + _LONGEST_FORM) + 1):
                node = self._words.step(node, <uint32_t>self._x[b - 1])
                if not node:
                    break
                if node >= self._words.nwords:
                    continue
                written = self._words.written_for(node, &count)
                if not count:
                    continue
                count = min(count, <uint32_t>(_CANDIDATES - 2))
                own = 0
                if self._weight:
                    self._network.query(states, a, b, query)
                    own = self._weight * self._score(query, a, b, node, node)
                if self._sums:
                    own += self._choice_weight * self._choices(
                        a, b, node, written, count, cut[a - self._start] and cut[b - self._start], worth)
                for k in range(<int>count):
                    if written[k] == node or self._words.length[written[k]] > _LONGEST_FORM:
                        continue
                    chance = self._choice_weight * worth[k] if self._sums else 0
                    if self._words.nranks > 1:
                        chance += self._drawing(written[k], node)
                    gain = chance - own
                    if self._said_count:
                        gain += self._others(a, b, written[k])
                    if self._weight:
                        gain += self._weight * self._score(query, a, b, node, written[k])
                    self._add_option(a, b, written[k], gain, chance)
        return 0

    cdef double _drawing(self, uint32_t word, uint32_t form) noexcept nogil:
        """log P that a program that draws one of its ranks writes a form for a word."""
        cdef int r, count = 0
        for r in range(self._words.nranks):
            count += self._words.image_of(r, word) == form
        return log(<double>count / self._words.nranks)

    cdef double _choices(self, int a, int b, uint32_t form, const uint32_t* written, int count, bint whole,
                         double* out) noexcept nogil:
        """Put down log P of each original among all that the learned weights tell apart, and return that of the form
        itself: 0 where it was none of them, as a form that is a word the program leaves, or a part of one (`whole` says
        that it is no part)."""
        cdef uint64_t beside[_FEATURES]
        cdef uint64_t hashed[_CANDIDATES][_FEATURES]
        cdef int16_t around[_D]
        cdef double highest, total = 0, own
        cdef int k
        self._choice._beside(self._x, self._n, a, b, beside)
        self._choice._counted(self._sums, self._n, a, b, around)
        self._choice._expect(form, True, beside, hashed[count])
        for k in range(count):
            self._choice._expect(written[k], False, beside, hashed[k])
        highest = own = self._choice._weigh(form, True, hashed[count], around)
        for k in range(count):
            out[k] = self._choice._weigh(written[k], False, hashed[k], around)
            highest = max(highest, out[k])
        whole = whole and self._words.logf[form] <= 0 and (b - a == 1 or not self._words.replaces(form))
        if whole:
            total = exp(own - highest)
        for k in range(count):
            total += exp(out[k] - highest)
        total = highest + log(total)
        for k in range(count):
            out[k] -= total
        return own - total if whole else 0

    cdef int _add_option(self, int start, int end, uint32_t word, double gain, double chance) noexcept nogil:
        """Remember an option; where there are too many the least likely goes."""
        cdef int k, worst = 0
        if self._option_count == _MOST_OPTIONS:
            for k in range(1, _MOST_OPTIONS):
                if self._options[k].gain < self._options[worst].gain:
                    worst = k
            if self._options[worst].gain >= gain:
                return 0
            for k in range(worst, _MOST_OPTIONS - 1):
                self._options[k] = self._options[k + 1]
            self._option_count -= 1
        self._options[self._option_count].start = start
        self._options[self._option_count].end = end
        self._options[self._option_count].word = word
        self._options[self._option_count].gain = <float>gain
        self._options[self._option_count].chance = <float>chance
        self._option_count += 1
        return 0

    cdef double _score(self, const float* query, int a, int b, uint32_t form, uint32_t original) noexcept nogil:
        """What the network says of an original of the form that stands at a:b."""
        cdef Py_UCS4 characters[_LONGEST_FORM]
        cdef const float* found
        cdef int k, size = self._words.length[original]
        for k in range(size):
            characters[k] = self._words.strings[self._words.offsets[original] + k]
        found = self._network.vector(self._x + a, b - a, characters, size, NAN, NAN, self._kind)
        if not found:
            found = self._network.vector(
                self._x + a, b - a, characters, size, self._commonness(form), self._commonness(original), self._kind)
        return self._network.score(query, found)

    cdef float _commonness(self, uint32_t word) noexcept nogil:
        """log10 P of a word out of context, as the scorer learned it."""
        cdef Py_UCS4 characters[_LONGEST_FORM]
        cdef uint32_t found[_LONGEST_FORM + 1]
        cdef int k, size = self._words.length[word]
        cdef double best
        for k in range(size):
            characters[k] = self._words.strings[self._words.offsets[word] + k]
        best = _split_into(self._lm, characters, size, False, found, &k)
        return <float>(max(-12.0, best) / 6 + 1)

    # ---------------------------------------------------------------- readings

    cdef int _search(self) except -2 nogil:
        """The number of the best reading, -1 where there are no options; number 0 is the clause as it stands."""
        cdef int32_t kept[_BEAM]
        cdef int32_t fresh[_BEAM]
        cdef int16_t changed[_MOST_CHOSEN]
        cdef int kept_count = 1, fresh_count, best, k, o, number, turn, worst, before, count
        if not self._option_count:
            return -1
        memset(self._slots, 0, _SLOTS * 8)
        best = kept[0] = self._try(changed, 0)
        number = self._try(changed, self._likeliest(changed))
        if number:
            kept[1] = number
            kept_count = 2
            if self._better(number, best):
                best = number
        for turn in range(_MOST_ROUNDS):
            fresh_count, before = 0, self._count
            for k in range(kept_count):
                for o in range(self._option_count):
                    if self._options[o].gain < self._far and not self._holds(&self._tried[kept[k]], o):
                        continue
                    count = self._toggled(&self._tried[kept[k]], o, changed)
                    if count < 0:
                        continue
                    number = self._try(changed, count)
                    if number < before:
                        continue        # known, or too many
                    # The best of those that are new.
                    if fresh_count < _BEAM:
                        fresh[fresh_count] = number
                        fresh_count += 1
                    else:
                        worst = 0
                        for count in range(1, _BEAM):
                            if self._better(fresh[worst], fresh[count]):
                                worst = count
                        if self._better(number, fresh[worst]):
                            fresh[worst] = number
            if not fresh_count:
                break
            kept_count = 0
            number = fresh[0]
            for k in range(fresh_count):
                kept[kept_count] = fresh[k]
                kept_count += 1
                if self._better(fresh[k], number):
                    number = fresh[k]
            if self._tried[number].score < self._tried[best].score - 9.0:
                break
            if self._better(number, best):
                best = number
        return best

    cdef int _likeliest(self, int16_t* out) noexcept nogil:
        """Put down the options that have most over what stands, as far as they do not overlap; how many."""
        cdef int best = 0, count = 0, k, o
        while count < _MOST_CHOSEN and best >= 0:
            best = -1
            for o in range(self._option_count):
                if self._options[o].gain <= (self._options[best].gain if best >= 0 else 0):
                    continue
                for k in range(count):
                    if (self._options[out[k]].start < self._options[o].end
                            and self._options[o].start < self._options[out[k]].end):
                        break
                else:
                    best = o
            if best >= 0:
                k = count
                while k and self._options[out[k - 1]].start > self._options[best].start:
                    out[k] = out[k - 1]
                    k -= 1
                out[k] = <int16_t>best
                count += 1
        return count

    cdef bint _better(self, int one, int other) noexcept nogil:
        return self._tried[one].score > self._tried[other].score

    cdef bint _holds(self, const Tried* tried, int option) noexcept nogil:
        cdef int k
        for k in range(tried.count):
            if tried.chosen[k] == option:
                return True
        return False

    cdef int _toggled(self, const Tried* tried, int option, int16_t* out) noexcept nogil:
        """A reading with an option more, in place of those that it overlaps, or without it; -1 where that would be too
        many."""
        cdef int k, count = 0
        cdef bint held = False, put = False
        cdef const Option* new = &self._options[option]
        cdef const Option* old
        for k in range(tried.count):
            if tried.chosen[k] == option:
                held = True
        for k in range(tried.count):
            old = &self._options[tried.chosen[k]]
            if tried.chosen[k] == option or (not held and old.start < new.end and new.start < old.end):
                continue
            if not held and not put and old.start >= new.end:
                out[count] = <int16_t>option
                count += 1
                put = True
            if count == _MOST_CHOSEN:
                return -1
            out[count] = tried.chosen[k]
            count += 1
        if not held and not put:
            if count == _MOST_CHOSEN:
                return -1
            out[count] = <int16_t>option
            count += 1
        return count

    cdef int _try(self, const int16_t* chosen, int count) except -2 nogil:
        """The number of a reading, which is scored if it is new; -1 where there are too many."""
        cdef uint64_t key = 1, slot
        cdef int k
        cdef Tried* tried
        for k in range(count):
            key = (key + <uint64_t>chosen[k] + 1) * <uint64_t>0x9E3779B97F4A7C15
            key ^= key >> 31
        slot = key >> 32 & (_SLOTS - 1)
        while self._slots[slot]:
            tried = &self._tried[self._slots[slot] - 1]
            if tried.key == key and tried.count == count and not memcmp(tried.chosen, chosen, count * sizeof(int16_t)):
                return <int>(self._slots[slot] - 1)
            slot = (slot + 1) & (_SLOTS - 1)
        if self._count == _MOST_READINGS:
            return -1
        tried = &self._tried[self._count]
        tried.key, tried.count = key, count
        memcpy(tried.chosen, chosen, count * sizeof(int16_t))
        self._weigh(tried)
        self._count += 1
        self._slots[slot] = <uint64_t>self._count
        return self._count - 1

    cdef int _weigh(self, Tried* tried) except -1 nogil:
        """Score a reading."""
        cdef Py_UCS4 text[_WRITTEN]
        cdef uint32_t words[_WRITTEN]
        cdef int n = 0, k, j, at, begin, end, count = 0
        cdef double gain = 0
        cdef const Option* option
        for k in range(max(0, self._start - _BEFORE), self._start):
            text[n] = self._x[k]
            n += 1
        begin, at = n, self._start
        for k in range(tried.count):
            option = &self._options[tried.chosen[k]]
            gain += option.gain
            while at < option.start:
                text[n] = self._x[at]
                n, at = n + 1, at + 1
            for j in range(self._words.length[option.word]):
                text[n] = self._words.strings[self._words.offsets[option.word] + j]
                n += 1
            at = option.end
        while at < self._end:
            text[n] = self._x[at]
            n, at = n + 1, at + 1
        end = n
        tried.missed = self._missed(text + begin, end - begin)
        for k in range(self._end, min(self._n, self._end + _BEHIND)):
            text[n] = self._x[k]
            n += 1
        _split_into(self._lm, text, n, True, words, &count)
        tried.score = gain + self._fluency * _sequence(self._lm, words, count) - self._miss * tried.missed
        return 0

    cdef int _missed(self, const Py_UCS4* text, int n) except -1 nogil:
        """How many characters the clause and what the program writes for a text differ in."""
        cdef Token tokens[_WRITTEN]
        return self._differs(text, tokens, self._words.segment(text, n, tokens))

    cdef int _differs(self, const Py_UCS4* text, Token* tokens, int count) noexcept nogil:
        """How many characters the clause and what the program writes for the words of a text differ in, between what
        they begin and end with alike."""
        cdef Py_UCS4 spun[_WRITTEN]
        cdef int i, k, size = 0, page = self._end - self._start, low = 0
        cdef uint32_t image
        for i in range(count):
            image = self._words.changed(text, &tokens[i])
            if image and self._words.nranks > 1:
                image = self._drawn(<uint32_t>tokens[i].word, size, image)
            k = self._words.length[image] if image else tokens[i].end - tokens[i].start
            if size + k > _WRITTEN:
                return page + size + k
            if image:
                for k in range(self._words.length[image]):
                    spun[size] = self._words.strings[self._words.offsets[image] + k]
                    size += 1
            else:
                for k in range(tokens[i].start, tokens[i].end):
                    spun[size] = text[k]
                    size += 1
        while low < size and low < page and spun[low] == self._x[self._start + low]:
            low += 1
        if low == size == page:
            return 0
        while size > low and page > low and spun[size - 1] == self._x[self._start + page - 1]:
            size, page = size - 1, page - 1
        return max(size, page) - low

    cdef uint32_t _drawn(self, uint32_t word, int size, uint32_t image) noexcept nogil:
        """Of the words that a program may draw the first that stands on the page behind `size` characters of the
        clause, or else `image`."""
        cdef int r, k
        cdef uint32_t one
        for r in range(self._words.nranks):
            one = self._words.image_of(r, word)
            k = 0
            while (k < self._words.length[one] and self._start + size + k < self._end
                   and <uint32_t>self._x[self._start + size + k] == self._words.strings[self._words.offsets[one] + k]):
                k += 1
            if k == self._words.length[one]:
                return one
        return image

    # ---------------------------------------------------------------- what comes back

    cdef int _write(self, int best) except -1 nogil:
        """Write down the rows of the best reading, and of words that stand and may have been others."""
        cdef double shares[_MOST_OPTIONS]
        cdef double total = 0, weight, top = self._tried[best].score
        cdef int k, o, least = self._tried[best].missed, p, overlap
        cdef bint chosen
        cdef Found* row
        cdef int number
        cdef const Tried* tried
        cdef const Option* option
        cdef const Option* other
        for o in range(self._option_count):
            shares[o] = 0
        # Readings that give back more than the best count as well; what gives back less is impossible.
        for k in range(self._count):
            tried = &self._tried[k]
            if tried.missed > least:
                continue
            weight = exp(min(0.0, tried.score - top))
            total += weight
            for p in range(tried.count):
                shares[tried.chosen[p]] += weight
        tried = &self._tried[best]
        for o in range(self._option_count):
            option = &self._options[o]
            chosen = self._holds(tried, o)
            if not chosen and shares[o] < 0.02 * total:
                continue
            if not chosen:
                overlap = 0
                for p in range(tried.count):
                    other = &self._options[tried.chosen[p]]
                    overlap |= other.start < option.end and option.start < other.end
                if overlap or self._first_at(o, shares, 0.02 * total) != o:
                    continue
            number, weight = self._note(option, option.word if chosen else 0, 0), shares[o]
            for p in range(self._option_count):
                other = &self._options[p]
                if p != o and other.start == option.start and other.end == option.end and shares[p] >= 0.001 * total:
                    self._note(option, other.word, shares[p] / total)
                    weight += shares[p]
            if not chosen:
                self._note(option, option.word, shares[o] / total)
            elif total - weight > 0.001 * total:
                self._note(option, 0, (total - weight) / total)
            row = <Found*>self._found.data + number
            row.rivals, row.share = self._found.count - number - 1, (shares[o] if chosen else total - weight) / total
            row.forced = chosen and self._is_forced(tried, o, least)
        return 0

    cdef int _note(self, const Option* option, uint32_t word, double share) except -1 nogil:
        """Write down that a word stood at the place of an option; the number of what was written."""
        cdef Found* row
        grow(&self._found)
        row = <Found*>self._found.data + self._found.count - 1
        row.start, row.end, row.word, row.share, row.rivals = option.start, option.end, word, share, 0
        return self._found.count - 1

    cdef int _first_at(self, int option, const double* shares, double least) noexcept nogil:
        """The first option of a place that is as likely as `least`."""
        cdef int k
        for k in range(self._option_count):
            if (shares[k] >= least and self._options[k].start == self._options[option].start
                    and self._options[k].end == self._options[option].end):
                return k
        return option

    cdef bint _is_forced(self, const Tried* best, int option, int least) except -1 nogil:
        """Whether the page does not come back with anything else in the place of an option, the rest of the reading as
        it is."""
        cdef int16_t changed[_MOST_CHOSEN]
        cdef int k, count, number
        cdef const Option* own = &self._options[option]
        cdef const Option* other
        count = self._toggled(best, option, changed)
        number = self._try(changed, count)
        if number < 0 or self._tried[number].missed <= least:
            return False
        for k in range(self._option_count):
            other = &self._options[k]
            if k != option and other.start < own.end and own.start < other.end:
                count = self._toggled(best, k, changed)
                if count >= 0:
                    number = self._try(changed, count)
                    if number < 0 or self._tried[number].missed <= least:
                        return False
        return True


def _share_of(rival):
    return rival[1]


#: What a run of letters and digits is worth, which the language model does not know (log10): as much as a usual word.
cdef double _LETTERS = -4.0


cdef bint _is_alphanumeric(uint32_t c) noexcept nogil:
    return 48 <= c <= 57 or _letter(c)


cdef double _sequence(Trigrams lm, const uint32_t* words, int count) noexcept nogil:
    """log10 P of words with nothing known before the first, nor behind letters and digits."""
    cdef State state
    state.length = 0
    return _extend(lm, &state, words, count)


cdef double _extend(Trigrams lm, State* state, const uint32_t* words, int count) noexcept nogil:
    """log10 P of words after a state, which goes on to what follows them; nothing is known behind letters and
    digits."""
    cdef State after
    cdef double total = 0
    cdef int k
    for k in range(count):
        if words[k] == _NOLM:
            total += _LETTERS
            state.length = 0
            continue
        total += lm.extend(state, words[k], &after)
        state[0] = after
    return total


cdef double _split_into(Trigrams lm, const Py_UCS4* x, int n, bint runs, uint32_t* words, int* count) noexcept nogil:
    """log10 P of the likeliest cut of x[:n] into words by unigrams; the words, 0 for what is none, and how many; with
    `runs`, letters and digits side by side are one that is `_NOLM`."""
    cdef double best[_WRITTEN + 1]
    cdef int32_t back[_WRITTEN + 1]
    cdef uint32_t held[_WRITTEN + 1]
    cdef State after
    cdef int start, end, k, low
    cdef uint32_t node
    cdef double score
    best[0] = 0
    for end in range(1, n + 1):
        best[end] = -INFINITY
        back[end], held[end] = end - 1, 0
    for start in range(n):
        if runs and _is_alphanumeric(<uint32_t>x[start]):
            end = start + 1
            while end < n and _is_alphanumeric(<uint32_t>x[end]):
                end += 1
            if best[start] + _LETTERS > best[end]:
                best[end] = best[start] + _LETTERS
                back[end], held[end] = start, _NOLM
            continue
        node = lm.size
        for end in range(start + 1, min(n, start + 8) + 1):
            node = lm.step(node, <uint32_t>x[end - 1]) if node else 0
            if not lm.is_word(node) and end > start + 1:
                if not node:
                    break
                continue
            score = best[start] + lm.first(node if lm.is_word(node) else 0, &after)
            if score >= best[end]:
                best[end] = score
                back[end], held[end] = start, node if lm.is_word(node) else 0
    k, end = 0, n
    while end:
        words[k] = held[end]
        end = back[end]
        k += 1
    count[0] = k
    low = 0
    while low < k - 1 - low:
        node = words[low]
        words[low] = words[k - 1 - low]
        words[k - 1 - low] = node
        low += 1
    return best[n]
