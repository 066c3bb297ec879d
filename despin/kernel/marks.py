# cython: infer_types=True
"""The marks of a text: where they stand, which full stops were commas, given where each sentence may begin; what stands
twice in it; and a table of words run over it.

Compiled; the types of what comes in are in `marks.pxd`, those of other names follow from them.
"""

from __future__ import annotations

import math
from array import array

from despin.kernel.types import ZERO


def add_up(numbers: array[int]) -> None:
    """Put at every place of an array of integers the sum of all up to it. Raises `ValueError`
    for a sum of more than 32 bits."""
    total = 0
    for place in range(len(numbers)):
        total += numbers[place]
        if not -(2**31) <= total < 2**31:
            raise ValueError("a sum of more than 32 bits")
        numbers[place] = total


def repeats(text: str) -> list[int]:
    """Where two to eight characters stand twice, one behind the other, in order; what
    they are is for others to judge."""
    found = []
    size = len(text)
    # By the low bits of a character, where one like it stands next: hardly any stands again within eight.
    following = array("i", [size + 8]) * 1024
    for start in range(size - 1, -1, -1):
        low = ord(text[start]) & 1023
        near = following[low] - start <= 8
        following[low] = start
        if not near:
            continue
        for length in range(2, 9):
            if start + 2 * length > size:
                break
            if text[start] != text[start + length]:
                continue
            at = 1
            while at < length and text[start + at] == text[start + length + at]:
                at += 1
            if at == length:
                found.append(start)
                break
    found.reverse()
    return found


def within(numbers: array[int], most: int) -> bool:
    """Whether all of some numbers are 0 or more and less than `most`."""
    place = 0
    while place < len(numbers) and 0 <= numbers[place] < most:
        place += 1
    return place == len(numbers)


def any_marked(places: array[int], marks: bytes) -> bool:
    """Whether any of the places is marked."""
    for index in range(len(places)):  # noqa: SIM110 - what is compiled has no generators
        if marks[places[index]]:
            return True
    return False


def in_one_pass(text: str, targets: dict[str, str], once: bool) -> str:
    """What PHP's `strtr` makes of a text: at each place the longest of the words that stands there becomes its target,
    and what was written is not read again; with `once` only where the word is first met. No word is empty."""
    lengths: dict[str, list[int]] = {}
    # By the low bits of its first characters, two or the only one, whether a word begins so.
    marked, single = array("b", [0]) * 4096, array("b", [0]) * 1024
    for word in targets:
        if len(word) > 1:
            marked[(ord(word[0]) * 61 + ord(word[1])) & 4095] = 1
        else:
            single[ord(word[0]) & 1023] = 1
        known = lengths.get(word[0])
        if known is None:
            lengths[word[0]] = [len(word)]
        elif len(word) not in known:
            known.append(len(word))
            known.sort(reverse=True)
    used: set[str] = set()
    parts: list[str] = []
    size = len(text)
    kept = place = 0
    while place < size:
        here = ord(text[place])
        if not single[here & 1023] and (place + 1 == size or not marked[(here * 61 + ord(text[place + 1])) & 4095]):
            place += 1
            continue
        step = 1
        for length in lengths.get(text[place], ()):
            if place + length > size:
                continue
            word = text[place : place + length]
            target = targets.get(word)
            if target is None:
                continue
            step = length
            if not once or word not in used:
                if once:
                    used.add(word)
                parts.append(text[kept:place])
                parts.append(target)
                kept = place + length
            break
        place += step
    return "".join([*parts, text[kept:]]) if parts else text


def chains(text: str) -> list[tuple[int, list[int], int]]:
    """What `despin.damage.full_stops.chains` gives, as plain tuples."""
    found: list[tuple[int, list[int], int]] = []
    size, start, line = len(text), 0, 0
    places: list[int] = []
    for place in range(size):
        mark = text[place]
        if "\u3400" <= mark <= "\u9fff":
            continue
        if mark == "，" or mark == "。":
            if 0 < place < size - 1 and _closes(text[place - 1]) and _opens(text[place + 1]):
                places.append(place)
                continue
            if mark == "，":
                continue
        elif mark not in "！？!?；;\n":
            continue
        if places:
            found.append((start, places, line))
            places = []
        start = place + 1
        if mark == "\n":
            line += 1
    if places:
        found.append((start, places, line))
    return found


def odd_stops(text: str) -> tuple[int, int]:
    """How many full stops stand where hardly anybody writes one, and how many there are."""
    odd = stops = 0
    size = len(text)
    for place in range(size):
        if text[place] != "。":
            continue
        stops += 1
        if place + 1 == size:
            break
        one, two = text[place + 1], text[place + 2] if place + 2 < size else "\0"
        if _joins(one, two):
            odd += 1
        elif place and "\u3400" <= one <= "\u9fff":
            one, two = text[place - 2] if place > 1 else "\0", text[place - 1]
            odd += _leads(text[place - 3] if place > 2 else "\0", one, two)
    return odd, stops


def _joins(one: str, two: str) -> bool:
    """Whether two characters begin a clause that goes on with the sentence before; behind the end of a text stands no
    character."""
    return (
        one in "则才但却"
        or (one == "就" and two not in "是\0")
        or (one == "而" and two not in "且今\0")
        or (one == "并" and two not in "非\0")
        or (one == "以" and two in "便及")
        or (one == "所" and two == "以")
        or (one == "因" and two == "此")
        or (one == "从" and two == "而")
        or (one == "导" and two == "致")
    )


def _leads(zero: str, one: str, two: str) -> bool:
    """Whether three characters end a clause with which no sentence ends: 之前, 情况下."""
    return (
        two in "时后"
        or (one == "时" and two == "候")
        or (one == "来" and two == "说")
        or (one == "的" and two == "话")
        or (one == "之" and two == "前")
        or (zero == "情" and one == "况" and two == "下")
    )


def _says(character: str) -> bool:
    """Whether a character is one of a word or a number."""
    return (
        "\u3400" <= character <= "\u9fff"
        or "a" <= character <= "z"
        or "A" <= character <= "Z"
        or "0" <= character <= "9"
    )


def _closes(character: str) -> bool:
    """Whether something to say may end with this character."""
    return _says(character) or character in ")）》”’」]"


def _opens(character: str) -> bool:
    """Whether something to say may begin with this character."""
    return _says(character) or character in "(（《“‘「["


def most_lost(chances: array[float], commas: int, shares: array[float]) -> float:
    """The most that full stops say (log10) for one of some `shares` of commas lost, with so many `commas` left:
    `chances` are the odds (ln) of a comma at each, as if the others were genuine."""
    best = -1e300
    for index in range(len(shares)):
        share, gain = shares[index], 0.0
        for place in range(len(chances)):
            gain += math.log10(1.0 + share * math.exp(chances[place]))
        gain += commas * math.log10(1.0 - share)
        if gain > best:
            best = gain
    return best


class Chains:
    """Chains of marks, of which some full stops may have been commas, and room to weigh them.

    The marks of a chain begin at its `chain_first`, the scores of a mark at its `row_first`: ln odds of a comma by
    where its sentence begins, the earliest first, `surety` times as high here. A row has one more than the row before
    it where that is one of the `stops`, up to a most, and what begins earlier then counts as the earliest.
    """

    def __init__(
        self, chain_first: array[int], row_first: array[int], scores: array[float], stops: array[int], surety: float
    ) -> None:
        self.chain_first, self.row_first, self.stops = chain_first, row_first, stops
        self.widest = 1
        for mark in range(len(row_first) - 1):
            self.widest = max(self.widest, row_first[mark + 1] - row_first[mark])
        self.forward = ZERO * (len(row_first) * self.widest + 1)
        self.after, self.here = ZERO * (self.widest + 1), ZERO * (self.widest + 1)
        # Odds, so that a bias takes a product and no power.
        self.powers, self.odds = ZERO * len(scores), ZERO * len(scores)
        for place in range(len(scores)):
            self.powers[place] = math.exp(_within(surety * scores[place]))

    def weigh(self, share: float, bias: float, found: array[float], totals: array[float]) -> None:
        """Fill `found` with the probability of a comma at every mark, of whose commas `share` became full stops,
        forward and backward over where the sentence begins; `bias` is added to all scores (ln). `totals`: log
        likelihood (ln) of what is seen, its slope and its curvature by `bias`, how many commas are believed lost."""
        factor = math.exp(_within(bias))
        for place in range(len(self.powers)):
            value = self.powers[place] * factor
            self.odds[place] = value / (1.0 + value)
        totals[0] = self.look_ahead(share)
        self.look_back(share, found, totals)

    def settle(
        self, usual: float, phantom: float, authors: float, passes: int, found: array[float]
    ) -> tuple[float, float]:
        """Estimate the share of commas lost, from what is `usual`, and the author's fondness of them, which differs by
        a variance of `authors`, by expectation-maximisation in so many passes, and fill `found` as `weigh` does. Gives
        the log likelihood (ln) of the document, damaged and not."""
        sums = ZERO * 4
        whole = 0
        for mark in range(len(self.stops)):
            whole += 0 if self.stops[mark] else 1
        fondness = 0.0
        for turn in range(4):
            if turn:
                fondness += (sums[1] - fondness / authors) / (sums[2] + 1.0 / authors)
            self.weigh(0.0, fondness, found, sums)
        undamaged = sums[0] - 0.5 * fondness * fondness / authors
        share, fondness = usual, 0.0
        self.weigh(share, fondness, found, sums)
        for _ in range(passes):
            before = share
            share = (sums[3] + phantom * usual) / (whole + sums[3] + phantom)
            step = (sums[1] - fondness / authors) / (sums[2] + 1.0 / authors)
            fondness += step
            self.weigh(share, fondness, found, sums)
            if abs(share - before) < 0.003 and abs(step) < 0.01:
                break
        return sums[0] - 0.5 * fondness * fondness / authors, undamaged

    def look_ahead(self, share: float) -> float:
        """Fill `forward` with how likely each beginning of the sentence is at every mark, by what stands before it; the
        log likelihood of all marks."""
        product, likelihood, widest = 1.0, 0.0, self.widest
        for chain in range(len(self.chain_first) - 1):
            first, last = self.chain_first[chain], self.chain_first[chain + 1]
            self.forward[first * widest] = 1.0
            for mark in range(first, last):
                low, width = self.row_first[mark], self.row_first[mark + 1] - self.row_first[mark]
                base, following = mark * widest, (mark + 1) * widest
                for start in range(widest):
                    self.here[start] = 0.0
                total = fresh = 0.0
                for start in range(width):
                    weight = self.forward[base + start]
                    if self.stops[mark]:
                        fresh += weight * (1.0 - self.odds[low + start])
                        weight *= self.odds[low + start] * share
                        self.here[start if width < widest or not start else start - 1] += weight
                    else:
                        weight *= self.odds[low + start] * (1.0 - share)
                        self.here[start] = weight
                    total += weight
                if self.stops[mark]:
                    self.here[width if width < widest else widest - 1] += fresh
                    total += fresh
                # A logarithm of many factors at once, as long as their product does not underflow.
                if total > 1e-100:
                    product *= total
                else:
                    likelihood += math.log(total) if total > 0.0 else -700.0
                if product < 1e-200:
                    likelihood += math.log(product)
                    product = 1.0
                for start in range(widest):
                    self.forward[following + start] = self.here[start] / total if total > 0.0 else 0.0
        return likelihood + math.log(product)

    def look_back(self, share: float, found: array[float], totals: array[float]) -> None:
        """Fill `found` with the probability of a comma at every mark, by what stands on both sides, and `totals[1:]`
        with slope and curvature of the log likelihood by the bias, and the commas that were lost."""
        slope, curvature, lost, widest = 0.0, 0.0, 0.0, self.widest
        for chain in range(len(self.chain_first) - 1):
            first, last = self.chain_first[chain], self.chain_first[chain + 1]
            for start in range(widest):
                self.after[start] = 1.0
            for mark in range(last - 1, first - 1, -1):
                low, width = self.row_first[mark], self.row_first[mark + 1] - self.row_first[mark]
                base = mark * widest
                total = comma = 0.0
                for start in range(width):
                    probability = self.odds[low + start]
                    if self.stops[mark]:
                        kept = probability * share * self.after[start if width < widest or not start else start - 1]
                        self.here[start] = (
                            kept + (1.0 - probability) * self.after[width if width < widest else widest - 1]
                        )
                    else:
                        kept = probability * (1.0 - share) * self.after[start]
                        self.here[start] = kept
                    comma += self.forward[base + start] * kept
                    total += self.forward[base + start] * self.here[start]
                if total <= 0.0:
                    total = 1.0
                found[mark] = min(1.0, comma / total)
                slope += found[mark]
                lost += found[mark] if self.stops[mark] else 0.0
                for start in range(width):
                    weight = self.forward[base + start] * self.here[start] / total
                    probability = self.odds[low + start]
                    slope -= weight * probability
                    curvature += weight * probability * (1.0 - probability)
                for start in range(widest):
                    self.after[start] = self.here[start] / total if start < width else 0.0
        totals[1], totals[2], totals[3] = slope, curvature, lost


def _within(score: float) -> float:
    """A score whose power may be multiplied by that of another."""
    return min(300.0, max(-300.0, score))
