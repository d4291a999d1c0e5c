#!/usr/bin/env python3
"""Checks a certificate of eigenvalue tails, in integers and fractions only.

    python3 check.py CERT.json [FILE.mtx]          exit 0 accepted, 1 refused, 2 unreadable or unwritable

It shares no line with the program that wrote it. G is computed anew for a family, or read (and compared with FILE.mtx, if given); the
integers of a stored matrix are over 2^scale. The grammars are src/_docs/certificate.md and src/_docs/matrix-market.md. By theorem 4
of ../eigenvalue-tail.md, with W = V rounded to 15 bits and sigma = 1 - ||W'W - I||_F - ||V - W||_F <= sigma_min(V),

    sum_{i>N} lambda_i  lies in  tr G - sum_{i<=N} mu_i +- sqrt(N) ||GV - V diag(mu)||_F / sigma;

and it is the integer n if it is closer to n than any other algebraic integer of its kind (lemma 6). Both ends, over M D, must round to
the decimal that is printed; D is a family's own. No float is computed with, nothing is assumed of V and mu.
"""
import gzip
import itertools
import json
import os
import re
import sys
from fractions import Fraction
from math import comb, isqrt
from pathlib import Path

REFUSED, UNREADABLE = 1, 2
FORMATS, COARSE_BITS, LARGEST_DIGITS, LARGEST_SEPARATION = ("bfc-eigenvalue-tail-1", "bfc-eigenvalue-tail-2"), 15, 100, 2048
LARGEST_ORDER, LARGEST_BITS, LARGEST_FILE = (8192, 4096), (62, 4096), 4 << 30  # of 64 bits, and of any size
I64, U64, U32, POSITIVE = range(-2**63, 2**63), range(2**64), range(2**32), range(1, 2**64)
ANY = range(-10**3000 + 1, 10**3000)

class Failure(Exception):
    """A reason and an exit code."""

def require(holds, reason, code=REFUSED):
    if not holds:
        raise Failure(reason, code)

def signed_rows(d, count, seed):
    """Four rows of +-1 for each function, as integers with a bit set where the entry is -1."""
    state = seed
    for _ in range(count):
        draws, order = [], list(range(d))
        for _ in range(d + 4):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            draws.append(state >> 33)
        for i, j in enumerate(i + draw % (d - i) for i, draw in enumerate(draws[d:])):
            order[i], order[j] = order[j], order[i]
        yield [sum((bin(r & c).count("1") + (draws[c] >> 7) & 1) << c for c in range(d)) for r in order[:4]]

def permanent(c):
    a, b, e, f = c
    pairs = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))  # read backwards, the complements
    minors = [[r[i] * t[j] + r[j] * t[i] for i, j in pairs] for r, t in ((a, b), (e, f))]
    return sum(x * y for x, y in zip(minors[0], reversed(minors[1])))

def covariance(c, d):
    """8 tr(P)^2 + 16 tr(P^2) + 32 d^2 ||C||^2 with P = J C J C', where J exchanges 1, 2 and 3, 4."""
    jcj = [[c[i ^ 1][j ^ 1] for j in range(4)] for i in range(4)]
    p = [[sum(x * y for x, y in zip(row, other)) for other in c] for row in jcj]
    trace, square = sum(p[i][i] for i in range(4)), sum(p[i][j] * p[j][i] for i in range(4) for j in range(4))
    return 8 * trace**2 + 16 * square + 32 * d**2 * sum(x * x for row in c for x in row)

def symmetric(count, entry):
    lower = [[entry(i, j) for j in range(i + 1)] for i in range(count)]
    return [[lower[max(i, j)][min(i, j)] for j in range(count)] for i in range(count)]

def family(name, d, count, seed):
    """The matrix and its denominator."""
    require(4 <= d <= 1024, "the dimension is not from 4 to 1024")
    if name == "boolplus":
        require(count <= 3 * comb(d, 4), "the family has fewer functions")
        sets = itertools.combinations(range(d), 4)
        each = ((s, {(s[0], s[i])} | {tuple(s[j] for j in (1, 2, 3) if j != i)}) for s in sets for i in (1, 2, 3))
        trees = list(itertools.islice(each, count))
        return 9, symmetric(count, lambda i, j: 4 * len(trees[i][1] & trees[j][1]) + (trees[i][0] == trees[j][0]))
    require(name in ("perm", "pm3"), f"there is no family {name!a}")
    require(d & (d - 1) == 0, "the dimension is no power of two")
    rows = list(signed_rows(d, count, seed))
    own, value = (d**4, permanent) if name == "perm" else (20 * (2 * d)**4, lambda c: covariance(c, d))
    return own, symmetric(count, lambda i, j: value([[d - 2 * bin(x ^ y).count("1") for y in rows[j]] for x in rows[i]]))

def products(a, b):
    """The rows of A B."""
    largest = lambda m: max(1, max(abs(x) for row in m for x in row))
    size = (len(b) * largest(a) * largest(b)).bit_length() // 8 + 1
    half, width = 1 << (8 * size - 1), len(b[0])
    offset = int.from_bytes(half.to_bytes(size, "little") * width, "little")
    packed = [int.from_bytes(b"".join((x + half).to_bytes(size, "little") for x in row), "little") - offset for row in b]
    for row in a:
        total = offset + sum(x * p for x, p in zip(row, packed) if x)
        data = total.to_bytes(size * width, "little")
        yield [int.from_bytes(data[i:i + size], "little") - half for i in range(0, size * width, size)]

def sqrt_upper(n):
    return isqrt(n - 1) + 1 if n else 0

def singular_value_lower(v, k):
    dropped = max(0, k - COARSE_BITS)
    c, half = k - dropped, (1 << dropped) >> 1
    w = [[(x + half) >> dropped for x in row] for row in v]
    defect = 0
    for i, row in enumerate(products([list(column) for column in zip(*w)], w)):
        row[i] -= 1 << 2 * c
        defect += sum(x * x for x in row)
    return 1 - Fraction(sqrt_upper(defect), 4**c) - (Fraction(len(v), 2 ** (c + 1)) if dropped else 0)

def fixed(x, digits):
    """x with so many digits after the point, ties to the even digit, and no sign before a zero."""
    scaled = round(x * 10**digits)
    whole, fraction = divmod(abs(scaled), 10**digits)
    return ("-" if scaled < 0 else "") + str(whole) + ("." + str(fraction).rjust(digits, "0") if digits else "")

def check(certificate, given):
    k, s, mu, v = (certificate[name] for name in ("k", "s", "mu", "v"))
    order, source, denominator, digits = len(mu), *(certificate[name] for name in ("matrix", "denominator", "digits"))
    big, scale = FORMATS.index(certificate["format"]), source.get("scale", 0)
    require(1 <= order <= LARGEST_ORDER[big] and certificate["tails"], "no tail, or an order out of range")
    require(max(k, s) <= LARGEST_BITS[big] and digits <= LARGEST_DIGITS, "k, s or digits are out of range")
    require(len(v) == order and all(len(row) == order for row in v), "v is not of the order of mu")
    require(all(x >= y for x, y in zip(mu, mu[1:])), "mu increases")
    if "lower" in source:
        lower = source["lower"]
        require(len(lower) == order and all(len(r) == i + 1 for i, r in enumerate(lower)), "not a lower triangle of the order of mu")
        fits = (lambda x: x.bit_length() <= 2**26 // order**2 * 64) if big else (lambda x: abs(x) <= 2**62 // order)
        require(scale <= LARGEST_BITS[1] and all(fits(x) for row in lower for x in row), "an entry is too large")
        gram, name = symmetric(order, lambda i, j: lower[i][j]), "a matrix stored in the certificate"
    else:
        require(source["count"] == order, "the family is not of the order of mu")
        own, gram = family(source["family"], source["dimension"], order, source["seed"])
        require(denominator == own, f"the denominator is not the family's own, {own}")
        name = "{family}, dimension {dimension}, count {count}, seed {seed}".format(**source)
    same = given is None or given[0] == order and all(given[1].get((i, j), 0) * 2**scale == x for i, r in enumerate(gram) for j, x in enumerate(r))
    require(same, "the matrix given is not the one certified")
    sigma = singular_value_lower(v, k)
    residual = sum(((y << s) - x * m) ** 2 for row, gv in zip(v, products(gram, v)) for y, x, m in zip(gv, row, mu))
    diagonal = sorted(gram[i][i] for i in range(order))
    is_diagonal = not any(x for i, row in enumerate(gram) for j, x in enumerate(row) if i != j)
    farthest = 2 * order * max(sum(map(abs, row)) for row in gram) + 1
    for printed in certificate["tails"]:
        rank = printed["rank"]
        require(rank <= order, f"rank {rank} is out of range")
        middle, radius = sum(diagonal[:order - rank]), 0  # exact for rank 0, rank M, and a diagonal matrix
        if 0 < rank < order and not is_diagonal:
            require(sigma > 0, "the vectors were not shown to be independent")
            middle = sum(diagonal) - Fraction(sum(mu[:rank]), 2**s)
            radius = Fraction(sqrt_upper(rank * residual) + 1, 2 ** (k + s)) / sigma
            distance, bits = abs(middle - (middle + Fraction(1, 2)) // 1), (comb(order, rank) - 1) * farthest.bit_length()
            if comb(order, rank) <= LARGEST_SEPARATION >= bits and distance <= radius < Fraction(1, 2**bits) - distance:
                middle, radius = (middle + Fraction(1, 2)) // 1, 0
        ends = {fixed(Fraction(middle + end) / (order * denominator << scale), digits) for end in (-radius, radius)}
        require(ends == {printed["tail"]}, f"the tail at rank {rank} is {' or '.join(sorted(ends))}, not {printed['tail']!a}")
    return "\n".join([name, f"M = {order}, D = {denominator}", *("rank {rank} -> {tail}".format(**t) for t in certificate["tails"])])

FIELDS = {"denominator": POSITIVE, "digits": U64, "k": U32, "s": U32, "format": str, "tails": [{"rank": U64, "tail": str}],
          "mu": [I64], "v": [[I64]]}
FAMILY = {"family": str, "dimension": U64, "count": U64, "seed": U64}
FIELDS = ([{**FIELDS, "matrix": source} for source in (FAMILY, {"lower": [[I64]]})],
          [{**FIELDS, "matrix": source, "mu": [ANY], "v": [[ANY]]} for source in (FAMILY, {"lower": [[ANY]], "scale": U32})])

def typed(value, pattern):
    if isinstance(pattern, list):
        return isinstance(value, list) and all(typed(x, pattern[0]) for x in value)
    if isinstance(pattern, dict):
        return isinstance(value, dict) and value.keys() == pattern.keys() and all(typed(value[n], p) for n, p in pattern.items())
    return type(value) is str and not re.search("[\ud800-\udfff]", value) if pattern is str else type(value) is int and value in pattern

def without_duplicates(pairs):
    require(len(dict(pairs)) == len(pairs), "a key is given twice", UNREADABLE)
    return dict(pairs)

def json_integer(text):
    require(text != "-0" and len(text.lstrip("-")) <= 3000, "an integer that is too long, or a zero with a sign", UNREADABLE)
    return int(text)

def read_file(path):
    require(not os.path.exists(path) or os.path.isfile(path), "not a regular file", UNREADABLE)
    require(os.path.getsize(path) <= LARGEST_FILE, "a file that is too large", UNREADABLE)
    return Path(path).read_bytes()

def read_certificate(path):
    text = read_file(path).decode()
    certificate = json.loads(text, object_pairs_hook=without_duplicates, parse_int=json_integer)
    require(type(certificate) is dict and certificate.get("format") in FORMATS, f"the format is none of {FORMATS}", UNREADABLE)
    require(any(typed(certificate, f) for f in FIELDS[FORMATS.index(certificate["format"])]), "not a certificate", UNREADABLE)
    return certificate

def number(word, field):
    """The integer, or the double next to the decimal, as a fraction."""
    word = word.decode("ascii")
    if field == "real":
        require(re.fullmatch("[0-9.eE+-]+", word) and abs(float(word)) < float("inf"), "not a number", UNREADABLE)
        return Fraction(float(word))
    require(re.fullmatch("[+-]?[0-9]+" if field == "integer" else "[+]?[0-9]+", word), "not an integer", UNREADABLE)
    digits = word.lstrip("+-").lstrip("0")
    require(len(digits) <= 20, "not an integer of 64 bits", UNREADABLE)
    value = int(digits or "0") * (-1 if word.startswith("-") else 1)
    require(value in (I64 if field == "integer" else U64), "not an integer of 64 bits", UNREADABLE)
    return value

def read_matrix(path):
    """The order and the entries that are given, by their places from 0 on."""
    data = read_file(path)
    with gzip.open(path) if data[:2] == b"\x1f\x8b" else open(path, "rb") as file:
        data = file.read(LARGEST_FILE + 1)
    require(len(data) <= LARGEST_FILE, "a file that is too large", UNREADABLE)
    banner, *lines = (re.findall(b"[^ \t\r\f]+", line) for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
    words, lines = [word.lower().decode() for word in banner], [line for line in lines if line and not line[0].startswith(b"%")]
    require(len(words) == 5 and words[:2] == ["%%matrixmarket", "matrix"] and words[2] in ("array", "coordinate"), "wrong header", UNREADABLE)
    field, once, coordinate = words[3], words[4] == "symmetric", words[2] == "coordinate"
    require(field in ("integer", "unsigned-integer", "real") and words[4] in ("general", "symmetric") and lines, "wrong header", UNREADABLE)
    order, *size = (number(word, "size") for word in lines[0])
    largest = LARGEST_ORDER[field != "integer"]
    require(len(size) == 1 + coordinate and size[0] == order and 1 <= order <= largest, "wrong size", UNREADABLE)
    count, words_each, matrix = *((size[1], 3) if coordinate else (order * (order + 1) // 2 if once else order**2, 1)), {}
    require(len(lines) == 1 + count and all(len(line) == words_each for line in lines[1:]), "wrong number of entries", UNREADABLE)
    places = iter([] if coordinate else [(i, j) for j in range(order) for i in range(j if once else 0, order)])
    for line in lines[1:]:
        i, j = (number(word, "index") - 1 for word in line[:2]) if coordinate else next(places)
        require(0 <= i < order and 0 <= j < order and (i, j) not in matrix, "an entry out of range or given twice", UNREADABLE)
        value = number(line[-1], field)
        matrix.update({(i, j): value, (j, i): value} if once else {(i, j): value})
    require(all(matrix.get((j, i), 0) == value for (i, j), value in matrix.items()), "not symmetric", UNREADABLE)
    return order, matrix

def verdict(arguments):
    """What to print, and the exit code."""
    try:
        require(len(arguments) in (1, 2), "usage: check.py CERT.json [FILE.mtx]", UNREADABLE)
        return "accepted\n" + check(read_certificate(arguments[0]), read_matrix(arguments[1]) if arguments[1:] else None), 0
    except Failure as failure:
        reason, code = failure.args
    except (OSError, EOFError, ValueError, OverflowError, MemoryError, KeyError, RecursionError) as error:
        reason, code = ascii(error), UNREADABLE
    return f"{'refused' if code == REFUSED else 'unreadable'}: {reason}", code

def main(arguments):
    text, code = verdict(arguments)
    try:
        require(sys.stdout is not None, "standard output is closed", UNREADABLE)
        print(text, flush=True)
    except (OSError, Failure):
        code = UNREADABLE
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes there
    return code

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
