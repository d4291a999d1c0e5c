#!/usr/bin/env python3
"""Recomputes te of trained networks from their weights, in integers only.

    python3 risk.py FILE|DIR ...      exit 0 all equal, 1 one is not, 2 unreadable, unwritable, or nothing to compare

A file is the weights.json of `bfc run` (compared with result.json beside it as well), or one that `bfc check --weights DIR` wrote; of a
directory all such files are read. te = Var(F_K - F_W) / Var(F_W) is a fraction of integers; it must round to the double that is stored, and
lie between the stored bounds. Files that store no exact risk are named and left out.

Every weight is an integer over a power of two, and a network is a polynomial P in its input parts z_i = sum_c a_ic x_c + b_ic (x_c^2 - 1).
The toolkit takes moments of both networks together from cumulants (../population-risk.md). Not so here:

- Gaussian inputs, no squares. With D = sum_ij Cov(z_i, z_j) d_i d_j, Q = exp(D/2) P is the polynomial whose Wick power :Q: is P, and for two
  networks P = :Q:, R = :S: with cross covariances C, E[P R] = [exp(sum_ij C_ij d_i d'_j) Q S](0) (Mehler's formula).
- The sphere: the same for the parts of each degree n in x, times E|x|^n over the sphere and under the Gaussian.
- Squares, or the cube: x_1, ..., x_d are independent, so the moments of z are those of a sum, coordinate by coordinate, by the
  multinomial theorem. The sphere with squares: from the polynomial in s that an expectation under N(0, s I) is, found from its values.

It shares no line with the toolkit. No float is computed with.
"""
import json
import os
import re
import sys
from fractions import Fraction
from math import comb, factorial
from pathlib import Path

REFUSED, UNREADABLE = 1, 2
LARGEST_FILE, DEEPEST, DIGITS = 1 << 28, 8, 17
WIDTH = 16  # bits of an exponent in the key of a monomial
MASK = (1 << WIDTH) - 1

class Failure(Exception):
    """A reason and an exit code."""

def require(holds, reason, code=UNREADABLE):
    if not holds:
        raise Failure(reason, code)

# Numbers and polynomials: integers over 2^bits. A monomial is a key with WIDTH bits for each exponent.

def number(text):
    """The integer n and the bits s with text = n / 2^s."""
    require(type(text) is str, "a weight is no text")
    require(text.lstrip("-") not in ("inf", "nan"), "a weight is not finite", REFUSED)
    found = re.fullmatch(r"(-?)0x([01])\.([0-9a-f]{1,13})p([+-][0-9]{1,4})", text)
    require(found, f"{text!a} is no hexadecimal float")
    sign, first, fraction, exponent = found.groups()
    mantissa, shift = int(sign + first + fraction, 16), int(exponent) - 4 * len(fraction)
    return (mantissa << shift, 0) if shift >= 0 else (mantissa, -shift)

class Polynomial:
    def __init__(self, terms, bits):
        self.terms, self.bits = terms, bits

    def lifted(self, bits):
        return {key: c << (bits - self.bits) for key, c in self.terms.items()} if bits > self.bits else self.terms

    def __add__(self, other):
        bits = max(self.bits, other.bits)
        total = dict(self.lifted(bits))
        for key, c in other.lifted(bits).items():
            total[key] = total.get(key, 0) + c
        return Polynomial(total, bits)

    def times(self, weight):
        n, bits = weight
        return Polynomial({key: n * c for key, c in self.terms.items()} if n else {}, self.bits + bits)

    def squared(self):
        items, total = list(self.terms.items()), {}
        for i, (key, c) in enumerate(items):
            total[2 * key] = total.get(2 * key, 0) + c * c
            for other, e in items[i + 1:]:
                total[key + other] = total.get(key + other, 0) + 2 * c * e
        return Polynomial({key: c for key, c in total.items() if c}, 2 * self.bits)

    def parts(self):
        """By degree."""
        found = {}
        for key, c in self.terms.items():
            found.setdefault(sum(split(key)), {})[key] = c
        return found

ZERO = Polynomial({}, 0)

def split(key):
    """The exponents, up to the last that is not zero."""
    while key:
        yield key & MASK
        key >>= WIDTH

def exponents(key, count):
    return tuple(key >> WIDTH * i & MASK for i in range(count))

def combination(weights, features):
    total = ZERO
    for weight, feature in zip(weights, features):
        if weight[0]:
            total = total + feature.times(weight)
    return total

# A network as a polynomial in integer input parts.

class Network:
    """`polynomial` in input parts with integer coefficients `linear` and `squares` (a pair of rows for each part)."""

    def __init__(self, form, cube):
        self.dimension, self.parts = form["dimension"], []
        features, self.polynomial = {}, ZERO
        for layer in form["layers"]:
            reads = dict(zip(layer["reads"], layer["weights"]))
            sums = [self.input_part(reads, a, cube) for a in range(len(layer["weights"][0]))]
            for j in (j for j in reads if j >= 2):
                sums = [s + combination(row, features[j]) for s, row in zip(sums, reads[j])]
            for s in sums:
                self.polynomial = self.polynomial + s.squared().times(layer["scale"])
            top = layer is form["layers"][-1]
            features[layer["layer"]] = [] if top else [combination(row, sums).squared() for row in layer["rows"]]

    def input_part(self, reads, a, cube):
        zeros = [(0, 0)] * self.dimension
        rows = [reads[0][a] if 0 in reads else zeros, reads[1][a] if 1 in reads and not cube else zeros]
        bits = max(s for row in rows for _, s in row)
        if not any(n for row in rows for n, _ in row):
            return ZERO
        self.parts.append([[n << (bits - s) for n, s in row] for row in rows])
        return Polynomial({1 << WIDTH * (len(self.parts) - 1): 1}, bits)

    def is_linear(self):
        return not any(n for _, squares in self.parts for n in squares)

# Gaussian inputs and the sphere, without squares.

def covariances(left, right):
    return [[sum(x * y for x, y in zip(a, b)) for b, _ in right.parts] for a, _ in left.parts]

def wick(terms, gram):
    """exp(D/2), one pair of variables after the other."""
    for i in range(len(gram)):
        for j in range(i, len(gram)):
            terms = contracted(terms, WIDTH * i, WIDTH * j, gram[i][j]) if gram[i][j] else terms
    return terms

def contracted(terms, i, j, g):
    total = dict(terms)
    for key, c in terms.items():
        a, b = key >> i & MASK, key >> j & MASK
        for k in range(1, (a // 2 if i == j else min(a, b)) + 1):
            ways = comb(a, 2 * k) * odd_factorial(2 * k) if i == j else comb(a, k) * comb(b, k) * factorial(k)
            other = key - (k << i) - (k << j)
            total[other] = total.get(other, 0) + c * ways * g**k
    return total

def odd_factorial(n):
    """E z^n of a standard normal variable, n even."""
    return factorial(n) // (2 ** (n // 2) * factorial(n // 2))

def substituted(terms, rows, first=0):
    """The polynomial with sum_j rows[i][j] y_j in the place of variable i, for all i from `first` on."""
    if first == len(rows) or not terms:
        return {0: terms[0]} if terms else {}
    powers = {}
    for key, c in terms.items():
        powers.setdefault(key & MASK, {})[key >> WIDTH] = c
    total = {}
    for k in range(max(powers), -1, -1):
        product = {}
        for key, c in total.items():
            for j, r in enumerate(rows[first]):
                if r:
                    other = key + (1 << WIDTH * j)
                    product[other] = product.get(other, 0) + c * r
        total = product
        for key, c in substituted(powers.get(k, {}), rows, first + 1).items():
            total[key] = total.get(key, 0) + c
    return total

def paired(left, right, cross):
    """[exp(sum C_ij d_i d'_j) Q S](0)."""
    image = substituted(left, cross)
    result = 0
    for key, c in right.items():
        if key in image:
            weight = 1
            for e in split(key):
                weight *= factorial(e)
            result += c * image[key] * weight
    return result

def on_sphere(d, n):
    """E|x|^n on the sphere of radius sqrt(d), over E|x|^n under the Gaussian, for even n."""
    ratio = Fraction(1)
    for i in range(n // 2):
        ratio *= Fraction(d, d + 2 * i)
    return ratio

def by_wick(learner, target, distribution):
    """Var(F_K - F_W) and Var F_W."""
    networks, d, powers = (learner, target), learner.dimension, []
    for network in networks:
        terms, gram = network.polynomial.terms, covariances(network, network)
        parts = network.polynomial.parts() if distribution == "sphere" else {0: terms}
        powers.append({n: wick(part, gram) for n, part in parts.items()})
    ratio = (lambda n: on_sphere(d, n)) if distribution == "sphere" else (lambda n: 1)
    unit = [Fraction(1, 1 << network.polynomial.bits) for network in networks]
    mean = [sum(ratio(n) * part.get(0, 0) for n, part in powers[i].items()) * unit[i] for i in (0, 1)]
    def product(i, j):
        cross = covariances(networks[i], networks[j])
        # Powers of odd degree and even degree are orthogonal; so are their parts.
        pairs = ((m, p, n, q) for m, p in powers[i].items() for n, q in powers[j].items() if (m + n) % 2 == 0)
        return sum(ratio(m + n) * paired(p, q, cross) for m, p, n, q in pairs) * unit[i] * unit[j] - mean[i] * mean[j]
    own = product(1, 1)
    return product(0, 0) - 2 * product(0, 1) + own, own

# Independent coordinates: squares, or the cube.

def below(keys, count):
    """All exponents that divide one of the keys, each after those that divide it."""
    found, waiting = set(), {exponents(key, count) for key in keys}
    while waiting:
        found |= waiting
        waiting = {e[:i] + (e[i] - 1,) + e[i + 1:] for e in waiting for i in range(count) if e[i]} - found
    return sorted(found, key=lambda e: (sum(e), e))

def divisions(order):
    """For each monomial the places of its divisors and of the quotients, and in how many ways."""
    place, result = {e: n for n, e in enumerate(order)}, []
    for e in order:
        ways = [((), 1)]
        for a in e:
            ways = [(b + (k,), w * comb(a, k)) for b, w in ways for k in range(a + 1)]
        result.append([(place[b], place[tuple(x - y for x, y in zip(e, b))], w) for b, w in ways])
    return result

def of_coordinate(order, parts, c):
    """prod_i (a_i x + b_i (x^2 - 1))^e_i as a list of coefficients, for all e in `order`."""
    factors, found = [(-squares[c], linear[c], squares[c]) for linear, squares in parts], {}
    for e in order:
        i = next((i for i, k in enumerate(e) if k), None)
        if i is None:
            found[e] = [1]
            continue
        before, product = found[e[:i] + (e[i] - 1,) + e[i + 1:]], None
        product = [0] * (len(before) + 2)
        for n, value in enumerate(before):
            for m, f in enumerate(factors[i]):
                product[n + m] += value * f
        found[e] = product
    return [found[e] for e in order]

def joint_moments(columns, divided, moment):
    """E z^e for all e, the coordinates added one after the other."""
    table = [1] + [0] * (len(divided) - 1)
    for column in columns:
        own = [sum(value * moment(n) for n, value in enumerate(p) if value and n % 2 == 0) for p in column]
        table = [sum(w * own[b] * table[q] for b, q, w in ways if own[b] and table[q]) for ways in divided]
    return table

def from_values(values):
    """The coefficients of the polynomial with these values at 0, 1, 2, ..."""
    coefficients, basis, differences = [Fraction(0)] * len(values), [Fraction(1)], list(values)
    for n in range(len(values)):
        for i, b in enumerate(basis):
            coefficients[i] += differences[0] * b
        basis = [x - n * y for x, y in zip([Fraction(0)] + basis, basis + [Fraction(0)])]
        basis = [b / (n + 1) for b in basis]
        differences = [b - a for a, b in zip(differences, differences[1:])]
    return coefficients

def by_coordinates(learner, target, distribution):
    """Var(F_K - F_W) and Var F_W."""
    own = len(learner.parts)
    parts, d = learner.parts + target.parts, learner.dimension
    shifted = Polynomial({key << WIDTH * own: c for key, c in target.polynomial.terms.items()}, target.polynomial.bits)
    polynomials = [learner.polynomial + shifted.times((-1, 0)), shifted]
    polynomials += [p.squared() for p in polynomials]
    order = below({key for p in polynomials for key in p.terms}, len(parts))
    divided, place = divisions(order), {e: n for n, e in enumerate(order)}
    columns = [of_coordinate(order, parts, c) for c in range(d)]
    def expectations(moment):
        table = joint_moments(columns, divided, moment)
        value = lambda p: sum(c * table[place[exponents(key, len(parts))]] for key, c in p.terms.items())
        return [Fraction(value(p), 1 << p.bits) for p in polynomials]
    if distribution == "cube":
        means = expectations(lambda n: 1)
    elif distribution == "gaussian":
        means = expectations(odd_factorial)
    else:
        top = max(sum(e) for e in order)  # half the degree in x, as z has degree 2
        values = [expectations(lambda n: odd_factorial(n) * s ** (n // 2)) for s in range(top + 1)]
        means = [sum(c * on_sphere(d, 2 * m) for m, c in enumerate(from_values(v))) for v in zip(*values)]
    return means[2] - means[0] ** 2, means[3] - means[1] ** 2

def variances(learner, target, distribution):
    """Var(F_K - F_W) and Var F_W."""
    linear = distribution != "cube" and learner.is_linear() and target.is_linear()
    return (by_wick if linear else by_coordinates)(learner, target, distribution)

def relative_risk(learner, target, distribution):
    residual, variance = variances(learner, target, distribution)
    require(variance > 0, "the target is constant", REFUSED)
    return residual / variance

# Files.

def matrix(rows, height, width):
    shaped = type(rows) is list and all(type(row) is list for row in rows) and all(len(row) == width for row in rows)
    require(shaped and height in (None, len(rows)) and rows, "a matrix of another shape than its layer's")
    return [[number(text) for text in row] for row in rows]

def network(form):
    """The form with its weights as numbers, its shape checked."""
    require(type(form) is dict and form.keys() == {"dimension", "layers"}, "a network has a dimension and layers")
    d, layers, features = form["dimension"], form["layers"], {}
    require(type(d) is int and 1 <= d <= 4096 and type(layers) is list and 1 <= len(layers) < DEEPEST, "the size of a network")
    features, read = {0: d, 1: d}, []
    for l, layer in enumerate(layers, 2):
        fields = {"layer", "reads", "weights", "rows", "scale"}
        require(type(layer) is dict and layer.keys() == fields and layer["layer"] == l, f"the fields of layer {l}")
        reads, blocks = layer["reads"], layer["weights"]
        require(type(reads) is list and all(type(j) is int and 0 <= j < l for j in reads), f"what layer {l} reads")
        require(reads and reads == sorted(set(reads)) and type(blocks) is list and len(blocks) == len(reads), f"what layer {l} reads")
        k = len(blocks[0]) if type(blocks[0]) is list else 0
        weights = [matrix(block, k, features[j]) for j, block in zip(reads, blocks)]
        rows = matrix(layer["rows"], None, k)
        features[l] = len(rows)
        read.append({"layer": l, "reads": reads, "weights": weights, "rows": rows, "scale": number(layer["scale"])})
    return {"dimension": d, "layers": read}

def read_json(path):
    with open(path, "rb") as file:
        data = file.read(LARGEST_FILE + 1)
    require(len(data) <= LARGEST_FILE, "a file that is too large")
    document = json.loads(data.decode(), parse_float=str)
    require(type(document) is dict and document.get("format") == 1 and "relative_risk" in document, "not the result of a run")
    return document

def decimal(text):
    require(type(text) in (str, int) and re.fullmatch(r"[0-9.]{1,4000}(e[+-]?[0-9]{1,5})?", str(text)), "a risk is no decimal")
    return Fraction(str(text))

def as_double(value):
    """The nearest double, or None beyond the doubles."""
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return None

def rounded(value):
    """Beyond the doubles: DIGITS digits, ties to even."""
    unit = Fraction(10) ** (len(str(value.numerator // value.denominator)) - DIGITS)
    return round(value / unit) * unit

def agrees(value, stored):
    """Whether the stored risk is the value, correctly rounded, and within the stored bounds."""
    risk, double = decimal(stored["relative_risk"]), as_double(value)
    equal = risk == rounded(value) if double is None else as_double(risk) == double
    bounds = stored.get("relative_risk_enclosure", [])
    require(type(bounds) is list and len(bounds) in (0, 2), "the bounds of a risk are two")
    return equal and (not bounds or decimal(bounds[0]) <= value <= decimal(bounds[1]))

def check(path):
    """A line on the file; whether it was compared."""
    document = read_json(path)
    stored = [document]
    beside = path.with_name("result.json")
    if path.name == "weights.json" and beside.exists():
        stored.append(read_json(beside))
        require(stored[1].get("digest") == document.get("digest"), "result.json is of another run", REFUSED)
    absent = [s["relative_risk"] is None for s in stored]
    require(all(absent) or not any(absent), "result.json has a risk where the weights have none", REFUSED)
    if absent[0]:
        return f"left out, no exact risk is stored: {document.get('relative_risk_absent')!a}", False
    target = document.get("configuration", {}).get("target", {})
    distribution = target.get("distribution") if type(target) is dict else None
    require(distribution in ("gaussian", "cube", "sphere"), "there is no such distribution")
    learner, target = (Network(network(document.get(name)), distribution == "cube") for name in ("learner", "target"))
    require(learner.dimension == target.dimension, "the two networks read different inputs")
    value = relative_risk(learner, target, distribution)
    double = as_double(value)
    found = str(value if double is None else double)
    require(all(agrees(value, s) for s in stored), f"te = {found}, but stored is {stored[-1]['relative_risk']}", REFUSED)
    return f"te = {found}, as stored", True

def files(arguments):
    require(arguments, "usage: risk.py FILE|DIR ...")
    for argument in map(Path, arguments):
        if argument.is_dir():
            found = sorted(path for path in argument.rglob("*.json") if path.name != "result.json" and path.is_file())
            require(found, f"{argument}: no weights")
            yield from found
        else:
            yield argument

ERRORS = (OSError, ValueError, OverflowError, MemoryError, KeyError, AttributeError, TypeError, RecursionError)

def run(arguments):
    """The exit code, a line for each file printed."""
    code, compared = 0, 0
    for path in files(arguments):
        try:
            line, counts = check(path)
            compared += counts
        except Failure as failure:
            reason, own = failure.args
            line, code = f"{'refused' if own == REFUSED else 'unreadable'}: {reason}", max(code, own)
        except ERRORS as error:
            line, code = f"unreadable: {ascii(error)}", UNREADABLE
        say(f"{ascii(str(path))[1:-1]}: {line}")
    say(f"{compared} runs compared")
    require(compared or code, "nothing to compare")
    return code

def say(line):
    if sys.stdout is None:
        raise OSError("standard output is closed")
    print(line, flush=True)

def main(arguments):
    try:
        try:
            return run(arguments)
        except Failure as failure:
            say(failure.args[0])
            return failure.args[1]
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes there
        return UNREADABLE

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
