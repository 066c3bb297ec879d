# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The lattice of a stretch, built without a Python object a hypothesis. Twin of `despin.lattice.build`."""

from cpython cimport array
from libc.stdint cimport int32_t, uint32_t
from libc.stdlib cimport free, malloc, realloc
from libc.string cimport memcpy

from despin.fast.trigrams cimport State, Trigrams

import array

cdef double _NEVER = float("-inf")
cdef array.array _INTEGERS = array.array("i")
cdef array.array _FLOATS = array.array("d")


cdef struct Edge:
    uint32_t character
    int32_t target
    int32_t entered
    int32_t following


cdef struct Hypothesis:
    State state
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


cdef struct Vector:
    char* data
    int32_t count
    int32_t room
    int32_t size


cdef inline int _grow(Vector* vector) except -1:
    """Room for one more."""
    cdef char* data
    if vector.count == vector.room:
        vector.room = 2 * vector.room if vector.room else 64
        data = <char*>realloc(vector.data, <size_t>vector.room * vector.size)
        if data == NULL:
            raise MemoryError
        vector.data = data
    vector.count += 1
    return 0


cdef class Builder:
    """Builds lattices for one model. `crossing` is the longest word that may run across the borders of an edit,
    `pauses` the characters that stand for another mark."""

    cdef Trigrams _model
    cdef int32_t _crossing
    cdef dict _pauses

    def __init__(self, Trigrams model, int crossing, dict pauses):
        self._model = model
        self._crossing = crossing
        self._pauses = {ord(mark): model.number(pause) for mark, pause in pauses.items()}

    def build(self, str text, list arcs, list odds, str before, int beam, double width):
        """(first, previous, fluency, entered, several): the steps into each hypothesis, flat; see `Lattice`."""
        return _Build(self._model, self._crossing, self._pauses, text, arcs, odds, before, beam, width).result()


cdef class _Build:
    cdef Trigrams model
    cdef dict pauses
    cdef str text
    cdef int32_t crossing, beam, size, nodes
    cdef double width
    cdef Vector edges, edge_heads, edge_tails, hypotheses, heads, tails, steps, words, pending, numbered, order
    cdef Vector log_odds
    cdef list several, arcs
    cdef dict known

    def __cinit__(self, Trigrams model, int crossing, dict pauses, str text, list arcs, list odds, str before, int beam, double width):
        self.model = model
        self.crossing = crossing
        self.pauses = pauses
        self.text = text
        self.arcs = arcs
        self.beam = beam
        self.width = width
        self.size = len(text)
        self.several = []
        self.known = {}
        self.edges.size = sizeof(Edge)
        self.edge_heads.size = self.edge_tails.size = sizeof(int32_t)
        self.heads.size = self.tails.size = self.numbered.size = self.order.size = sizeof(int32_t)
        self.hypotheses.size = sizeof(Hypothesis)
        self.steps.size = sizeof(Step)
        self.words.size = sizeof(Word)
        self.pending.size = sizeof(Pending)
        self.log_odds.size = sizeof(double)
        _grow(&self.log_odds)
        (<double*>self.log_odds.data)[0] = 0.0
        for one in odds:
            _grow(&self.log_odds)
            (<double*>self.log_odds.data)[self.log_odds.count - 1] = one
        self.graph()
        self.expand(before)

    def __dealloc__(self):
        free(self.edges.data)
        free(self.edge_heads.data)
        free(self.edge_tails.data)
        free(self.hypotheses.data)
        free(self.heads.data)
        free(self.tails.data)
        free(self.steps.data)
        free(self.words.data)
        free(self.pending.data)
        free(self.numbered.data)
        free(self.order.data)
        free(self.log_odds.data)

    cdef int32_t node(self) except -1:
        """A new node of the character graph."""
        _grow(&self.edge_heads)
        _grow(&self.edge_tails)
        _grow(&self.heads)
        _grow(&self.tails)
        self.nodes += 1
        cdef int32_t at = self.nodes - 1
        (<int32_t*>self.edge_heads.data)[at] = -1
        (<int32_t*>self.edge_tails.data)[at] = -1
        (<int32_t*>self.heads.data)[at] = -1
        (<int32_t*>self.tails.data)[at] = -1
        return at

    cdef int edge(self, int32_t source, uint32_t character, int32_t target, int32_t entered) except -1:
        _grow(&self.edges)
        cdef int32_t at = self.edges.count - 1
        cdef Edge* new = <Edge*>self.edges.data + at
        new.character = character
        new.target = target
        new.entered = entered
        new.following = -1
        cdef int32_t* tail = <int32_t*>self.edge_tails.data + source
        if tail[0] < 0:
            (<int32_t*>self.edge_heads.data)[source] = at
        else:
            (<Edge*>self.edges.data)[tail[0]].following = at
        tail[0] = at
        return 0

    cdef tuple members(self, int32_t entered):
        cdef int32_t count = len(self.arcs)
        if not entered:
            return ()
        return (entered - 1,) if entered <= count else self.several[entered - count - 1]

    cdef int32_t joined(self, int32_t one, int32_t other) except -1:
        """The number of the arcs of both."""
        if not one:
            return other
        if not other:
            return one
        cdef tuple every = self.members(one) + self.members(other)
        known = self.known.get(every)
        if known is not None:
            return known
        self.several.append(every)
        cdef int32_t number = len(self.arcs) + len(self.several)
        self.known[every] = number
        _grow(&self.log_odds)
        cdef double total = 0.0
        for arc in every:
            total += (<double*>self.log_odds.data)[1 + <int32_t>arc]
        (<double*>self.log_odds.data)[number] = total
        return number

    cdef int graph(self) except -1:
        """The characters of the text as a chain, and a side chain for every arc."""
        cdef int32_t place, node, start, end, entered, index, length, other
        cdef Py_ssize_t at
        cdef str original
        cdef Edge copied
        cdef list deletions = []
        cdef list sides = []
        for place in range(self.size + 1):
            self.node()
        for place in range(self.size):
            self.edge(place, self.text[place], place + 1, 0)
        for index in range(len(self.arcs)):
            arc = self.arcs[index]
            start = arc.start
            end = arc.end
            original = arc.original
            length = len(original)
            if not length:
                deletions.append((-start, index, end))
                continue
            node = start
            entered = index + 1
            if length > 1:
                sides.append((start, self.nodes, length - 1))
            for at in range(length - 1):
                other = self.node()
                self.edge(node, original[at], other, entered)
                node = other
                entered = 0
            self.edge(node, original[length - 1], end, entered)
        deletions.sort()
        for start, index, end in deletions:
            place = (<int32_t*>self.edge_heads.data)[end]
            while place >= 0:
                copied = (<Edge*>self.edges.data)[place]
                self.edge(-start, copied.character, copied.target, self.joined(index + 1, copied.entered))
                place = copied.following
        # Topological order: a place, then the side chains that begin there.
        sides.sort()
        cdef Py_ssize_t side = 0, count = len(sides)
        for place in range(self.size + 1):
            self.append(&self.order, place)
            while side < count and <int32_t>(<tuple>sides[side])[0] == place:
                start, node, length = <tuple>sides[side]
                for other in range(length):
                    self.append(&self.order, node + other)
                side += 1
        return 0

    cdef inline int append(self, Vector* vector, int32_t value) except -1:
        _grow(vector)
        (<int32_t*>vector.data)[vector.count - 1] = value
        return 0

    cdef inline int word(self, int32_t number, int32_t target, int32_t entered) except -1:
        _grow(&self.words)
        cdef Word* new = <Word*>self.words.data + (self.words.count - 1)
        new.number = number
        new.target = target
        new.entered = entered
        return 0

    cdef inline int later(self, uint32_t node, int32_t place, int32_t entered, int32_t length) except -1:
        _grow(&self.pending)
        cdef Pending* new = <Pending*>self.pending.data + (self.pending.count - 1)
        new.node = node
        new.place = place
        new.entered = entered
        new.length = length
        return 0

    cdef int find_words(self, int32_t node) except -1:
        """The words that start at `node`; number -1 stands for a character the model forgets everything at."""
        cdef int32_t at, number, entered, place, end
        cdef uint32_t child
        cdef Pending one
        cdef Edge edge
        cdef Trigrams model = self.model
        self.words.count = 0
        at = (<int32_t*>self.edge_heads.data)[node]
        while at >= 0:
            edge = (<Edge*>self.edges.data)[at]
            at = edge.following
            child = model.step(1, edge.character)
            number = model._word_at[child]
            if number < 0:
                self.word(self.pauses.get(edge.character, -1), edge.target, edge.entered)
                continue
            self.word(number, edge.target, edge.entered)
            self.later(child, edge.target, edge.entered, 1)
            while self.pending.count:
                self.pending.count -= 1
                one = (<Pending*>self.pending.data)[self.pending.count]
                place = (<int32_t*>self.edge_heads.data)[one.place]
                while place >= 0:
                    edge = (<Edge*>self.edges.data)[place]
                    place = edge.following
                    child = model.step(one.node, edge.character)
                    if not child:
                        continue
                    entered = self.joined(one.entered, edge.entered)
                    if model._word_at[child] >= 0:
                        self.word(model._word_at[child], edge.target, entered)
                    if one.length + 1 < self.crossing:
                        self.later(child, edge.target, entered, one.length + 1)
        if node < self.size:
            # Longer words only where nothing in them is edited.
            child = model.step(1, self.text[node])
            if child:
                for end in range(node + 1, self.size):
                    child = model.step(child, self.text[end])
                    if not child:
                        break
                    if end - node >= self.crossing and model._word_at[child] >= 0:
                        self.word(model._word_at[child], end + 1, 0)
        return 0

    cdef int expand(self, str before) except -1:
        """The hypotheses of all nodes, in order."""
        cdef State null, start, following
        cdef int32_t node, at, index, count, kept, number, place, plain
        cdef int32_t* ranked
        cdef Hypothesis* every
        cdef Hypothesis* one
        cdef Word word
        cdef float fluency
        cdef double total, unedited, floor
        cdef double* log_odds
        cdef Vector ranking
        null.length = 0
        null.words[0] = null.words[1] = 0
        null.backoff[0] = null.backoff[1] = 0.0
        if before:
            self.model.extend(&null, self.model.word_of(before), &start)
        else:
            start = null
        self.reach(0, &start, 0.0, 0.0)
        ranking.data = NULL
        ranking.count = ranking.room = 0
        ranking.size = sizeof(int32_t)
        try:
            for index in range(self.order.count):
                node = (<int32_t*>self.order.data)[index]
                at = (<int32_t*>self.heads.data)[node]
                if at < 0 or node == self.size:
                    continue
                self.find_words(node)
                every = <Hypothesis*>self.hypotheses.data
                # Best first; of equals the earlier one.
                ranking.count = 0
                plain = at
                while at >= 0:
                    _grow(&ranking)
                    ranked = <int32_t*>ranking.data
                    place = ranking.count - 1
                    while place > 0 and every[ranked[place - 1]].best < every[at].best:
                        ranked[place] = ranked[place - 1]
                        place -= 1
                    ranked[place] = at
                    if every[at].unedited > every[plain].unedited:
                        plain = at
                    at = every[at].following
                ranked = <int32_t*>ranking.data
                floor = every[ranked[0]].best - self.width
                kept = 0
                while kept < ranking.count and kept < self.beam and every[ranked[kept]].best >= floor:
                    if ranked[kept] == plain:
                        plain = -1
                    kept += 1
                if plain >= 0 and every[plain].unedited > _NEVER:
                    ranked[kept] = plain
                    kept += 1
                log_odds = <double*>self.log_odds.data
                for place in range(kept):
                    self.append(&self.numbered, ranked[place])
                    number = self.numbered.count - 1
                    for at in range(self.words.count):
                        word = (<Word*>self.words.data)[at]
                        one = <Hypothesis*>self.hypotheses.data + ranked[place]
                        if word.number >= 0:
                            fluency = self.model.extend(&one.state, word.number, &following)
                        else:
                            fluency = 0.0
                            following.length = 0
                        total = one.best + fluency
                        if word.entered:
                            total += log_odds[word.entered]
                            unedited = _NEVER
                        else:
                            unedited = one.unedited + fluency
                        if word.target == self.size:
                            following.length = 0
                        self.step(self.reach(word.target, &following, total, unedited), number, fluency, word.entered)
        finally:
            free(ranking.data)
        return 0

    cdef int32_t reach(self, int32_t node, const State* state, double total, double unedited) except -1:
        """The hypothesis with `state` at `node`, made where there is none, with its best scores raised to these."""
        cdef int32_t at = (<int32_t*>self.heads.data)[node]
        cdef Hypothesis* one
        while at >= 0:
            one = <Hypothesis*>self.hypotheses.data + at
            if (
                one.state.length == state.length
                and (state.length < 1 or one.state.words[0] == state.words[0])
                and (state.length < 2 or one.state.words[1] == state.words[1])
            ):
                if total > one.best:
                    one.best = total
                if unedited > one.unedited:
                    one.unedited = unedited
                return at
            at = one.following
        _grow(&self.hypotheses)
        at = self.hypotheses.count - 1
        one = <Hypothesis*>self.hypotheses.data + at
        one.state = state[0]
        one.best = total
        one.unedited = unedited
        one.first = one.last = one.following = -1
        cdef int32_t* tail = <int32_t*>self.tails.data + node
        if tail[0] < 0:
            (<int32_t*>self.heads.data)[node] = at
        else:
            (<Hypothesis*>self.hypotheses.data)[tail[0]].following = at
        tail[0] = at
        return at

    cdef int step(self, int32_t target, int32_t number, double fluency, int32_t entered) except -1:
        _grow(&self.steps)
        cdef int32_t at = self.steps.count - 1
        cdef Step* new = <Step*>self.steps.data + at
        new.previous = number
        new.fluency = fluency
        new.entered = entered
        new.following = -1
        cdef Hypothesis* one = <Hypothesis*>self.hypotheses.data + target
        if one.last < 0:
            one.first = at
        else:
            (<Step*>self.steps.data)[one.last].following = at
        one.last = at
        return 0

    cdef tuple result(self):
        cdef int32_t index, at, count = 0, hypothesis
        cdef Step* steps = <Step*>self.steps.data
        cdef Hypothesis* every = <Hypothesis*>self.hypotheses.data
        # The end of the stretch has one hypothesis, that of the state which remembers nothing.
        self.append(&self.numbered, (<int32_t*>self.heads.data)[self.size])
        for index in range(self.numbered.count):
            at = every[(<int32_t*>self.numbered.data)[index]].first
            while at >= 0:
                count += 1
                at = steps[at].following
        cdef array.array first = array.clone(_INTEGERS, self.numbered.count + 1, False)
        cdef array.array previous = array.clone(_INTEGERS, count, False)
        cdef array.array fluency = array.clone(_FLOATS, count, False)
        cdef array.array entered = array.clone(_INTEGERS, count, False)
        count = 0
        for index in range(self.numbered.count):
            first.data.as_ints[index] = count
            at = every[(<int32_t*>self.numbered.data)[index]].first
            while at >= 0:
                previous.data.as_ints[count] = steps[at].previous
                fluency.data.as_doubles[count] = steps[at].fluency
                entered.data.as_ints[count] = steps[at].entered
                count += 1
                at = steps[at].following
        first.data.as_ints[self.numbered.count] = count
        return first, previous, fluency, entered, self.several
