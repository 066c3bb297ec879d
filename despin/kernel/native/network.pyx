# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""A small network that reads a page and says how well each original fits at each place.

Characters are vectors of `width` numbers. A block normalises the rows (mean 0, variance 1), puts those at -d, 0 and +d
side by side, maps them to twice the width, multiplies one half by the SiLU of the other, and adds a linear map of that
to the rows. A place asks with the normalised rows before it, of its first and last characters, and behind it. A pair of
form and original has a vector and an offset, from its characters and their log probabilities; the vector of the
original as a word, by its hash, is added. Its score (nats, up to a constant of the place) is the product of both,
divided by the root of their length, plus the offset.

Weights are of eight bits, rows of sixteen; sums are whole numbers, so every machine finds the same.
"""

from cpython.mem cimport PyMem_Free
from libc.math cimport sqrt
from libc.stdint cimport int8_t, int16_t, int32_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

cdef extern from "Python.h":
    Py_UCS4* PyUnicode_AsUCS4Copy(object text) except NULL

cdef extern from *:
    """
    #if defined(__SSE2__) || defined(_M_X64)
    #define DESPIN_SSE 1
    #include <emmintrin.h>
    #endif
    #if defined(__GNUC__) || defined(__clang__)
    #define DESPIN_INLINE inline __attribute__((always_inline))
    #define DESPIN_UNROLL _Pragma("GCC unroll 8")
    #else
    #define DESPIN_INLINE inline
    #define DESPIN_UNROLL
    #endif
    #if defined(DESPIN_SSE) && (defined(__GNUC__) || defined(__clang__))
    #define DESPIN_AVX 1
    #define DESPIN_VNNI "avx512f,avx512bw,avx512vnni"
    #include <immintrin.h>
    #include <cpuid.h>
    #endif
    #include <math.h>

    typedef void product(int rows, const int16_t *x, int inputs, const int16_t *w, int outputs, int32_t *out);

    /* One row of inputs, or eight, which are read `most` at a time. */
    #define DESPIN_ROWS(kind, name, read, most) \\
        kind void name( \\
                int rows, const int16_t *x, int inputs, const int16_t *w, int outputs, int32_t *out) { \\
            if (rows == 1) read(1, x, inputs, w, outputs, out); \\
            else for (; rows; rows -= most, x += most * inputs, out += most * outputs) \\
                read(most, x, inputs, w, outputs, out); \\
        }

    /* `rows` rows of inputs, one behind the other, times the weights of 16 outputs at a time, two inputs at a time. */
    static DESPIN_INLINE void affine_narrow(
            int rows, const int16_t *x, int inputs, const int16_t *w, int outputs, int32_t *out) {
        int half = inputs / 2;
        for (int o = 0; o < outputs; o += 16, w += 32 * half) {
    #ifdef DESPIN_SSE
            __m128i s[4][4];
            DESPIN_UNROLL
            for (int r = 0; r < rows; r++)
                DESPIN_UNROLL
                for (int j = 0; j < 4; j++) s[r][j] = _mm_setzero_si128();
            for (int k = 0; k < half; k++) {
                DESPIN_UNROLL
                for (int r = 0; r < rows; r++) {
                    int32_t two;
                    memcpy(&two, x + r * inputs + 2 * k, 4);
                    __m128i u = _mm_set1_epi32(two);
                    DESPIN_UNROLL
                    for (int j = 0; j < 4; j++)
                        s[r][j] = _mm_add_epi32(
                            s[r][j], _mm_madd_epi16(u, _mm_loadu_si128((const __m128i *)(w + 32 * k + 8 * j))));
                }
            }
            DESPIN_UNROLL
            for (int r = 0; r < rows; r++)
                DESPIN_UNROLL
                for (int j = 0; j < 4; j++) _mm_storeu_si128((__m128i *)(out + r * outputs + o + 4 * j), s[r][j]);
    #else
            for (int r = 0; r < rows; r++) {
                int32_t s[16] = {0};
                const int16_t *y = x + r * inputs;
                for (int k = 0; k < half; k++)
                    for (int j = 0; j < 16; j++)
                        s[j] += (int32_t)y[2 * k] * w[32 * k + 2 * j] + (int32_t)y[2 * k + 1] * w[32 * k + 2 * j + 1];
                memcpy(out + r * outputs + o, s, sizeof s);
            }
    #endif
        }
    }
    #ifdef DESPIN_AVX
    __attribute__((target("avx2"))) static DESPIN_INLINE void affine_wide(
            int rows, const int16_t *x, int inputs, const int16_t *w, int outputs, int32_t *out) {
        int half = inputs / 2;
        for (int o = 0; o < outputs; o += 16, w += 32 * half) {
            __m256i s[4][2];
            DESPIN_UNROLL
            for (int r = 0; r < rows; r++) s[r][0] = s[r][1] = _mm256_setzero_si256();
            for (int k = 0; k < half; k++) {
                __m256i low = _mm256_loadu_si256((const __m256i *)(w + 32 * k));
                __m256i high = _mm256_loadu_si256((const __m256i *)(w + 32 * k + 16));
                DESPIN_UNROLL
                for (int r = 0; r < rows; r++) {
                    int32_t two;
                    memcpy(&two, x + r * inputs + 2 * k, 4);
                    __m256i u = _mm256_set1_epi32(two);
                    s[r][0] = _mm256_add_epi32(s[r][0], _mm256_madd_epi16(u, low));
                    s[r][1] = _mm256_add_epi32(s[r][1], _mm256_madd_epi16(u, high));
                }
            }
            DESPIN_UNROLL
            for (int r = 0; r < rows; r++) {
                _mm256_storeu_si256((__m256i *)(out + r * outputs + o), s[r][0]);
                _mm256_storeu_si256((__m256i *)(out + r * outputs + o + 8), s[r][1]);
            }
        }
    }
    __attribute__((target(DESPIN_VNNI))) static DESPIN_INLINE void affine_widest(
            int rows, const int16_t *x, int inputs, const int16_t *w, int outputs, int32_t *out) {
        int half = inputs / 2;
        for (int o = 0; o < outputs; o += 16, w += 32 * half) {
            __m512i s[8];
            DESPIN_UNROLL
            for (int r = 0; r < rows; r++) s[r] = _mm512_setzero_si512();
            for (int k = 0; k < half; k++) {
                __m512i all = _mm512_loadu_si512(w + 32 * k);
                DESPIN_UNROLL
                for (int r = 0; r < rows; r++) {
                    int32_t two;
                    memcpy(&two, x + r * inputs + 2 * k, 4);
                    __m512i u = _mm512_set1_epi32(two);
                    /* One row would wait for each sum: this one waits less. */
                    s[r] = rows == 1 ? _mm512_add_epi32(s[r], _mm512_madd_epi16(u, all))
                                     : _mm512_dpwssd_epi32(s[r], u, all);
                }
            }
            DESPIN_UNROLL
            for (int r = 0; r < rows; r++) _mm512_storeu_si512(out + r * outputs + o, s[r]);
        }
    }
    DESPIN_ROWS(__attribute__((target("avx2"))) static, affine_avx2, affine_wide, 4)
    DESPIN_ROWS(__attribute__((target(DESPIN_VNNI))) static, affine_vnni, affine_widest, 8)
    /* 2 for a machine with AVX-512 VNNI, 1 for one with AVX2, 0 for others. */
    static int widest(void) {
        unsigned a, b, c, d, low, high;
        if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) return 0;
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        if ((low & 6) != 6 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
        if ((low & 0xe6) == 0xe6 && b >> 16 & b >> 30 & c >> 11 & 1) return 2;
        return b >> 5 & 1;
    }
    #endif
    DESPIN_ROWS(static, affine_plain, affine_narrow, 4)

    /* Floats are added in the same order everywhere, and every product is rounded: all variants find the same bits. */
    #if defined(__clang__)
    #pragma STDC FP_CONTRACT OFF
    #elif defined(__GNUC__)
    #pragma GCC push_options
    #pragma GCC optimize("O3", "fp-contract=off", "no-trapping-math", "no-math-errno")
    #elif defined(_MSC_VER)
    #pragma fp_contract(off)
    #endif
    typedef union { float f[256]; int32_t bits[256]; } floats;

    static DESPIN_INLINE float sum_of(const float *s) {
        return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
    }
    /* Numbers times a factor, rounded: with 3 << 22 added, the lower half of a float's bits is the whole number. */
    static DESPIN_INLINE void rounded(floats *v, int d, float factor, int16_t *out) {
        for (int j = 0; j < d; j++) {
            v->f[j] = v->f[j] * factor + 12582912.0f;
            out[j] = (int16_t)v->bits[j];
        }
    }
    /* A row with mean 0 and variance 1; 512 stands for 1. No number is larger than the root of d: 256 numbers fit. */
    static DESPIN_INLINE void normalised(const float *row, int d, int16_t *out) {
        floats v;
        float s[8] = {0}, t[8] = {0}, mean;
        for (int k = 0; k < d; k += 8)
            for (int j = 0; j < 8; j++) s[j] += row[k + j];
        mean = sum_of(s) / (float)d;
        for (int k = 0; k < d; k += 8)
            for (int j = 0; j < 8; j++) {
                float one = row[k + j] - mean;
                v.f[k + j] = one;
                t[j] += one * one;
            }
        rounded(&v, d, 512.0f / sqrtf(sum_of(t) / (float)d + 1e-5f), out);
    }
    /* Numbers as a row whose largest is 16383; what this is multiplied by. */
    static DESPIN_INLINE float scaled(floats *v, int d, int16_t *out) {
        union { float f; int32_t bits; } top;
        top.f = 1e-9f;
        for (int j = 0; j < d; j++) {
            int32_t one = v->bits[j] & 0x7fffffff;      /* floats without a sign are ordered as their bits are */
            top.bits = one > top.bits ? one : top.bits;
        }
        rounded(v, d, 16383.0f / top.f, out);
        return top.f / 16383.0f;
    }
    /* x times its sigmoid, within 0.0005. */
    static DESPIN_INLINE float silu(float x) {
        float y = x > 10.05f ? 10.05f : x, z;
        y = y < -10.05f ? -10.05f : y;
        z = y * y;
        return x * (0.5f + y * (0.2498823f + z * (0.0062878327f + z * 9.892858e-6f))
                           / (1.0f + z * (0.1082319f + z * 7.7289663e-4f)));
    }
    static void embedded(const int8_t *row, int d, float scale, float *out) {
        for (int j = 0; j < d; j++) out[j] = (float)row[j] * scale;
    }
    /* The blocks: `h` are n rows of d numbers, `states` the same normalised, after a row of zeros; each row takes part
       in so many blocks as `deep` says. */
    static DESPIN_INLINE void blocks_any(product *times, const Layer *mix, const Layer *back, const int *far,
            int blocks, int d, int n, const uint8_t *deep, float *h, int16_t *states) {
        int16_t side[24 * 256], inner[8 * 256];
        int32_t sums[16 * 256];
        float scale[8];
        floats v;
        d &= ~15;           /* it is no other number: without this the compiler adds loops for what is left over */
        for (int k = 0;; k++, mix++, back++) {
            for (int i = 0; i < n; i++)
                if (deep[i] >= k) normalised(h + (size_t)i * d, d, states + (size_t)(i + 1) * d);
            if (k == blocks) return;
            for (int i = 0;;) {
                int rows[8], count = 0;
                for (; i < n && count < 8; i++)
                    if (deep[i] > k) rows[count++] = i;
                if (!count) break;
                for (int r = 0; r < 24; r++) {      /* the rows at -far, 0 and +far of eight characters side by side */
                    int at = rows[r / 3 < count ? r / 3 : 0] + (r % 3 - 1) * far[k];
                    memcpy(side + r * d, states + (at < 0 || at >= n ? 0 : (size_t)(at + 1) * d), d * sizeof *side);
                }
                times(8, side, 3 * d, mix->weights, 2 * d, sums);
                for (int r = 0; r < 8; r++) {
                    const int32_t *gate = sums + 2 * d * r, *value = gate + d;
                    const float *scales = mix->scales, *offsets = mix->offsets;
                    for (int j = 0; j < d; j++)
                        v.f[j] = silu((float)gate[j] * scales[j] + offsets[j])
                            * ((float)value[j] * scales[d + j] + offsets[d + j]);
                    scale[r] = scaled(&v, d, inner + r * d);
                }
                times(8, inner, d, back->weights, d, sums);
                for (int r = 0; r < count; r++) {
                    float *__restrict row = h + (size_t)rows[r] * d;
                    const float *__restrict scales = back->scales, *__restrict offsets = back->offsets;
                    for (int j = 0; j < d; j++) row[j] += (float)sums[r * d + j] * (scales[j] * scale[r]) + offsets[j];
                }
            }
        }
    }
    static DESPIN_INLINE void asked_any(product *times, const Layer *layer, const int16_t *x, float *__restrict out) {
        int32_t sums[272];
        const float *__restrict scales = layer->scales, *__restrict offsets = layer->offsets;
        times(1, x, layer->inputs, layer->weights, layer->padded, sums);
        for (int j = 0; j < layer->outputs; j++) out[j] = (float)sums[j] * scales[j] + offsets[j];
    }
    /* The vector of a pair: `sums` are of a pair of no characters, `x` what the vectors of `count` characters have
       more. */
    static DESPIN_INLINE void paired_any(product *times, const Layer *first, const Layer *second, int32_t *sums,
            const int16_t *x, const int *slots, int count, int narrow, const float *features, const float *own,
            int kind, const int8_t *word, float word_scale, float *__restrict out) {
        int32_t part[272];
        int16_t inner[256];
        floats v;
        int size = first->outputs;
        const float *f = features, *kinds = features + (3 + kind) * size;
        const float *scales = first->scales, *offsets = first->offsets;
        float scale;
        for (int c = 0; c < count; c++) {
            const int16_t *w = first->weights + (size_t)slots[c] * narrow * first->padded;
            times(1, x + c * narrow, narrow, w, first->padded, part);
            for (int j = 0; j < size; j++) sums[j] += part[j];
        }
        for (int j = 0; j < size; j++)
            v.f[j] = silu((float)sums[j] * scales[j] + offsets[j] + own[0] * f[j] + own[1] * f[size + j]
                          + own[2] * f[2 * size + j] + kinds[j]);
        scale = scaled(&v, size, inner);
        times(1, inner, size, second->weights, second->padded, part);
        scales = second->scales, offsets = second->offsets;
        size = second->outputs - 1;
        for (int j = 0; j < size; j++)
            out[j] = (float)part[j] * (scales[j] * scale) + offsets[j] + (float)word[j] * word_scale;
        out[size] = (float)part[size] * (scales[size] * scale) + offsets[size];
    }
    static DESPIN_INLINE void dot_any(product *times, const float *a, const float *b, int d, float *out) {
        float s[8] = {0};
        int k = 0;
        for (; k + 8 <= d; k += 8)
            for (int j = 0; j < 8; j++) s[j] += a[k + j] * b[k + j];
        for (int j = 0; k + j < d; j++) s[j] += a[k + j] * b[k + j];
        (void)times;
        *out = sum_of(s);
    }

    /* Each for the machines that have it, and for all. */
    #ifdef DESPIN_AVX
    static int wide = -1;
    static int choose(int most) { int has = widest(); return wide = has < most ? has : most; }
    #define DESPIN_VARIANTS(name, parameters, ...) \\
        static void name##_plain parameters { name##_any(affine_plain, __VA_ARGS__); } \\
        __attribute__((target("avx2"))) static void name##_avx2 parameters { name##_any(affine_avx2, __VA_ARGS__); } \\
        __attribute__((target(DESPIN_VNNI))) static void name##_vnni parameters { \\
            name##_any(affine_vnni, __VA_ARGS__); \\
        } \\
        static void name parameters { \\
            if (wide < 0) choose(2); \\
            if (wide > 1) name##_vnni(__VA_ARGS__); \\
            else if (wide) name##_avx2(__VA_ARGS__); \\
            else name##_plain(__VA_ARGS__); \\
        }
    #else
    #define DESPIN_VARIANTS(name, parameters, ...) \\
        static void name parameters { name##_any(affine_plain, __VA_ARGS__); }
    static int choose(int most) { (void)most; return 0; }
    #endif
    DESPIN_VARIANTS(blocks, (const Layer *mix, const Layer *back, const int *far, int count, int d, int n,
                             const uint8_t *deep, float *h, int16_t *states),
                    mix, back, far, count, d, n, deep, h, states)
    DESPIN_VARIANTS(asked, (const Layer *layer, const int16_t *x, float *out), layer, x, out)
    DESPIN_VARIANTS(paired, (const Layer *first, const Layer *second, int32_t *sums, const int16_t *x, const int *slots,
                             int count, int narrow, const float *features, const float *own, int kind,
                             const int8_t *word, float scale, float *out),
                    first, second, sums, x, slots, count, narrow, features, own, kind, word, scale, out)
    DESPIN_VARIANTS(dot, (const float *a, const float *b, int d, float *out), a, b, d, out)
    #if defined(__GNUC__) && !defined(__clang__)
    #pragma GCC pop_options
    #endif
    """
    int choose(int most) noexcept nogil
    void embedded(const int8_t* row, int d, float scale, float* out) noexcept nogil
    void affine_plain(int rows, const int16_t* x, int inputs, const int16_t* w, int outputs,
                      int32_t* out) noexcept nogil
    void blocks(const Layer* mix, const Layer* back, const int* far, int count, int d, int n, const uint8_t* deep,
                float* h, int16_t* states) noexcept nogil
    void asked(const Layer* layer, const int16_t* x, float* out) noexcept nogil
    void paired(const Layer* first, const Layer* second, int32_t* sums, const int16_t* x, const int* slots, int count,
                int narrow, const float* features, const float* own, int kind, const int8_t* word, float scale,
                float* out) noexcept nogil
    void dot(const float* a, const float* b, int d, float* out) noexcept nogil

cdef enum:
    _MOST_WIDTH = 256       # numbers of a row
    _MOST_INPUTS = 1024     # of a layer
    _KNOWN_BITS = 13        # vectors of pairs that are remembered
    _WORD_BITS = 15         # vectors of words
    _PADDING = 0
    _UNKNOWN = 1

#: A normalised number counts so much in a row of sixteen bits.
cdef float _UNIT = 512.0


cdef class Network:
    """A network in the arrays of a file; see `despin.lm.scorer`, which reads and checks them. Raises `ValueError` for
    arrays of other sizes than those that the shapes of the others ask for. Safe to be asked by one thread at a time."""

    def __cinit__(self, dict shape not None, dict arrays not None):
        cdef int k, d
        cdef list dilations = shape["dilations"]
        self.width, self.slots, self.narrow = shape["width"], shape["slots"], shape["narrow"]
        self.hidden, self.kinds, self._characters = shape["hidden"], shape["kinds"], shape["characters"]
        self.axes = shape["axes"]
        self.blocks = <int>len(dilations)
        if not (16 <= self.width <= _MOST_WIDTH and self.width % 16 == 0 and 1 <= self.blocks <= 16
                and 1 <= self.slots <= 8 and 1 <= self.narrow <= 64 and self.narrow % 2 == 0
                and 16 <= self.hidden <= _MOST_WIDTH and self.hidden % 2 == 0
                and 16 <= self.axes < _MOST_WIDTH and 1 <= self.kinds <= 8 and 2 < self._characters < 1 << 16):
            raise ValueError("sizes that no scorer has")
        for k in range(self.blocks):
            d = dilations[k]
            if not 1 <= d <= 64:
                raise ValueError("distances that no scorer has")
            self._dilations[k] = d
        d = self.width
        self._numbers = <uint16_t*>calloc(1 << 16, 2)
        self._keys = <uint64_t*>calloc(1 << _KNOWN_BITS, 8)
        self._known = <float*>malloc((<size_t>(self.axes + 1) << _KNOWN_BITS) * sizeof(float))
        if not (self._numbers and self._keys and self._known):
            raise MemoryError
        self._name(arrays["characters"])
        self._embedding = _bytes_of(arrays["embedding"], self._characters * d)
        self._embedding_scale = shape["embedding_scale"]
        self._pair_embedding = _bytes_of(arrays["pair.embedding"], self._characters * self.narrow)
        self._pair_scale = shape["pair_scale"]
        for k in range(self.blocks):
            self._layer(&self._mix[k], arrays, f"block.{k}.mix", 3 * d, 2 * d, 3 * d, 1 / _UNIT)
            self._layer(&self._back[k], arrays, f"block.{k}.back", d, d, d, 1)
        self._layer(&self._query, arrays, "query", 4 * d, self.axes, 4 * d, 1 / _UNIT)
        self._layer(&self._pair, arrays, "pair.hidden", 2 * self.slots * self.narrow, self.hidden, self.narrow,
                    self._pair_scale)
        self._layer(&self._vector, arrays, "pair.vector", self.hidden, self.axes + 1, self.hidden, 1)
        self._words = _bytes_of(arrays["words"], <Py_ssize_t>self.axes << _WORD_BITS)
        self._word_scale = shape["word_scale"]
        self._features = _floats_of(arrays["pair.features"], self.hidden * (3 + self.kinds))
        self._prepare()

    def __dealloc__(self):
        free(self._states)
        cdef int k
        for k in range(16):
            _drop(&self._mix[k])
            _drop(&self._back[k])
        _drop(&self._query)
        _drop(&self._pair)
        _drop(&self._vector)
        free(self._numbers)
        free(self._keys)
        free(self._known)
        free(self._embedding)
        free(self._pair_embedding)
        free(self._features)
        free(self._words)

    cdef int _name(self, characters) except -1:
        """Number the characters of the first plane; the others are unknown."""
        cdef int place = 2
        cdef uint32_t c
        if len(characters) != self._characters - 2:
            raise ValueError("characters")
        for place in range(1 << 16):
            self._numbers[place] = _UNKNOWN
        place = 2
        for c in characters:
            if c >= 1 << 16:
                raise ValueError("a character beyond the first plane")
            self._numbers[c] = <uint16_t>place
            place += 1
        return 0

    cdef int _layer(self, Layer* layer, dict arrays, str name, int inputs, int outputs, int piece,
                    float unit) except -1:
        """Put the weights of a layer where `affine_plain` finds them, those of `piece` inputs behind each other; `unit`
        is what the inputs are multiplied by."""
        cdef int o, k, place, padded = (outputs + 15) // 16 * 16
        cdef int8_t* rows = NULL
        if inputs > _MOST_INPUTS or inputs % 2:
            raise ValueError("a layer of more inputs than are read")
        layer.inputs, layer.outputs, layer.padded = inputs, outputs, padded
        layer.scales = _floats_of(arrays[name + ".scales"], outputs)
        layer.offsets = _floats_of(arrays[name + ".offsets"], outputs)
        layer.weights = <int16_t*>calloc(<size_t>padded * inputs, sizeof(int16_t))
        if not layer.weights:
            raise MemoryError
        rows = _bytes_of(arrays[name], outputs * inputs)
        for o in range(outputs):
            layer.scales[o] *= unit
            for k in range(inputs):
                place = k // piece * piece * padded + o // 16 * 16 * piece + k % piece // 2 * 32 + 2 * (o % 16) + k % 2
                layer.weights[place] = rows[o * inputs + k]
        free(rows)
        return 0

    cdef int _prepare(self) except -1:
        """Put features before hidden numbers, and sum up what a pair of no characters has."""
        cdef int size = self.hidden, many = 3 + self.kinds, j, s
        cdef int16_t characters[64]
        cdef int32_t part[_MOST_WIDTH]
        cdef float* turned = <float*>malloc(<size_t>size * many * sizeof(float))
        if not turned:
            raise MemoryError
        for j in range(size):
            for s in range(many):
                turned[s * size + j] = self._features[j * many + s]
        free(self._features)
        self._features = turned
        for j in range(self.narrow):
            characters[j] = self._pair_embedding[_PADDING * self.narrow + j]
        memset(self._empty, 0, sizeof(self._empty))
        for s in range(2 * self.slots):
            affine_plain(1, characters, self.narrow, self._pair.weights + s * self.narrow * self._pair.padded,
                         self._pair.padded, part)
            for j in range(self._pair.padded):
                self._empty[j] += part[j]
        return 0

    # ---------------------------------------------------------------- the page

    cdef int16_t* read(self, const Py_UCS4* x, int n, uint8_t* deep) except NULL nogil:
        """The states of x[:n] between two characters of padding, which have to be freed: a row of zeros, one of
        padding, the characters', one of padding. Where `deep` is not NULL rows are only what they become by so many
        blocks as it says of each but the first, and what others need; it is filled up."""
        cdef int d = self.width, i, j, k
        cdef float* h = <float*>malloc((<size_t>n + 2) * d * sizeof(float))
        cdef uint8_t* every = <uint8_t*>malloc(<size_t>n + 2)
        cdef int16_t* states = <int16_t*>calloc((<size_t>n + 3) * d, sizeof(int16_t))
        cdef const int8_t* row
        if not (h and every and states):
            free(h); free(every); free(states)
            with gil:
                raise MemoryError
        if not deep:
            memset(every, self.blocks, n + 2)
            deep = every
        # A block reads rows beside its own, which the block before has to reach.
        for k in range(self.blocks - 1, 0, -1):
            for i in range(n + 2):
                if deep[i] > k:
                    j = max(0, i - self._dilations[k])
                    deep[j] = <uint8_t>max(k, <int>deep[j])
                    j = min(n + 1, i + self._dilations[k])
                    deep[j] = <uint8_t>max(k, <int>deep[j])
        for i in range(n + 2):
            row = self._embedding + <Py_ssize_t>(self._number(<uint32_t>x[i - 1]) if 0 < i <= n else _PADDING) * d
            embedded(row, d, self._embedding_scale, h + <Py_ssize_t>i * d)
        blocks(self._mix, self._back, self._dilations, self.blocks, d, n + 2, deep, h, states)
        free(h); free(every)
        return states

    cdef inline int _number(self, uint32_t c) noexcept nogil:
        return self._numbers[c] if c < 1 << 16 else _UNKNOWN

    cdef int query(self, const int16_t* states, int start, int end, float* out) noexcept nogil:
        """What x[start:end] of what was read asks with, `axes` numbers."""
        cdef int d = self.width
        cdef int16_t side[4 * _MOST_WIDTH]
        memcpy(side, states + <Py_ssize_t>(start + 1) * d, 2 * d * sizeof(int16_t))
        memcpy(side + 2 * d, states + <Py_ssize_t>(end + 1) * d, 2 * d * sizeof(int16_t))
        asked(&self._query, side, out)
        return 0

    # ---------------------------------------------------------------- pairs

    cdef const float* vector(self, const Py_UCS4* form, int form_size, const Py_UCS4* original, int original_size,
                             float form_log, float original_log, int kind) noexcept nogil:
        """The vector of a pair and, behind it, its offset; they stand there until another pair is asked for. The
        logarithms are log10 probabilities out of context; where that of the form is NaN, NULL for a pair that is not
        remembered. `kind` is the channel's."""
        cdef uint64_t key = <uint64_t>kind + 1, word = <uint64_t>0x9E3779B97F4A7C15, slot
        cdef int j, s, d = self.axes, c, count = 0
        cdef float* found
        cdef int16_t characters[_MOST_INPUTS]
        cdef int slots[16]
        cdef int32_t sums[_MOST_WIDTH]
        cdef float features[3]
        cdef bint same = form_size == original_size
        for j in range(form_size):
            key = (key ^ <uint32_t>form[j]) * <uint64_t>0x9E3779B97F4A7C15
            same = same and form[j] == original[j]
        key = (key ^ key >> 29) * <uint64_t>0xBF58476D1CE4E5B9 + 1
        for j in range(original_size):
            key = (key ^ <uint32_t>original[j]) * <uint64_t>0x9E3779B97F4A7C15
            word = (word ^ <uint32_t>original[j]) * <uint64_t>0x9E3779B97F4A7C15
            word ^= word >> 29
        key = (key ^ key >> 32) | 1
        slot = key >> (64 - _KNOWN_BITS)
        found = self._known + <Py_ssize_t>slot * (d + 1)
        if self._keys[slot] == key:
            return found
        if form_log != form_log:
            return NULL
        for s in range(2 * self.slots):
            c = _PADDING
            if s < self.slots:
                if s < form_size:
                    c = self._number(<uint32_t>form[s])
            elif s - self.slots < original_size:
                c = self._number(<uint32_t>original[s - self.slots])
            if c != _PADDING:
                for j in range(self.narrow):
                    characters[count * self.narrow + j] = (<int16_t>self._pair_embedding[c * self.narrow + j]
                                                           - self._pair_embedding[_PADDING * self.narrow + j])
                slots[count] = s
                count += 1
        features[0], features[1], features[2] = form_log, original_log, 1 if same else 0
        memcpy(sums, self._empty, sizeof(sums))
        paired(&self._pair, &self._vector, sums, characters, slots, count, self.narrow, self._features, features, kind,
               self._words + <Py_ssize_t>(word >> 40 & ((1 << _WORD_BITS) - 1)) * d, self._word_scale, found)
        self._keys[slot] = key
        return found

    cdef float score(self, const float* query, const float* vector) noexcept nogil:
        """How well a pair fits where a place asked, in nats, up to a constant of the place."""
        cdef float total
        dot(query, vector, self.axes, &total)
        return total / <float>sqrt(<double>self.axes) + vector[self.axes]

    def scores(self, str text not None, list places not None, int kind):
        """For each of the `places` (start, end, form's log10, originals with theirs) of a text the scores (nats, up to
        a constant of the place) of the form itself and of the originals. Raises `ValueError` for a place that is not in
        the text."""
        cdef Py_UCS4* x = PyUnicode_AsUCS4Copy(text)
        cdef Py_UCS4* word = NULL
        cdef float query[_MOST_WIDTH]
        cdef int n = <int>len(text), start, end
        cdef bint again
        cdef uint8_t* deep = NULL
        cdef int16_t* states = NULL
        cdef list found = [], own
        cdef str original
        try:
            if not 0 <= kind < self.kinds:
                raise ValueError(f"there is no kind {kind} of a channel")
            for start, end, _, _ in places:
                if not 0 <= start < end <= n:
                    raise ValueError(f"{start}:{end} is no place of a text of {n} characters")
            # Few rows are asked for; of a text that is asked of once more all are read, and kept.
            again = self._last is not None and self._last == text
            if not (again and self._whole):
                if not again:
                    deep = <uint8_t*>calloc(n + 2, 1)
                    if not deep:
                        raise MemoryError
                    for start, end, _, _ in places:
                        deep[start] = deep[start + 1] = deep[end] = deep[end + 1] = <uint8_t>self.blocks
                with nogil:
                    states = self.read(x, n, deep)
                self._states, states = states, self._states
                self._last, self._whole = text, again
            for start, end, form_log, originals in places:
                self.query(self._states, start, end, query)
                own = [
                    self.score(
                        query, self.vector(x + start, end - start, x + start, end - start, form_log, form_log, kind)
                    )
                ]
                for original, log in originals:
                    word = PyUnicode_AsUCS4Copy(original)
                    own.append(
                        self.score(
                            query, self.vector(x + start, end - start, word, <int>len(original), form_log, log, kind)
                        )
                    )
                    PyMem_Free(word)
                found.append(own)
        finally:
            PyMem_Free(x)
            free(deep)
            free(states)
        return found


def use_at_most(int most):
    """For tests: compute as a machine without AVX2 (0), with it (1) or with AVX-512 VNNI (2) does; returns which of
    these that now is, where this machine has less."""
    return choose(most)


cdef int8_t* _bytes_of(data, Py_ssize_t count) except NULL:
    """A copy of an array of bytes. Raises `ValueError` for another size."""
    cdef const uint8_t[::1] view = memoryview(data).cast("B")
    cdef int8_t* found
    if view.shape[0] != count:
        raise ValueError(f"an array of {view.shape[0]} bytes where {count} are expected")
    found = <int8_t*>malloc(count)
    if not found:
        raise MemoryError
    memcpy(found, &view[0], count)
    return found


cdef float* _floats_of(data, Py_ssize_t count) except NULL:
    """A copy of an array of floats. Raises `ValueError` for another size, or a number that is not finite."""
    cdef const uint8_t[::1] view = memoryview(data).cast("B")
    cdef float* found
    cdef Py_ssize_t place
    if view.shape[0] != 4 * count:
        raise ValueError(f"an array of {view.shape[0]} bytes where {4 * count} are expected")
    found = <float*>malloc(4 * count)
    if not found:
        raise MemoryError
    memcpy(found, &view[0], 4 * count)
    for place in range(count):
        if not -1e30 < found[place] < 1e30:
            free(found)
            raise ValueError("a number that is not finite")
    return found


cdef void _drop(Layer* layer) noexcept:
    free(layer.weights)
    free(layer.scales)
    free(layer.offsets)
