# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Stochastic gradient descent for the log-bilinear model, with negative samples (Mikolov and others 2013)."""

from libc.math cimport expf, logf
from libc.stdint cimport int32_t, uint64_t


cdef inline uint64_t _random(uint64_t* state) noexcept nogil:
    """Marsaglia's xorshift (2003)."""
    state[0] ^= state[0] << 13
    state[0] ^= state[0] >> 7
    state[0] ^= state[0] << 17
    return state[0]


cdef enum:
    #: So many places in a row share their negative samples, whose vectors stay near the processor.
    _SHARED = 16
    _SAMPLES = 64


cdef inline float _product(const float* one, const float* other, int size) noexcept nogil:
    cdef float total = 0.0
    cdef int axis
    for axis in range(size):
        total += one[axis] * other[axis]
    return total


def descend(
    const int32_t[::1] words, const float[::1] keep, const int32_t[::1] noise, const float[::1] noise_odds,
    float[:, ::1] around, float[:, ::1] within, float[:, ::1] distances, float[::1] biases,
    float rate, float last_rate, int samples, uint64_t seed
):
    """One pass over `words` (0 is none), the learning rate falling from `rate` to `last_rate`; the mean loss of a place.

    `keep`: how often a word is taken as the word in question. `noise` is drawn from; `noise_odds` is log(samples * its
    probability) by word. Everything else is changed in place.
    """
    cdef Py_ssize_t count = words.shape[0], place, other
    cdef int size = around.shape[1], steps = distances.shape[0], reach = distances.shape[0] // 2
    cdef int step, sample, word, axis, shared = 0
    cdef int[_SAMPLES] negatives
    cdef float[1024] vector, gradient
    cdef float score, probability, pull, now, kept
    cdef float* row
    cdef float* weigh
    cdef uint64_t state = seed
    cdef double loss = 0.0, seen = 0.0
    if size > 1024 or samples > _SAMPLES:
        raise ValueError("a vector has at most 1,024 axes, and there are at most 64 samples")
    with nogil:
        for place in range(reach, count - reach):
            word = words[place]
            if word == 0 or <float>(_random(&state) >> 40) * (1.0 / 16777216.0) > keep[word]:
                continue
            now = rate + (last_rate - rate) * place / count
            if shared == 0:
                for sample in range(samples):
                    negatives[sample] = noise[_random(&state) % <uint64_t>noise.shape[0]]
                shared = _SHARED
            shared -= 1
            for axis in range(size):
                vector[axis] = 0.0
                gradient[axis] = 0.0
            for step in range(steps):
                other = place + step - reach if step < reach else place + step - reach + 1
                if words[other] != 0:
                    row = &around[words[other], 0]
                    weigh = &distances[step, 0]
                    for axis in range(size):
                        vector[axis] += weigh[axis] * row[axis]
            for sample in range(-1, samples):
                other = word if sample < 0 else negatives[sample]
                if sample >= 0 and other == word:
                    continue
                row = &within[other, 0]
                score = _product(vector, row, size) + biases[other] - noise_odds[other]
                probability = 1.0 / (1.0 + expf(-score))
                loss -= logf(probability + 1e-9) if sample < 0 else logf(1.0 - probability + 1e-9)
                pull = ((1.0 if sample < 0 else 0.0) - probability) * now
                for axis in range(size):
                    gradient[axis] += pull * row[axis]
                    row[axis] += pull * vector[axis]
                biases[other] += 0.1 * pull
            for step in range(steps):
                other = place + step - reach if step < reach else place + step - reach + 1
                if words[other] != 0:
                    row = &around[words[other], 0]
                    weigh = &distances[step, 0]
                    for axis in range(size):
                        kept = row[axis]
                        row[axis] += gradient[axis] * weigh[axis]
                        weigh[axis] += 0.05 * gradient[axis] * kept
            seen += 1.0
    return loss / max(1.0, seen)
