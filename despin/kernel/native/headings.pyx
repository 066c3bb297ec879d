# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Where headings may end in the lines of a text. Twin of `despin.damage.headings._seam` and of `despin.kernel.pure.headings`."""

cimport cython
from libc cimport math
from libc.stdint cimport int32_t, uint32_t, uint64_t

from despin.kernel.native.lines cimport BARE, LONGEST, Line, find_places, first_clause, is_prose, read_number, repeated, repeats
from despin.kernel.native.lm cimport State, Trigrams
from despin.kernel.native.weights cimport (
    Places, Reading, Span, Weights, add, add_each, add_one, add_two, begin, bucket, hash_of, head, in_both, letter, more,
    read_weights, spelled, stripped, tail, tell_apart, total, words,
)

from despin.kernel.pure import headings as named

cdef enum:
    _TAIL1, _TAIL2, _TAIL3, _SEAM11, _SEAM21, _SEAM12, _SEAM22, _REST1, _REST2, _REST3, _REST4, _HEAD1, _HEAD2, _HEAD3, _HEADS
    _ASKS, _IN_HEAD, _OPENS1, _OPENS2, _OPENS3, _CLOSES1, _CLOSES2, _IN_CLAUSE
    _COUNT

_NAMES = (
    "tail1 ", "tail2 ", "tail3 ", "seam11 ", "seam21 ", "seam12 ", "seam22 ", "rest1 ", "rest2 ", "rest3 ", "rest4 ", "head1 ",
    "head2 ", "head3 ", "heads ", "asks ", "in head ", "opens1 ", "opens2 ", "opens3 ", "closes1 ", "closes2 ", "in clause ",
)  # fmt: skip

cdef enum:
    #: What kind of heading its words make it, in the order of `_KINDS`.
    _WHOLE = 0, _QUESTION, _LISTED, _OTHER

_STYLES = ("", "part", "chinese", "bracket", "arabic")
_KINDS = ("whole", "question", "listed", "other")

#: As in `despin.kernel.pure.headings`.
cdef int32_t[10] _LENGTHS = [2, 3, 4, 5, 6, 8, 10, 13, 17, 24]
cdef int32_t[6] _CLAUSES = [4, 7, 10, 14, 20, 30]

cdef enum:
    _REACH = 60
    #: The longest word that is looked for at the beginning or the end of something.
    _WORD = 5
    #: No more characters than this are split into words.
    _SPLIT = 6


#: Weights of what is said of a line, and of a seam, beside their words.
cdef struct Shapes:
    double line
    double[5] number
    double[7] clause
    double[7][5] clause_number
    double[11] length
    double[11][2] length_style
    double[7] rest
    double[6] again
    double[6][2] again_end
    double[6][2] again_start
    double[5] whole_again
    double[6][6] again_behind
    double[4] kind
    double[4][3] kind_opens
    double[3] opens
    double[4][3][2] kind_opens_style
    double[4][6] kind_again
    double[5] shared
    double[5] across
    double[9] company


@cython.final
cdef class Headings:
    """The weights of features by their names, as they stand in a file. Raises `ModelError` for a file of another kind; `name`
    is what it is called. A seam is looked at closely at `glanced` places; what can be nothing but a heading gains `plain`."""

    cdef Weights _weights, _heads, _asking, _ends, _opening, _plain, _behind_summaries
    cdef Shapes _shapes
    cdef int32_t _glanced
    cdef double _gain
    cdef uint64_t[_COUNT] _names

    def __init__(self, bytes data, str name, int32_t glanced, double plain):
        cdef int32_t index
        self._weights = read_weights(data, name)
        self._glanced, self._gain = glanced, plain
        for index in range(_COUNT):
            self._names[index] = hash_of(_NAMES[index])
        self._heads = words(named.HEADS, 1000)
        self._asking = words(named.ASKING, 1000)
        # An ending is hashed from its last character on.
        self._ends = words([word[::-1] for word in named.HEADS + named.ENDS], 1000)
        self._opening = words(named.STARTS, 2000, words(named.OPENERS, 1000, Weights(2 * len(named.STARTS + named.OPENERS))))
        self._plain = words(named.SUMMARIES, 2000, words(named.PLAIN, 1000))
        self._behind_summaries = words(named.BEHIND_SUMMARIES, 1000)
        self._read_shapes()

    cdef double _weight(self, str name) noexcept:
        return self._weights.at(hash_of(name))

    cdef int _read_shapes(self) except -1:
        """Look up what does not hang on words once and for all."""
        cdef Shapes* into = &self._shapes
        cdef int32_t one, other, third
        into.line = self._weight("whole")
        for one in range(5):
            into.number[one] = self._weight(f"number {_STYLES[one]}")
            into.whole_again[one] = self._weight(f"whole again {one}")
            into.shared[one] = self._weight(f"shared {one}")
            into.across[one] = self._weight(f"across {one}")
        for one in range(7):
            into.clause[one] = self._weight(f"clause {one}")
            into.rest[one] = self._weight(f"rest {one}")
            for other in range(5):
                into.clause_number[one][other] = self._weight(f"clause {one} number {_STYLES[other]}")
        for one in range(11):
            into.length[one] = self._weight(f"length {one}")
            into.length_style[one][0] = self._weight(f"length {one} bare")
            into.length_style[one][1] = self._weight(f"length {one} numbered")
        for one in range(6):
            into.again[one] = self._weight(f"again {one}")
            into.again_end[one][0] = self._weight(f"again {one} inside")
            into.again_end[one][1] = self._weight(f"again {one} end")
            into.again_start[one][0] = self._weight(f"again {one} start 0")
            into.again_start[one][1] = self._weight(f"again {one} start 1")
            for other in range(6):
                into.again_behind[one][other] = self._weight(f"again {one} behind {other - 1}")
        for one in range(3):
            into.opens[one] = self._weight(f"opens {one}")
        for one in range(4):
            into.kind[one] = self._weight(f"kind {_KINDS[one]}")
            for other in range(6):
                into.kind_again[one][other] = self._weight(f"kind {_KINDS[one]} again {other}")
            for other in range(3):
                into.kind_opens[one][other] = self._weight(f"kind {_KINDS[one]} opens {other}")
                into.kind_opens_style[one][other][0] = self._weight(f"kind {_KINDS[one]} opens {other} bare")
                into.kind_opens_style[one][other][1] = self._weight(f"kind {_KINDS[one]} opens {other} numbered")
        for one in range(9):
            into.company[one] = self._weight(f"company {one - 4}")
        return 0

    def seam(self, str text not None, Trigrams model not None):
        """What `Seam` holds, of a line that may begin with a heading; None for any other."""
        cdef Reading reading
        cdef Line line = Line(<int32_t>len(text), 0, BARE)
        cdef int32_t[LONGEST] places
        cdef int32_t index, best = 0, plain, count
        cdef double[LONGEST] scores
        cdef double none, mass = 0.0
        begin(&reading, self._weights, text)
        read_number(&reading, &line)
        count = find_places(&reading, &line, places)
        if not count or not is_prose(&reading, &line):
            return None
        none = self._line(&reading, &line)
        plain = self._plain_end(&reading, &line)
        count = self._glance(&reading, places, count)
        for index in range(count):
            scores[index] = self._seam(&reading, &line, places[index], model) + self._gain * (places[index] == plain) - none
            if scores[index] > scores[best]:
                best = index
        for index in range(count):
            mass += math.exp(scores[index] - scores[best])
        return _STYLES[line.style], places[best], scores[best], scores[best] + math.log(mass)

    cdef double _line(self, Reading* reading, const Line* line) noexcept:
        """What `line_features` names weighs."""
        cdef Span clause = first_clause(reading, Span(line.start, min(line.start + _REACH, line.size)))
        cdef const uint64_t* names = self._names
        cdef const Shapes* shapes = &self._shapes
        cdef int32_t length = bucket(_CLAUSES, 6, clause.high - clause.low)
        cdef double shape = shapes.line + shapes.number[line.style] + shapes.clause[length]
        cdef Places places
        add_one(reading, names[_OPENS1], head(clause, 1))
        add_one(reading, names[_OPENS2], head(clause, 2))
        add_one(reading, names[_OPENS3], head(clause, 3))
        add_one(reading, names[_CLOSES1], tail(clause, 1))
        add_one(reading, names[_CLOSES2], tail(clause, 2))
        tell_apart(reading, clause, &places)
        add_each(reading, names[_IN_CLAUSE], &places)
        return shape + shapes.clause_number[length][line.style] + total(reading)

    cdef int32_t _glance(self, Reading* reading, int32_t* places, int32_t count) noexcept:
        """Put the places that look likeliest at a glance first; how many are worth a closer look."""
        cdef double[LONGEST] weights
        cdef int32_t index, other, likeliest, place, kept = min(count, self._glanced)
        cdef double weight
        for index in range(count):
            weights[index] = self._glance_at(reading, places[index])
        for index in range(kept):
            likeliest = index
            for other in range(index + 1, count):
                if weights[other] > weights[likeliest]:
                    likeliest = other
            place, weight = places[likeliest], weights[likeliest]
            # Of equals the earlier stays in front.
            for other in range(likeliest, index, -1):
                places[other], weights[other] = places[other - 1], weights[other - 1]
            places[index], weights[index] = place, weight
        return kept

    cdef double _glance_at(self, Reading* reading, int32_t place) noexcept:
        """What `glance` names weighs."""
        cdef const uint64_t* names = self._names
        cdef Span heading = stripped(reading, Span(0, place)), rest = Span(place, place + 3)
        add_one(reading, names[_TAIL1], tail(heading, 1))
        add_one(reading, names[_TAIL2], tail(heading, 2))
        add_two(reading, names[_SEAM11], tail(heading, 1), False, head(rest, 1))
        add_one(reading, names[_REST1], head(rest, 1))
        add_one(reading, names[_REST2], head(rest, 2))
        add_one(reading, names[_REST3], rest)
        return total(reading)

    cdef double _seam(self, Reading* reading, const Line* line, int32_t place, Trigrams model) noexcept:
        """What `seam_features` names weighs."""
        cdef const uint64_t* names = self._names
        cdef Span heading = stripped(reading, Span(line.start, place)), rest = Span(place, min(place + _REACH, line.size))
        cdef Span one = tail(heading, 1), other = head(rest, 1)
        cdef uint64_t hashed
        cdef Py_UCS4 character
        cdef Places places
        cdef double shape
        add_one(reading, names[_HEAD1], head(heading, 1))
        add_one(reading, names[_HEAD2], head(heading, 2))
        add_one(reading, names[_HEAD3], head(heading, 3))
        add_one(reading, names[_TAIL1], one)
        add_one(reading, names[_TAIL2], tail(heading, 2))
        add_one(reading, names[_TAIL3], tail(heading, 3))
        hashed = more(spelled(reading, names[_TAIL2], tail(heading, 2)), u" ")
        for character in "numbered" if line.style else "bare":
            hashed = more(hashed, character)
        add(reading, hashed)
        add_one(reading, names[_REST1], other)
        add_one(reading, names[_REST2], head(rest, 2))
        add_one(reading, names[_REST3], head(rest, 3))
        add_one(reading, names[_REST4], head(rest, 4))
        add_two(reading, names[_SEAM11], one, False, other)
        add_two(reading, names[_SEAM21], tail(heading, 2), True, other)
        add_two(reading, names[_SEAM12], one, True, head(rest, 2))
        add_two(reading, names[_SEAM22], tail(heading, 2), True, head(rest, 2))
        add_two(reading, names[_HEADS], head(heading, 2), True, head(rest, 2))
        add_two(reading, names[_ASKS], head(heading, 2), True, one)
        tell_apart(reading, heading, &places)
        add_each(reading, names[_IN_HEAD], &places)
        shape = self._shape(reading, line, place, heading, rest, &places, model)
        return shape + total(reading)

    cdef double _shape(
        self, const Reading* reading, const Line* line, int32_t place, Span heading, Span rest, const Places* apart, Trigrams model
    ) noexcept:
        """What `shape_of_seam` names weighs; `apart` are the characters of the heading."""
        cdef const Shapes* shapes = &self._shapes
        cdef Span clause = first_clause(reading, rest)
        cdef int32_t first, again = repeated(reading, heading, rest, &first), size = heading.high - heading.low
        cdef int32_t length = bucket(_LENGTHS, 10, size), style = line.style != BARE
        cdef int32_t kind = self._kind(reading, heading)
        cdef int32_t opens = <int32_t>self._begins(reading, self._opening, rest)
        cdef bint whole = size <= rest.high - rest.low and repeats(reading, heading.low, rest.low, size)
        cdef bint ends = again and repeats(reading, heading.high - again, rest.low, again)
        cdef int32_t behind = min(4, heading.high - first - again) if again else -1
        cdef Places others
        tell_apart(reading, clause, &others)
        return (
            shapes.length[length] + shapes.length_style[length][style] + shapes.rest[bucket(_CLAUSES, 6, clause.high - clause.low)]
            + shapes.again[again] + shapes.again_end[again][ends] + shapes.again_start[again][again and first == heading.low]
            + shapes.whole_again[min(4, size) if whole else 0] + shapes.again_behind[again][behind + 1]
            + shapes.kind[kind] + shapes.kind_opens[kind][opens] + shapes.opens[opens]
            + shapes.kind_opens_style[kind][opens][style] + shapes.kind_again[kind][again]
            + shapes.shared[4 * in_both(reading, apart, &others) // apart.count]
            + shapes.across[_across(reading, line.start, place, model)] + shapes.company[_company(reading, heading, rest, model) + 4]
        )

    cdef int32_t _kind(self, const Reading* reading, Span heading) noexcept:
        """What kind of heading its words make it."""
        cdef uint64_t hashed = 0
        cdef int32_t place
        if self._heads.at(spelled(reading, 0, heading)) > 0.0:
            return _WHOLE
        if self._begins(reading, self._asking, heading) > 0.0:
            return _QUESTION
        for place in range(heading.high - 1, max(heading.low, heading.high - _WORD) - 1, -1):
            hashed = more(hashed, letter(reading, place))
            if self._ends.at(hashed) > 0.0:
                return _LISTED
        return _OTHER

    cdef double _begins(self, const Reading* reading, Weights known, Span span) noexcept:
        """What weighs most of the words that a span begins with."""
        cdef uint64_t hashed = 0
        cdef double found = 0.0
        cdef int32_t place
        for place in range(span.low, min(span.high, span.low + _WORD)):
            hashed = more(hashed, letter(reading, place))
            found = max(found, known.at(hashed))
        return found

    cdef int32_t _plain_end(self, const Reading* reading, const Line* line) noexcept:
        """Where words end that can be nothing but a heading there; -1 where there are none."""
        cdef uint64_t hashed = 0
        cdef int32_t place
        cdef double known
        cdef Weights behind
        for place in range(line.start, min(line.size, line.start + _WORD)):
            hashed = more(hashed, letter(reading, place))
            known = self._plain.at(hashed)
            if known > 0.0:
                behind = self._opening if known == 1.0 else self._behind_summaries
                return place + 1 if self._begins(reading, behind, Span(place + 1, line.size)) > 0.0 else -1
        return -1


cdef int32_t _across(const Reading* reading, int32_t start, int32_t place, Trigrams model) noexcept:
    """Twin of `Trigrams.across`, which reads a whole string."""
    cdef int32_t first, at, longest = 0
    cdef uint32_t node
    for first in range(max(start, place - 3), place):
        node = model.size
        for at in range(first, first + 4):
            node = model.step(node, letter(reading, at))
            if not node:
                break
            if at >= place and model.is_word(node):
                longest = max(longest, at + 1 - first)
    return longest


cdef int32_t _company(const Reading* reading, Span heading, Span rest, Trigrams model) noexcept:
    """How much likelier the first word of `rest` is behind the last of a heading than anywhere, in half powers of ten."""
    cdef State null, one, after
    cdef uint32_t word, other, unused
    cdef double own, together
    null.length = 0
    _split(reading, tail(heading, _SPLIT), model, &unused, &word)
    _split(reading, head(rest, _SPLIT), model, &other, &unused)
    own = model.extend(&null, word, &one)
    together = own
    together += model.extend(&one, other, &after)
    return <int32_t>max(-4.0, min(4.0, math.rint(2.0 * (together - own - model.extend(&null, other, &after)))))


cdef void _split(const Reading* reading, Span span, Trigrams model, uint32_t* first, uint32_t* last) noexcept:
    """Find the numbers of the first and the last word of a few characters, as `Trigrams.best_split` splits them."""
    cdef int32_t size = span.high - span.low, start, end
    cdef State null, after
    cdef uint32_t node = model.size, word
    cdef double score
    cdef double[_SPLIT + 1] best
    cdef int32_t[_SPLIT + 1] back
    cdef uint32_t[_SPLIT + 1] number
    for start in range(size):
        node = model.step(node, letter(reading, span.low + start)) if node else 0
    if model.is_word(node):
        first[0] = last[0] = node
        return
    null.length = 0
    best[0] = 0.0
    for end in range(1, size + 1):
        best[end] = -math.INFINITY
    for start in range(size):
        node = model.size
        for end in range(start + 1, size + 1):
            node = model.step(node, letter(reading, span.low + end - 1)) if node else 0
            word = node if model.is_word(node) else 0
            if not word and end > start + 1:
                if not node:
                    break
                continue
            score = best[start] + model.extend(&null, word, &after)
            # Of equals the later start.
            if score >= best[end]:
                best[end], back[end], number[end] = score, start, word
    last[0] = number[size]
    end = size
    while back[end]:
        end = back[end]
    first[0] = number[end]
