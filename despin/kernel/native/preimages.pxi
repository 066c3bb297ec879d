# Part of program.pyx: a segmented spinner, backwards.

#: What text[start of the arc:end] may have been: an original, or itself (`preimage` 0).
cdef struct Arc:
    int32_t end
    uint32_t word           # 0: a character that is no word
    uint32_t character      # the first
    uint32_t offset         # of all of them among those of words
    int32_t next            # the next arc that begins there, -1 for the last
    uint8_t size            # characters
    int8_t preimage
    int8_t kept             # a word left standing that the program would have replaced
    int8_t whole            # a word of the dictionary of several characters: it is no part of a run
    int8_t count            # of `lm`; -1: the language model forgets what stood before
    uint32_t lm[_LMWORDS]
    uint32_t begun          # the node of the first character, 0 where no word of the dictionary begins with it
    double alone            # log probability of the first character alone to the dictionary
    double cut              # log probability to the dictionary of a word that is `whole`
    double cost             # nats

#: What the language model reads of a word.
cdef struct Read:
    uint32_t word           # 0: none
    int32_t count
    uint32_t lm[_LMWORDS]

#: What is remembered of a form in one number: its own in the highest 24 bits, whether itself stands behind its
#: candidates, how many these are in 7 bits, and the first of them among all that are remembered in 32.
cdef inline uint64_t _form_of(uint32_t word, bint kept, int count, int first) noexcept nogil:
    return <uint64_t>word << 40 | <uint64_t>kept << 39 | <uint64_t>count << 32 | <uint64_t>first

#: All arcs of a text that were asked for.
cdef struct Arcs:
    Arc* arcs
    int count, room
    int32_t* heads          # by where they begin, the first of them; -1 for none, `_UNREAD` where nobody asked
    void* sums              # of the rows of pairs; NULL without weights

#: An edit, or a word that stands though the program would have replaced it: its place, and what may have stood there.
cdef struct Made:
    int32_t start
    int32_t end
    int32_t arc
    int32_t kept            # nothing but a word that stands
    uint32_t word
    int32_t others
    uint32_t words[_OTHERS] # 0: a character that is no word
    uint32_t characters[_OTHERS]
    double own
    double shares[_OTHERS]

#: A stretch of a text that is searched, with its place in that and what is found of it: its number among those that are
#: asked for, its edits, what speaks for them and for what stands there.
cdef struct Piece:
    int32_t start, end, number
    int32_t first, last
    double score, fluency

#: A reading of the text up to `place`.
cdef struct Hypothesis:
    double score            # nats
    int32_t parent
    int32_t arc
    int32_t place
    int32_t next
    int32_t run_start       # in the text, where single characters began to follow one another; -1 outside of such a run
    int32_t run_length      # of its restored characters
    int32_t active
    uint32_t nodes[_ACTIVE] # words of the dictionary that have begun, and the best score up to where they did
    double scores[_ACTIVE]
    double best             # log probability of the likeliest cut of the block so far
    uint64_t key
    State state


#: A search on its way.
cdef struct Search:
    Hypothesis* kept        # all readings
    int32_t* chosen
    int32_t* ending         # by place, the last reading that ends there, -1 for none
    double* least           # by place, what a reading has to be worth that ends there
    int room, chosen_room

#: What searches of one text work with, one after the other.
cdef struct Work:
    Arcs arcs
    Search search
    int room                # places
    Made* made              # all edits
    int count, made_room


@cython.final
cdef class Preimages:
    """Runs a segmented program backwards: the likeliest text of which it makes the one that is given.

    A beam search over the program's preimages. Readings that jieba would cut into other words are no readings; a word
    that the program would have replaced stands at the price `kept` (log10), which a run of single characters costs too
    where the program would not give it back. `beam` readings are kept at each place, none worse than the best by more
    than `margin` (nats); what speaks for an original by `choice` counts `trust` times.

    Safe to share between threads: the language model remembers bigrams, and this class words, so one thread at a time
    decodes, and one that is `alone` is only asked by one.
    """
    cdef Segmenter _words
    cdef Trigrams _lm
    cdef Choice _choice
    cdef int _beam
    cdef double _margin, _kept, _fluency, _trust
    cdef Read* _known           # by the hash of a word
    cdef uint64_t* _forms       # by the hash of a word, 0 for none
    cdef Candidate* _candidates
    cdef int _candidate_count, _candidate_room
    cdef uint32_t _marks[5]
    #: Whether nothing else asks the language model while this decodes: then the
    #: interpreter's lock is let go of meanwhile.
    cdef public bint alone
    #: By a hash of a run and of the text it stands for, the hash with the last bit saying
    #: whether the program gives that text.
    cdef uint64_t* _closed

    def __cinit__(self, Segmenter words not None, Trigrams lm not None, choice=None, int beam=6, double margin=12.0,
                  double kept=-9.0, double trust=1.0):
        self._trust = trust
        self._words, self._lm, self._choice = words, lm, choice
        if choice is not None and self._choice._words.nwords != words.nwords:
            raise ValueError("weights of other data than the program's")
        self._beam, self._margin, self._kept = max(1, beam), margin, kept * LN10
        self._fluency = LN10 * (1.0 if choice is None else self._choice.fluency)
        self._known = <Read*>calloc(<size_t>1 << _READ_BITS, sizeof(Read))
        self._closed = <uint64_t*>calloc(<size_t>1 << _CLOSED_BITS, 8)
        self._forms = <uint64_t*>calloc(<size_t>1 << _FORM_BITS, sizeof(uint64_t))
        if not (self._known and self._closed and self._forms):
            raise MemoryError
        for place, mark in enumerate("，。、！？"):
            self._marks[<int>place] = lm.word_of(mark)

    @property
    def choice(self):
        """The weights, which programs over the same data can share."""
        return self._choice

    def __dealloc__(self):
        free(self._known)
        free(self._closed)
        free(self._forms)
        free(self._candidates)

    # ---------------------------------------------------------------- the language model

    cdef uint32_t _mark(self, uint32_t c) noexcept nogil:
        """The language model's word of a character that is no word of the dictionary; _NOLM where it forgets."""
        cdef uint32_t node
        if self._words.is_han(c):
            node = self._lm.step(self._lm.size, c)
            return node if node and self._lm.is_word(node) else 0
        if c == 0xFF0C or c == 44 or c == 0xFF1B or c == 59 or c == 0xFF1A or c == 58:
            return self._marks[0]
        if c == 0x3002 or c == 0xFF0E or c == 10 or c == 13 or c == 0x2026:
            return self._marks[1]
        if c == 0x3001:
            return self._marks[2]
        if c == 0xFF01 or c == 33:
            return self._marks[3]
        if c == 0xFF1F or c == 63:
            return self._marks[4]
        return _NOLM

    cdef inline const Read* _read_as(self, uint32_t word) noexcept nogil:
        """What the language model reads of a word, which stands there until another one is asked for."""
        cdef Read* known = &self._known[word * <uint32_t>0x9E3779B1 >> (32 - _READ_BITS)]
        if known.word != word or not known.count:
            self._read(word, known)
        return known

    cdef void _read(self, uint32_t word, Read* out) noexcept nogil:
        """The words of the language model that a word is; where it does not know the word,
        the likeliest split by unigrams."""
        cdef double best[257]
        cdef int back[257]
        cdef int size, start, end, count
        cdef uint32_t node
        cdef const uint16_t* s
        cdef State after
        cdef double score
        size = self._words.length[word]
        s = self._words.strings + self._words.offsets[word]
        for end in range(1, size + 1):
            best[end] = -INFINITY
        best[0] = 0
        for start in range(size):
            node = self._lm.size
            for end in range(start + 1, size + 1):
                node = self._lm.step(node, s[end - 1]) if node else 0
                if end > start + 1 and not node:
                    break
                if not self._lm.is_word(node) and end > start + 1:
                    continue
                score = best[start] + self._lm.first(node if node and self._lm.is_word(node) else 0, &after)
                if score > best[end] or end - start == size:
                    best[end] = score if end - start < size else INFINITY
                    back[end] = start
        count = 0
        end = size
        while end > 0:
            count += 1
            end = back[end]
        start = count
        end = size
        while end > 0:
            start -= 1
            if start < _LMWORDS:
                node = self._lm.size
                for size in range(back[end], end):
                    node = self._lm.step(node, s[size]) if node else 0
                out.lm[start] = node if node and self._lm.is_word(node) else 0
            end = back[end]
        out.word, out.count = word, min(count, _LMWORDS)

    cdef double _extend(self, State* state, const uint32_t* words, int count) noexcept nogil:
        """log10 P of words after a state, which goes on to what follows them; a negative count forgets."""
        cdef State after
        cdef double score = 0
        cdef int k
        if count < 0:
            state.length = 0
        for k in range(count):
            score += self._lm.extend(state, words[k], &after)
            state[0] = after
        return score

    # ---------------------------------------------------------------- arcs

    cdef int _originals(self, uint32_t word, uint32_t* out, uint8_t* stands) noexcept nogil:
        """What a word of the text may have been: (word, whether it stands as it is)."""
        cdef int m = 0
        cdef uint32_t k, count = 0
        cdef const uint32_t* found = self._words.written_for(word, &count)
        for k in range(min(count, <uint32_t>(_CANDIDATES - 2))):
            out[m] = found[k]
            stands[m] = 0
            m += 1
        if self._words.logf[word] <= 0 and (self._words.length[word] == 1 or not self._words.replaces(word)):
            out[m] = word
            stands[m] = 1
            m += 1
        return m

    cdef double _drawn(self, uint32_t word, uint32_t form) noexcept nogil:
        """log P that a program that draws one of its ranks writes a form for a word that it changes."""
        cdef int r, count = 0
        for r in range(self._words.nranks):
            count += self._words.image_of(r, word) == form
        return log(<double>count / self._words.nranks)

    cdef uint64_t _form(self, uint32_t word) except 0 nogil:
        """What is remembered of a form (`_form_of`); its candidates stand there until another one is asked for."""
        cdef uint64_t* form = &self._forms[word * <uint32_t>0x9E3779B1 >> (32 - _FORM_BITS)]
        cdef uint32_t words[_CANDIDATES]
        cdef uint8_t stands[_CANDIDATES]
        cdef Candidate* more
        cdef int m, k
        cdef bint kept
        if form[0] >> 40 == word:
            return form[0]
        if self._candidate_count + _CANDIDATES + 1 > self._candidate_room:
            if self._candidate_room >= _MOST_CANDIDATES:
                memset(self._forms, 0, sizeof(uint64_t) << _FORM_BITS)
                self._candidate_count = 0
            else:
                more = <Candidate*>realloc(
                    self._candidates, (2 * <size_t>self._candidate_room + 1024) * sizeof(Candidate)
                )
                if not more:
                    with gil:
                        raise MemoryError
                self._candidates = more
                self._candidate_room = 2 * self._candidate_room + 1024
        m = self._originals(word, words, stands)
        kept = self._words.length[word] > 1 and self._words.logf[word] <= 0 and self._words.replaces(word)
        form[0] = _form_of(word, kept, m, self._candidate_count)
        if kept:
            words[m], stands[m] = word, 1
        self._expect_words(words, m + kept)
        for k in range(m + kept):
            self._describe(words[k], stands[k], word, self._candidates + self._candidate_count)
            self._candidate_count += 1
        return form[0]

    cdef void _describe(self, uint32_t word, bint stands, uint32_t form, Candidate* out) noexcept nogil:
        """Put down what is known of a word that a form may have been."""
        cdef const Read* read = self._read_as(word)
        out.base, out.axes, out.drawn = 0, -1, 0
        if self._choice is not None:
            out.base = self._choice._base(word, stands)
            out.axes = self._choice._axes_of(word, stands)
        if self._words.nranks > 1 and not stands:
            out.drawn = self._drawn(word, form)
        out.word = word
        out.offset = self._words.offsets[word]
        out.size = self._words.length[word]
        out.character = self._words.strings[out.offset]
        out.stands = stands
        out.whole = out.size > 1 and self._words.logf[word] <= 0
        out.cut = self._words.logf[word]
        out.alone = self._alone(out.character, &out.begun)
        out.count = <int8_t>read.count
        memcpy(out.lm, read.lm, sizeof(read.lm))

    cdef int _span(
        self, const Py_UCS4* x, int n, int a, int b, uint32_t word, const void* sums, Arc* out, bint literal
    ) except -1 nogil:
        """The arcs of x[a:b], a word of the trie; their number."""
        cdef uint64_t form = self._form(word)
        cdef const Candidate* candidates = self._candidates + <uint32_t>form
        cdef double worth[_CANDIDATES]
        cdef uint64_t hashed[_CANDIDATES][_FEATURES]
        cdef uint64_t beside[_FEATURES]
        cdef float context[_D]
        cdef int16_t counted[_D]
        cdef double highest = -INFINITY, total = 0
        cdef int m = form >> 32 & 0x7F, k, made = 0
        if m > 1 and sums:
            self._choice._beside(x, n, a, b, beside)
            for k in range(m):
                self._choice._expect(candidates + k, beside, hashed[k])
            if self._choice._u:
                self._choice._context(<const float*>sums, n, a, b, context)
            else:
                self._choice._counted(<const uint16_t*>sums, n, a, b, counted)
            for k in range(m):
                worth[k] = (
                    self._trust * self._choice._weigh(candidates + k, hashed[k], context, counted) + candidates[k].drawn
                )
                highest = max(highest, worth[k])
            for k in range(m):
                total += exp(worth[k] - highest)
            total = highest + log(total)
        else:
            for k in range(m):
                worth[k] = 0
        for k in range(m):
            if literal and not candidates[k].stands:
                continue
            self._arc(&out[made], b, candidates + k, worth[k] - total if not literal else 0)
            made += 1
        if form >> 39 & 1:
            self._arc(&out[made], b, candidates + m, 0 if literal else self._kept)
            out[made].kept = 1
            made += 1
        return made

    cdef void _expect_words(self, const uint32_t* words, int count) noexcept nogil:
        """Have what is known of words on its way from memory, which is all over the place."""
        cdef int k
        cdef uint32_t place
        for k in range(count):
            prefetch(self._words.offsets + words[k])
            prefetch(self._words.length + words[k])
            prefetch(self._words.logf + words[k])
            prefetch(self._known + (words[k] * <uint32_t>0x9E3779B1 >> (32 - _READ_BITS)))
        for k in range(count):
            prefetch(self._words.strings + self._words.offsets[words[k]])
        for k in range(count):
            if self._words.length[words[k]] > 1:
                place = self._words.offsets[words[k]]
                self._lm.prefetch_pair(self._words.strings[place], self._words.strings[place + 1])

    cdef void _arc(self, Arc* out, int end, const Candidate* candidate, double cost) noexcept nogil:
        out.end = end
        out.word = candidate.word
        out.character, out.offset, out.size = candidate.character, candidate.offset, candidate.size
        out.cut, out.alone, out.begun = candidate.cut, candidate.alone, candidate.begun
        out.preimage = not candidate.stands
        out.kept = 0
        out.whole = candidate.whole
        out.count = candidate.count
        memcpy(out.lm, candidate.lm, sizeof(candidate.lm))
        out.cost = cost

    cdef void _character(self, Arc* out, int end, uint32_t character) noexcept nogil:
        cdef uint32_t mark = self._mark(character)
        memset(out, 0, sizeof(Arc))
        out.end = end
        out.character, out.size, out.alone = character, 1, self._alone(character, &out.begun)
        out.count = -1 if mark == _NOLM else 1
        out.lm[0] = mark

    cdef int _room_for_arcs(self, Arcs* found) except -1 nogil:
        """Make room for the arcs of one word more."""
        cdef Arc* more
        if found.count + 2 * _CANDIDATES > found.room:
            found.room = 2 * found.room + 2 * _CANDIDATES
            more = <Arc*>realloc(found.arcs, <size_t>found.room * sizeof(Arc))
            if not more:
                raise MemoryError
            found.arcs = more
        return 0

    cdef int _ask(self, const Py_UCS4* x, int n, int i, int last, bint literal, Arcs* found) except -1 nogil:
        """The arcs that begin at i, up to `last`, which are asked for where a reading gets there."""
        cdef int e = i, m, k
        cdef uint32_t node = self._words.nwords
        cdef bint stands = False
        found.heads[i] = -1
        if i + 2 < last and x[i + 1] < 0x10000:
            # What the next place asks first.
            node = self._words.first[x[i + 1]]
            self._words.expect_step(node, x[i + 2])
            prefetch(self._forms + (node * <uint32_t>0x9E3779B1 >> (32 - _FORM_BITS)))
            node = self._words.nwords
        while e < last and self._words.is_block(x[e]):
            node = self._words.step(node, x[e])
            if not node:
                break
            e += 1
            if node >= self._words.nwords:
                continue
            self._room_for_arcs(found)
            m = self._span(x, n, i, e, node, found.sums, found.arcs + found.count, literal)
            for k in range(found.count, found.count + m):
                stands = stands or (e == i + 1 and not found.arcs[k].preimage)
                found.arcs[k].next = found.heads[i]
                found.heads[i] = k
            found.count += m
        if not stands:
            self._room_for_arcs(found)
            self._character(found.arcs + found.count, i + 1, x[i])
            found.arcs[found.count].next = found.heads[i]
            found.heads[i] = found.count
            found.count += 1
        return 0

    # ---------------------------------------------------------------- search

    cdef int _grow(
        self, const Hypothesis* hypotheses, int h, const Arc* arcs, int a, bint literal, bint block, double least,
        Hypothesis* out
    ) noexcept nogil:
        """A reading that goes on with an arc: 0 where jieba would have cut it otherwise or it is worth less than
        `least`, 2 where a run ends before it, which is not counted yet, else 1. `block` says whether the text goes on
        with what can be part of a word of several characters."""
        cdef const Hypothesis* old = &hypotheses[h]
        cdef const Arc* arc = &arcs[a]
        cdef int k
        cdef uint32_t c, begun = arc.begun
        cdef double path = old.best, alone = arc.alone
        out.score = old.score + (0 if literal else arc.cost)
        # What follows only takes away from it.
        if out.score < least:
            return 0
        out.state = old.state
        out.score += self._fluency * self._extend(&out.state, arc.lm, arc.count)
        if out.score < least:
            return 0
        if not block:
            out.run_start = -1
            out.run_length = out.active = 0
            out.best = 0
        else:
            out.active, out.best = old.active, old.best
            for k in range(old.active):
                out.nodes[k] = old.nodes[k]
                out.scores[k] = old.scores[k]
            if arc.whole:
                out.run_start, out.run_length = -1, 0
            elif old.run_start < 0:
                out.run_start, out.run_length = old.place, arc.size
            else:
                out.run_start, out.run_length = old.run_start, old.run_length + arc.size
            for k in range(arc.size):
                c = arc.character
                if k:
                    c = self._words.strings[arc.offset + k]
                    alone = self._alone(c, &begun)
                self._cut(out, c, begun, alone)
                if not arc.whole:
                    # Single characters are words of their own to the dictionary.
                    path += alone
                    if out.best > path + 1e-9:
                        return 0
            if arc.whole:
                path += arc.cut
                if out.best > path + 1e-9:
                    return 0
            out.best = path
        out.parent = h
        out.arc = a
        out.place = arc.end
        self._identify(out, old, arc)
        return 2 if old.run_start >= 0 > out.run_start else 1

    cdef inline bint _counts(self, uint32_t node) noexcept nogil:
        return node != 0 and node < self._words.nwords and self._words.logf[node] <= 0

    cdef double _alone(self, uint32_t c, uint32_t* begun) noexcept nogil:
        """The log probability of a character alone to the dictionary; puts down its node, 0
        where no word begins with it."""
        cdef uint32_t node = self._words.step(self._words.nwords, c)
        begun[0] = node if node and self._words.infreq[node] else 0
        return self._words.logf[node] if self._counts(node) else -self._words.logtotal

    cdef inline void _cut(self, Hypothesis* out, uint32_t c, uint32_t begun, double alone) noexcept nogil:
        """One character more: the words of the dictionary that go on with it, and the best cut up to behind it; `begun`
        and `alone` are what `_alone` gives."""
        cdef int k, kept = 0
        cdef uint32_t node
        cdef double best = -INFINITY, before = out.best
        cdef bint begins = out.active < _ACTIVE
        for k in range(out.active):
            node = self._words.step(out.nodes[k], c)
            if node and self._words.infreq[node]:
                if self._counts(node):
                    best = max(best, out.scores[k] + self._words.logf[node])
                out.nodes[kept] = node
                out.scores[kept] = out.scores[k]
                kept += 1
        if begins:
            best = max(best, before + alone)
            if begun:
                out.nodes[kept] = begun
                out.scores[kept] = before
                kept += 1
        out.active = kept
        out.best = best if best > -INFINITY else before - self._words.logtotal

    cdef void _identify(self, Hypothesis* out, const Hypothesis* old, const Arc* arc) noexcept nogil:
        """Readings with the same key go on alike."""
        cdef int k
        cdef uint64_t key = out.state.words[0] if out.state.length > 0 else 0xFFFFF
        key = key * GOLDEN + (out.state.words[1] if out.state.length > 1 else 0xFFFFF)
        key = key * GOLDEN + <uint64_t>(out.run_start + 1)
        for k in range(out.active):
            key = key * GOLDEN + out.nodes[k]
        if out.run_start >= 0:
            key = key * GOLDEN + (<uint64_t>arc.word if arc.word else <uint64_t>arc.character + 5000000)
            if old.run_start >= 0:
                key += old.key * SECOND
        out.key = key

    cdef double _close(self, const Py_UCS4* x, const Hypothesis* hypotheses, int h, const Arc* arcs) except? -1.0 nogil:
        """What the run of single characters costs that ends where a reading does: nothing
        where the program gives it back."""
        cdef const Hypothesis* reading = &hypotheses[h]
        cdef int size = reading.run_length, k = size, i, count, at
        cdef uint64_t key
        cdef uint64_t* closed
        cdef Py_UCS4 run[_RUN]
        cdef Token tokens[_RUN]
        cdef const Arc* arc
        if reading.run_start < 0 or size > _RUN - 1 or size == 0:
            return 0
        while k > 0:
            arc = &arcs[hypotheses[h].arc]
            for i in range(arc.size - 1, -1, -1):
                k -= 1
                run[k] = self._words.strings[arc.offset + i] if i else arc.character
            h = hypotheses[h].parent
        key = GOLDEN
        for k in range(size):
            key = _mixed(key + <uint64_t>(<uint32_t>run[k]))
        for at in range(reading.run_start, reading.place):
            key = _mixed(key + <uint64_t>(<uint32_t>x[at]) + SECOND)
        # The Markov model takes as long as the rest of the search, and runs come again.
        closed = &self._closed[key >> (64 - _CLOSED_BITS)]
        if (closed[0] ^ key) > 1:
            count = self._words.run_tokens(run, 0, size, tokens, 0)
            closed[0] = key & ~<uint64_t>1 | self._gives_back(x, reading.run_start, reading.place, run, tokens, count)
        return 0 if closed[0] & 1 else self._kept

    cdef bint _gives_back(
        self, const Py_UCS4* x, int at, int end, const Py_UCS4* run, Token* tokens, int count
    ) noexcept nogil:
        """Whether the program may make x[at:end] of the words of a run."""
        cdef uint8_t reached[_REACH]    # by characters behind `at`: whether the words up to now can end there
        cdef uint8_t after[_REACH]
        cdef uint32_t image
        cdef int i, k, r, place, size = end - at
        if size >= _REACH:
            return False
        memset(reached, 0, size + 1)
        reached[0] = 1
        for i in range(count):
            memset(after, 0, size + 1)
            image = self._words.changed(run, &tokens[i])
            for place in range(size):
                if not reached[place]:
                    continue
                if not image:
                    k = tokens[i].start
                    while (
                        k < tokens[i].end and place + k - tokens[i].start < size
                        and x[at + place + k - tokens[i].start] == run[k]
                    ):
                        k += 1
                    if k == tokens[i].end:
                        after[place + k - tokens[i].start] = 1
                    continue
                for r in range(self._words.nranks):
                    image = self._words.image_of(r, <uint32_t>tokens[i].word)
                    k = 0
                    while (k < self._words.length[image] and place + k < size
                           and <uint32_t>x[at + place + k] == self._words.strings[self._words.offsets[image] + k]):
                        k += 1
                    if k == self._words.length[image]:
                        after[place + k] = 1
            memcpy(reached, after, size + 1)
        return reached[size]

    cdef int _best(self, const Hypothesis* hypotheses, int32_t* chosen, int m, int beam) noexcept nogil:
        """Move the best readings that go on differently to the front; their number."""
        cdef int k = 0, j, b, taken = 0
        cdef int32_t best
        cdef bint known
        while taken < beam and k < m:
            b = k
            for j in range(k + 1, m):
                if hypotheses[chosen[j]].score > hypotheses[chosen[b]].score:
                    b = j
            best = chosen[b]
            chosen[b] = chosen[k]
            chosen[k] = best
            if taken and hypotheses[best].score < hypotheses[chosen[0]].score - self._margin:
                break
            known = False
            for j in range(taken):
                known = known or hypotheses[chosen[j]].key == hypotheses[best].key
            if not known:
                chosen[taken] = best
                taken += 1
            k += 1
        return taken

    cdef int _search(
        self, const Py_UCS4* x, int n, int first, int last, Arcs* arcs, bint literal, Search* search
    ) except -2 nogil:
        """The last hypothesis of the best reading of x[first:last], -1 where there is none; all hypotheses stand in
        `search`. What is `literal` takes no preimages."""
        cdef int count = 1, place, m = 0, k, a, h, taken, grown, end, beam = 1 if literal else self._beam
        cdef double closed
        cdef bint block
        cdef uint32_t mark
        self._begin_search(first, last, search)
        memset(search.kept, 0, sizeof(Hypothesis))
        search.kept.parent = search.kept.arc = search.kept.run_start = search.kept.next = -1
        search.kept.place = first
        if first > 0:
            mark = self._mark(x[first - 1])
            if mark != _NOLM:
                self._extend(&search.kept.state, &mark, 1)
        search.ending[first] = 0
        for place in range(first, last + 1):
            m = 0
            h = search.ending[place]
            while h >= 0:
                if m == search.chosen_room:
                    search.chosen = _more_numbers(search.chosen, 2 * search.chosen_room)
                    search.chosen_room *= 2
                search.chosen[m] = h
                m += 1
                h = search.kept[h].next
            if place == last or not m:
                continue
            taken = self._best(search.kept, search.chosen, m, beam)
            if arcs.heads[place] == _UNREAD:
                self._ask(x, n, place, last, literal, arcs)
            if not literal:
                self._expect_steps(search.kept, search.chosen, taken, arcs.arcs, arcs.heads[place], search.least)
                # Meanwhile what the next place asks, which a reading nearly always reaches.
                if place + 1 < last and arcs.heads[place + 1] == _UNREAD:
                    self._ask(x, n, place + 1, last, literal, arcs)
                self._expect_bigrams(search.kept, search.chosen, taken, arcs.arcs, arcs.heads[place], search.least)
            block = self._words.is_block(x[place])
            for k in range(taken):
                closed = 0 if literal else INFINITY     # not known yet
                a = arcs.heads[place]
                while a >= 0:
                    end = arcs.arcs[a].end
                    if literal and arcs.arcs[a].preimage:
                        a = arcs.arcs[a].next
                        continue
                    if count + 1 >= search.room:
                        self._more_room(search)
                    grown = self._grow(
                        search.kept, search.chosen[k], arcs.arcs, a, literal, block, search.least[end],
                        &search.kept[count]
                    )
                    if grown:
                        if grown == 2:
                            if closed == INFINITY:
                                closed = self._close(x, search.kept, search.chosen[k], arcs.arcs)
                            search.kept[count].score += closed
                        # What ends the text may still have to be closed.
                        if end < last:
                            search.least[end] = max(search.least[end], search.kept[count].score - self._margin)
                        search.kept[count].next = search.ending[end]
                        search.ending[end] = count
                        count += 1
                    a = arcs.arcs[a].next
        for k in range(m):
            if not literal:
                search.kept[search.chosen[k]].score += self._close(x, search.kept, search.chosen[k], arcs.arcs)
        return search.chosen[0] if self._best(search.kept, search.chosen, m, 1) else -1

    cdef int _begin_search(self, int first, int last, Search* search) except -1 nogil:
        """Room for the search of x[first:last]; what was found before is forgotten."""
        cdef int place
        if not search.kept:
            search.room, search.chosen_room = 4 * (last - first) + 64, 256
            search.kept = <Hypothesis*>malloc(<size_t>search.room * sizeof(Hypothesis))
            search.chosen = <int32_t*>malloc(search.chosen_room * sizeof(int32_t))
            if not (search.kept and search.chosen):
                raise MemoryError
        for place in range(first, last + 1):
            search.ending[place] = -1
            search.least[place] = -INFINITY
        return 0

    cdef int _more_room(self, Search* search) except -1 nogil:
        cdef Hypothesis* more = <Hypothesis*>realloc(search.kept, 2 * <size_t>search.room * sizeof(Hypothesis))
        if not more:
            raise MemoryError
        search.kept = more
        search.room *= 2
        return 0

    cdef void _expect_steps(
        self, const Hypothesis* hypotheses, const int32_t* chosen, int taken, const Arc* arcs, int head,
        const double* least
    ) noexcept nogil:
        """Have what is asked first of the arcs behind these readings on its way from memory."""
        cdef const Hypothesis* one
        cdef int k, a, q
        for k in range(taken):
            one = &hypotheses[chosen[k]]
            a = head
            while a >= 0:
                if one.score + arcs[a].cost >= least[arcs[a].end]:
                    if arcs[a].count > 0:
                        self._lm.prefetch_1(&one.state, arcs[a].lm[0])
                    for q in range(one.active):
                        self._words.expect_step(one.nodes[q], arcs[a].character)
                a = arcs[a].next

    cdef void _expect_bigrams(
        self, const Hypothesis* hypotheses, const int32_t* chosen, int taken, const Arc* arcs, int head,
        const double* least
    ) noexcept nogil:
        """The same for what is asked next; what the language model has not looked up lately is looked up together."""
        cdef Missing missing[_TOGETHER]
        cdef const Hypothesis* one
        cdef int k, a, count = 0
        for k in range(taken):
            one = &hypotheses[chosen[k]]
            if self._was_expected(hypotheses, chosen, k):
                continue
            a = head
            while a >= 0:
                if (arcs[a].count > 0 and one.score + arcs[a].cost >= least[arcs[a].end]
                        and self._lm.prefetch_2(&one.state, arcs[a].lm[0]) and count < _TOGETHER):
                    missing[count].hypothesis = chosen[k]
                    missing[count].before = one.state.words[0] if one.state.length else _NOTHING
                    missing[count].word = arcs[a].lm[0]
                    count += 1
                a = arcs[a].next
        for k in range(count):
            self._lm.prefetch_3(&hypotheses[missing[k].hypothesis].state, missing[k].word)
        if count:
            self._lm.remember(missing, count)

    cdef bint _was_expected(self, const Hypothesis* hypotheses, const int32_t* chosen, int k) noexcept nogil:
        """Whether a reading that is better ends in the same word."""
        cdef const Hypothesis* one = &hypotheses[chosen[k]]
        cdef const Hypothesis* other
        cdef int j
        for j in range(k):
            other = &hypotheses[chosen[j]]
            if not one.state.length and not other.state.length:
                return True
            if one.state.length and other.state.length and one.state.words[0] == other.state.words[0]:
                return True
        return False

    # ---------------------------------------------------------------- what comes back

    cdef int _reading(
        self, const Hypothesis* hypotheses, int last, const Arcs* arcs, bint stood, Work* work
    ) except -1 nogil:
        """Put down the edits of a reading, in order, and among them the words that stand though the program would have
        replaced them; with `stood`, words that may have been others are edits too."""
        cdef int h = last, k, start, size = 0
        cdef int32_t* steps
        cdef const Arc* arc
        cdef Made* made
        while hypotheses[h].parent >= 0:
            size += 1
            h = hypotheses[h].parent
        steps = <int32_t*>malloc((size + 1) * sizeof(int32_t))
        try:
            if not steps:
                raise MemoryError
            h = last
            for k in range(size - 1, -1, -1):
                steps[k] = h
                h = hypotheses[h].parent
            for k in range(size):
                h = steps[k]
                arc = &arcs.arcs[hypotheses[h].arc]
                start = hypotheses[hypotheses[h].parent].place
                self._room_for_made(work)
                made = &work.made[work.count]
                made.start, made.end, made.arc, made.word, made.kept = start, arc.end, hypotheses[h].arc, arc.word, 0
                if arc.preimage or (stood and self._may_be_another(arcs.arcs, arcs.heads[start], hypotheses[h].arc)):
                    self._edit(hypotheses, steps, size, k, arcs, made)
                    work.count += 1
                elif arc.kept:
                    made.kept = 1
                    work.count += 1
        finally:
            free(steps)
        return 0

    cdef int _room_for_made(self, Work* work) except -1 nogil:
        cdef Made* more
        if work.count == work.made_room:
            work.made_room = 2 * work.made_room + 64
            more = <Made*>realloc(work.made, <size_t>work.made_room * sizeof(Made))
            if not more:
                raise MemoryError
            work.made = more
        return 0

    cdef bint _may_be_another(self, const Arc* arcs, int32_t head, int32_t chosen) noexcept nogil:
        """Whether a word of several characters that stands as it is has preimages too. A single one
        often is a part of another word."""
        if arcs[chosen].kept or not arcs[chosen].word or self._words.length[arcs[chosen].word] < 2:
            return False
        while head >= 0:
            if arcs[head].end == arcs[chosen].end and arcs[head].preimage:
                return True
            head = arcs[head].next
        return False

    cdef int _edit(self, const Hypothesis* hypotheses, const int32_t* steps, int size, int k, const Arcs* all_arcs,
                   Made* out) except -1 nogil:
        """The probability of an edit among all that may stand at its place, the rest of the
        reading given, and its runners-up."""
        cdef const Arc* arcs = all_arcs.arcs
        cdef int chosen = out.arc, end = arcs[chosen].end, a = all_arcs.heads[out.start], m = 0, q, b, count = 0
        cdef double least = -INFINITY, highest = -INFINITY, total = 0, share
        cdef double scores[_CANDIDATES + 4]
        cdef int32_t rivals[_CANDIDATES + 4]
        out.others = 0
        while a >= 0:
            if arcs[a].end == end and not arcs[a].kept or a == chosen:
                scores[m] = self._among(hypotheses, steps, size, k, arcs, &arcs[a])
                rivals[m] = a
                if a == chosen:
                    least = scores[m] - _HOPELESS
                m += 1
            a = arcs[a].next
        for q in range(m):
            if rivals[q] == chosen or (
                scores[q] >= least and self._fits(hypotheses, steps, size, k, arcs, &arcs[rivals[q]])
            ):
                scores[count], rivals[count] = scores[q], rivals[q]
                highest = max(highest, scores[q])
                count += 1
        for q in range(count):
            total += exp(scores[q] - highest)
        for m in range(count):
            # The likeliest first, of equal ones the last.
            b = m
            for q in range(m + 1, count):
                if scores[q] > scores[b] or (scores[q] == scores[b] and rivals[q] > rivals[b]):
                    b = q
            share, a = scores[b], rivals[b]
            scores[b], rivals[b] = scores[m], rivals[m]
            share = exp(share - highest) / total
            if a == chosen:
                out.own = share
            elif out.others < _OTHERS and share >= _LEAST_SHARE:
                out.words[out.others], out.characters[out.others] = arcs[a].word, arcs[a].character
                out.shares[out.others] = share
                out.others += 1
        return 0

    cdef double _among(self, const Hypothesis* hypotheses, const int32_t* steps, int size, int k, const Arc* arcs,
                       const Arc* arc) noexcept nogil:
        """What speaks for an arc at step k, and for the words behind it that see it, in nats."""
        cdef State state = hypotheses[hypotheses[steps[k]].parent].state
        cdef double score = self._extend(&state, arc.lm, arc.count)
        cdef const Arc* following
        cdef int q, words = 0
        for q in range(k + 1, size):
            following = &arcs[hypotheses[steps[q]].arc]
            if words >= 2 or following.count < 0:
                break
            score += self._extend(&state, following.lm, following.count)
            words += following.count
        return score * self._fluency + arc.cost

    cdef bint _fits(self, const Hypothesis* hypotheses, const int32_t* steps, int size, int k, const Arc* arcs,
                    const Arc* rival) except -1 nogil:
        """Whether jieba would cut a rival of step k as a word of its own, between the two words
        before it and the two behind."""
        cdef Py_UCS4 window[_RUN * 4]
        cdef int n = 0, q, start = 0, end = 0
        cdef const Arc* arc
        for q in range(max(0, k - 2), min(size, k + 3)):
            arc = rival if q == k else &arcs[hypotheses[steps[q]].arc]
            if n + max(1, <int>self._words.length[arc.word]) > _RUN * 4 - 1:
                return True
            if q == k:
                start = n
            n = self._write(arc, window, n)
            if q == k:
                end = n
        return self._words.cuts(window, n, start, end)

    cdef int _write(self, const Arc* arc, Py_UCS4* out, int n) noexcept nogil:
        """Append the characters of an arc; how many there are then."""
        cdef int i
        if not arc.word:
            out[n] = arc.character
            return n + 1
        for i in range(self._words.length[arc.word]):
            out[n + i] = self._words.strings[self._words.offsets[arc.word] + i]
        return n + self._words.length[arc.word]

    cdef list _decode(self, str text, list places, bint stood, bint read, bint literal):
        """(edits, kept, score, fluency) of each of `places` of a text; nothing is looked for that is not to be `read`,
        and the fluency only where it is asked for."""
        # What stands farther off than weights reach says nothing.
        cdef Py_ssize_t reach = 3 if self._choice is None else max(3, self._choice.radius + 1), low
        cdef list found = [], pieces = self._pieces(text, places)
        cdef int count = <int>len(pieces), k
        cdef str window
        cdef Py_UCS4* x = NULL
        cdef Piece* asked = NULL
        cdef Work work
        cdef double score, fluency
        for _ in places:
            found.append(([], [], 0.0, 0.0))
        if not pieces:
            return found
        low = max(0, min(pieces)[0] - reach)
        window = text[low : max([piece[1] for piece in pieces]) + reach]
        memset(&work, 0, sizeof(Work))
        try:
            x = PyUnicode_AsUCS4Copy(window)
            asked = <Piece*>calloc(count, sizeof(Piece))
            if not asked:
                raise MemoryError
            for k in range(count):
                asked[k].start, asked[k].end, asked[k].number = pieces[k]
                asked[k].start -= <int32_t>low
                asked[k].end -= <int32_t>low
            k = <int>len(window)
            if self.alone:
                with nogil:
                    self._search_all(x, k, asked, count, <int>reach, stood, read, literal, &work)
            else:
                self._search_all(x, k, asked, count, <int>reach, stood, read, literal, &work)
            for k in range(count):
                edits, kept, score, fluency = found[asked[k].number]
                self._put_down(work.made + asked[k].first, asked[k].last - asked[k].first, low, edits, kept)
                found[asked[k].number] = (edits, kept, score + asked[k].score, fluency + asked[k].fluency)
        finally:
            PyMem_Free(x)
            free(asked)
            free(work.made)
            free(work.arcs.arcs)
            free(work.arcs.sums)
            free(work.arcs.heads)
            free(work.search.kept)
            free(work.search.chosen)
            free(work.search.ending)
            free(work.search.least)
        return found

    cdef list _pieces(self, str text, list places):
        """(start, end, number of the place) of what is searched at once."""
        cdef Py_ssize_t size = len(text), first, last, final, number = 0
        cdef list found = []
        for start, end in places:
            first = min(max(0, start), size)
            final = size if end is None else min(max(first, end), size)
            while first < final:
                last = final if final - first <= _PIECE else self._cut_before(text, first, first + _PIECE)
                found.append((first, last, number))
                first = last
            number += 1
        return found

    cdef Py_ssize_t _cut_before(self, str text, Py_ssize_t first, Py_ssize_t last):
        """Where a piece that is too long ends: behind a character that is no part of a word, if there is one."""
        cdef Py_ssize_t place
        for place in range(last, first, -1):
            if not self._words.is_block(text[place - 1]):
                return place
        return last

    cdef int _search_all(
        self, const Py_UCS4* x, int n, Piece* pieces, int count, int reach, bint stood, bint read, bint literal,
        Work* work
    ) except -1 nogil:
        """Search pieces of a text, one after the other."""
        cdef int k, low, size, place
        for k in range(count):
            low = max(0, pieces[k].start - reach)
            size = min(n, pieces[k].end + reach) - low
            pieces[k].first = work.count
            self._searched(x + low, size, pieces[k].start - low, pieces[k].end - low, stood, read, &pieces[k].score,
                           &pieces[k].fluency if literal else NULL, work)
            pieces[k].last = work.count
            for place in range(pieces[k].first, pieces[k].last):
                work.made[place].start += low
                work.made[place].end += low
        return 0

    cdef int _searched(
        self, const Py_UCS4* x, int n, int first, int last, bint stood, bint read, double* score, double* fluency,
        Work* work
    ) except -1 nogil:
        """Put down the edits of x[first:last], and what speaks for them, and for the text as it
        stands where that is asked for."""
        cdef int place, best
        self._room_for_places(work, n + 1)
        for place in range(n + 1):
            work.arcs.heads[place] = _UNREAD
        work.arcs.count = 0
        free(work.arcs.sums)
        work.arcs.sums = NULL
        if read:
            if self._choice is not None:
                work.arcs.sums = (
                    <void*>self._choice._sums(x, n) if self._choice._u else <void*>self._choice._counts(x, n)
                )
                if not work.arcs.sums:
                    raise MemoryError
            best = self._search(x, n, first, last, &work.arcs, False, &work.search)
            if best >= 0:
                score[0] = work.search.kept[best].score
                self._reading(work.search.kept, best, &work.arcs, stood, work)
        if fluency:
            best = self._search(x, n, first, last, &work.arcs, True, &work.search)
            if best >= 0:
                fluency[0] = work.search.kept[best].score
        return 0

    cdef int _room_for_places(self, Work* work, int count) except -1 nogil:
        if count <= work.room:
            return 0
        free(work.arcs.heads)
        free(work.search.ending)
        free(work.search.least)
        work.room = 0
        work.arcs.heads = <int32_t*>malloc(<size_t>count * sizeof(int32_t))
        work.search.ending = <int32_t*>malloc(<size_t>count * sizeof(int32_t))
        work.search.least = <double*>malloc(<size_t>count * sizeof(double))
        if not (work.arcs.heads and work.search.ending and work.search.least):
            raise MemoryError
        work.room = count
        return 0

    cdef int _put_down(self, const Made* made, int count, Py_ssize_t offset, list edits, list kept) except -1:
        """Append edits, and words that are kept."""
        cdef int k, q
        cdef list others
        for k in range(count):
            if made[k].kept:
                kept.append((offset + made[k].start, offset + made[k].end))
                continue
            others = []
            for q in range(made[k].others):
                others.append((self._words.word(made[k].words[q]) or chr(made[k].characters[q]), made[k].shares[q]))
            edits.append(
                (offset + made[k].start, offset + made[k].end, self._words.word(made[k].word), made[k].own, others)
            )
        return 0

    def decode(self, str text not None, start=0, end=None, bint stood=False):
        """(edits, kept, score) of text[start:end], the rest of the text being what surrounds it: [(start, end,
        original, probability, [(original, probability) of runners-up])] of the likeliest reading, (start, end)
        of the words it leaves though the program would have replaced them, and its score in nats. With
        `stood`, a word of several characters that stands and may have been another is an edit to itself.
        Offsets are code points of `text`."""
        return self._decode(text, [(start, end)], stood, True, False)[0][:3]

    def weigh(self, str text not None, start=0, end=None, bint stood=False):
        """What `decode` gives, and what `fluency` does, which are found quicker together."""
        return self._decode(text, [(start, end)], stood, True, True)[0]

    def weigh_all(self, str text not None, list places not None, bint stood=False):
        """What `weigh` gives for each of these (start, end)."""
        return self._decode(text, places, stood, True, True)

    def fluency(self, str text not None, start=0, end=None):
        """The score in nats of text[start:end] as it stands, as if nobody had spun it."""
        return self._decode(text, [(start, end)], False, False, True)[0][3]

    # ---------------------------------------------------------------- learning

    def learn(self, str text not None, double rate, double urate):
        """Spin a text and learn from it which original stands where; with rates of 0 only measure.

        Returns (choices, those right, those right by fluency alone, loss in nats): choices are the
        places with two originals or more.
        """
        cdef Py_UCS4* s = NULL
        cdef Py_UCS4* x = NULL
        cdef Token* tokens = NULL
        cdef uint32_t* images = NULL
        cdef int32_t* starts = NULL
        cdef float* sums = NULL
        cdef float* onto = NULL
        cdef int count, n = 0, i, size = 0
        cdef double found[4]
        if self._choice is None or not self._choice._weights:
            raise ValueError("weights that were read cannot learn")
        if len(text) >= 1 << 24:
            raise OverflowError("a text of more than 2^24 characters")
        try:
            count = self._words._tokens(text, &s, &tokens)
            images = <uint32_t*>malloc((<size_t>count + 1) * 4)
            starts = <int32_t*>malloc((<size_t>count + 1) * 4)
            if not (images and starts):
                raise MemoryError
            for i in range(4):
                found[i] = 0
            for i in range(count):
                tokens[i].word = 0
                images[i] = self._words.changed(s, &tokens[i])
                if images[i] == <uint32_t>tokens[i].word:
                    images[i] = 0
                tokens[i].word = self._token(s, &tokens[i])
                starts[i] = n
                n += self._words.length[images[i]] if images[i] else tokens[i].end - tokens[i].start
                if n >= 1 << 25:
                    raise OverflowError("a spun text of more than 2^25 characters")
            starts[count] = n
            x = self._spun(s, tokens, images, starts, count)
            sums = self._choice._sums(x, n) if x else NULL
            onto = <float*>calloc((<size_t>n + 1) * _D, sizeof(float))
            if not (x and sums and onto):
                raise MemoryError
            for i in range(count):
                self._learn_one(s, tokens, images, starts, count, i, x, n, sums, onto, rate, urate, found)
            if rate > 0:
                self._choice._step_pairs(x, n, onto, urate)
        finally:
            PyMem_Free(s)
            free(x)
            free(tokens)
            free(images)
            free(starts)
            free(sums)
            free(onto)
        return <int>found[0], <int>found[1], <int>found[2], found[3]

    cdef uint32_t _token(self, const Py_UCS4* s, const Token* token) noexcept nogil:
        """The word of a token, or 0."""
        cdef uint32_t node = self._words.nwords
        cdef int k
        for k in range(token.start, token.end):
            node = self._words.step(node, s[k])
            if not node:
                return 0
        return node if node < self._words.nwords else 0

    cdef Py_UCS4* _spun(
        self, const Py_UCS4* s, const Token* tokens, const uint32_t* images, const int32_t* starts, int count
    ) noexcept nogil:
        cdef Py_UCS4* x = <Py_UCS4*>malloc((<size_t>starts[count] + 1) * sizeof(Py_UCS4))
        cdef int i, k
        if x:
            for i in range(count):
                for k in range(starts[i + 1] - starts[i]):
                    x[starts[i] + k] = (self._words.strings[self._words.offsets[images[i]] + k] if images[i]
                                        else s[tokens[i].start + k])
        return x

    cdef double _fluent(self, State* state, const Py_UCS4* s, const Token* token) noexcept nogil:
        """log10 P of a token after a state."""
        cdef double score = 0
        cdef uint32_t mark
        cdef int k
        if token.word:
            return self._extend(state, self._read_as(token.word).lm, self._read_as(token.word).count)
        for k in range(token.start, token.end):
            mark = self._mark(s[k])
            score += self._extend(state, &mark, -1 if mark == _NOLM else 1)
        return score

    cdef void _learn_one(
        self, const Py_UCS4* s, const Token* tokens, const uint32_t* images, const int32_t* starts, int count, int i,
        const Py_UCS4* x, int n, const float* sums, float* onto, double rate, double urate, double* found
    ) noexcept nogil:
        cdef uint32_t candidates[_CANDIDATES]
        cdef uint8_t stands[_CANDIDATES]
        cdef double scores[_CANDIDATES]
        cdef double fluency[_CANDIDATES]
        cdef float context[_D]
        cdef float wanted[_D]
        cdef int bounds[4]
        cdef State before, state
        cdef Token one
        cdef uint32_t form = images[i] if images[i] else tokens[i].word
        cdef int m, k, q, d, gold = -1, best = 0, fluent = 0
        cdef double total = 0, error
        if not form or (not images[i] and not self._words.is_written(form)):
            return
        m = self._originals(form, candidates, stands)
        for k in range(m):
            if candidates[k] == <uint32_t>tokens[i].word and stands[k] == (images[i] == 0):
                gold = k
        if m < 2 or gold < 0:
            return
        before.length = 0
        for q in range(max(0, i - 2), i):
            self._fluent(&before, s, &tokens[q])
        self._choice._context(sums, n, starts[i], starts[i + 1], context)
        for k in range(m):
            state = before
            one = tokens[i]
            one.word = candidates[k]
            fluency[k] = self._fluent(&state, s, &one)
            for q in range(i + 1, min(count, i + 3)):
                fluency[k] += self._fluent(&state, s, &tokens[q])
            scores[k] = self._fluency * fluency[k] + self._choice._worth(
                x, n, starts[i], starts[i + 1], candidates[k], stands[k], context
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
                self._choice._step(
                    x, n, starts[i], starts[i + 1], candidates[k], stands[k], context, error, rate, urate, wanted
                )
        self._choice._bounds(n, starts[i], starts[i + 1], bounds)
        for d in range(_D):
            onto[bounds[0] * _D + d] += wanted[d]
            onto[bounds[1] * _D + d] -= wanted[d]
            onto[bounds[2] * _D + d] += wanted[d]
            onto[bounds[3] * _D + d] -= wanted[d]


cdef int32_t* _more_numbers(int32_t* numbers, int room) except NULL nogil:
    cdef int32_t* more = <int32_t*>realloc(numbers, <size_t>room * sizeof(int32_t))
    if not more:
        with gil:
            raise MemoryError
    return more
