#!/usr/bin/env python3
"""Checks a certificate of branch and bound at depth 4, in rational numbers only.

    python3 boxes_depth_4.py CERT.json          exit 0 accepted, 1 refused, 2 unreadable or unwritable

The statement is the one of ../depth-4.md, theorem 4: for 0 < eps <= .1 and all weights of a chain of depth 4 with L <= level eps^4, the gradient
satisfies |grad L|^2 >= growth L, and no eigenvalue of the Hessian is above smoothness. The certificate gives a box of (eps, X_2, X_3, X_4, S) and a
tree of bisections, as for depth 3; this program walks the tree and evaluates the formulas of lemmas 1 to 3 on every leaf. It shares its numbers and
the reading of the file with boxes.py, and no line with the program that wrote the certificate. No float is used.
"""
import sys
from fractions import Fraction
from math import isqrt

import boxes
from boxes import BITS, Range, Statement, UNIT, exactly, require

ZERO = exactly(0)
SIZE, THREE, FOUR = (1, 2, 4), (0, 2, 4), (0, 0, 2)      # exponents of s, k_3 and k_4 in y_2, y_3, y_4
DEGREES, LAYERS = (2, 4, 6, 8), range(3)

def total(terms):
    value = ZERO
    for term in terms:
        value = value + term
    return value

def root(x):
    low, high = max(x.lo, 0), max(x.hi, 0)
    return Range(isqrt(low << BITS), isqrt(high << BITS) + 1)

def negative(x):
    return Range(-x.hi, -x.lo)

def odd(n):
    """(n-1)!! = E z^n for even n."""
    value = 1
    for factor in range(1, n, 2):
        value *= factor
    return value

def factorial(n):
    return n * factorial(n - 1) if n else 1

POWERS = (2, 4, 8)
COVARIANCE = [[odd(p + q) - odd(p) * odd(q) for q in POWERS] for p in POWERS]
DEVIATION = [root(exactly(COVARIANCE[l][l])) for l in LAYERS]
RHO = [[UNIT if l == m else exactly(COVARIANCE[l][m]) / (DEVIATION[l] * DEVIATION[m]) for m in LAYERS] for l in LAYERS]
SIGMA = UNIT / DEVIATION[0]

def coefficient(p, j):
    """C(p, j) in z^p = sum_j C(p, j) He_j(z)."""
    half = (p - j) // 2
    return factorial(p) // (2**half * factorial(half) * factorial(j)) if j <= p else 0

HERMITE = [[exactly(coefficient(POWERS[l], j)) / DEVIATION[l] for j in DEGREES] for l in LAYERS]

def exact_inverse():
    """K and the determinant of the correlations, through the covariances: K_lm = sqrt(G_ll G_mm) (G^-1)_lm."""
    rows = [[Fraction(v) for v in COVARIANCE[l]] + [Fraction(int(l == m)) for m in LAYERS] for l in LAYERS]
    for p in LAYERS:
        rows[p] = [v / rows[p][p] for v in rows[p]]
        for l in LAYERS:
            if l != p:
                rows[l] = [v - rows[l][p] * u for v, u in zip(rows[l], rows[p])]
    inverse = [row[3:] for row in rows]
    return [[exactly(inverse[l][m]) * DEVIATION[l] * DEVIATION[m] for m in LAYERS] for l in LAYERS], inverse

K, INVERSE = exact_inverse()
# What z^2 and z^4 leave of z^8, relative to its variance.
SHARE = 1 / (INVERSE[2][2] * COVARIANCE[2][2])

def cholesky(a, size):
    """R with R'R = A, for symmetric A; None where a pivot may be 0."""
    r = [[ZERO] * size for _ in range(size)]
    for i in range(size):
        pivot = a[i][i] - total(r[m][i].square() for m in range(i))
        if pivot.lo <= 0:
            return None
        r[i][i] = root(pivot)
        for j in range(i + 1, size):
            r[i][j] = (a[i][j] - total(r[m][i] * r[m][j] for m in range(i))) / r[i][i]
    return r

R = cholesky(RHO, 3)

def definite(a):
    """Whether A is positive definite: C'AC has a dominant diagonal, C an approximate inverse of the factor of its middle."""
    size = len(a)
    middle = [[Range((v.lo + v.hi) // 2, (v.lo + v.hi) // 2) for v in row] for row in a]
    r = cholesky(middle, size)
    if r is None:
        return False
    c = [[ZERO] * size for _ in range(size)]
    for j in range(size):
        for i in range(j, -1, -1):
            value = (exactly(int(i == j)) - total(r[i][m] * c[m][j] for m in range(i + 1, j + 1))) / r[i][i]
            c[i][j] = Range(value.lo, value.lo)
    ac = [[total(a[i][m] * c[m][j] for m in range(j + 1)) for j in range(size)] for i in range(size)]
    for i in range(size):
        row = [total(c[m][i] * ac[m][j] for m in range(i + 1)) for j in range(size)]
        if row[i].lo <= sum(max(abs(row[j].lo), abs(row[j].hi)) for j in range(size) if j != i):
            return False
    return True

def proved(part, claim):
    """Whether the statement holds on a box, or none of its points has L <= level eps^4."""
    eps, x, b = part[0], part[1:4], part[4]
    bowl = total(v.square() for v in x)
    if bowl.lo > claim["level"].hi:
        return True
    y = [ZERO] * 3
    for l in (2, 1, 0):
        y[l] = (x[l] - total(R[l][m] * y[m] for m in range(l + 1, 3))) / R[l][l]
    gap = [UNIT, eps, eps.square()]
    gap += [gap[2] * eps, gap[2].square()]
    r = [UNIT + gap[2] * y[0], UNIT + eps * y[1], UNIT + y[2]]
    if min(v.lo for v in r) <= 0:
        return False
    s = SIGMA * r[0]
    w = gap[4] * b.square() / s
    rest = UNIT - w
    if rest.lo <= 0:
        return False
    target = [total(gap[l] * HERMITE[l][j] for l in LAYERS) for j in range(4)]
    own = [total(gap[l] * r[l] * HERMITE[l][j] for l in LAYERS) for j in range(4)]
    square = rest.square()
    mean = [UNIT, UNIT + rest, UNIT + rest + square, (UNIT + rest) * (UNIT + square)]
    first = [UNIT, 2 * rest, 3 * square, 4 * (rest * square)]
    second = [ZERO, exactly(-2), -6 * rest, -12 * square]
    def weighted(by, of):
        return 2 * total(factorial(DEGREES[j]) * (of[j] * target[j] * by[j]) for j in range(4))
    d, turn, bend = weighted(mean, own), weighted(first, own), weighted(second, own)
    if (bowl + b.square() * d / s).lo > claim["level"].hi:
        return True
    side = [gap[2] * b / s * weighted(mean, HERMITE[l]) for l in LAYERS]
    mixed = [weighted(first, HERMITE[l]) for l in LAYERS]
    slope = [2 * total(R[m][l] * x[m] for m in range(l + 1)) + b * side[l] for l in LAYERS]
    return grows(claim["growth"], gap, r, s, rest, b, d, turn, side, slope) and smooth(
        claim["smoothness"], gap, r, s, w, rest, b, turn, bend, mixed, slope)

def grows(growth, gap, r, s, rest, b, d, turn, side, slope):
    """Lemma 2: |grad L|^2 - growth L is positive definite in (g, S)."""
    size = total(SIZE[l] * (gap[l] * r[l] * slope[l]) for l in LAYERS)
    rows = [
        [SIZE[l] * (gap[l] * r[l]) for l in LAYERS] + [negative(gap[2] * b / s * turn)],
        [ZERO] * 3 + [2 * (gap[2] * size + rest * turn) / s],
        [ZERO] + [THREE[l] * (gap[l - 1] * r[l]) for l in (1, 2)] + [ZERO],
        [ZERO, ZERO, 2 * r[2], ZERO],
    ]
    squares = [4 * rest / s, UNIT, r[0].square() / r[1], r[1].square() / r[2]]
    quarter = growth * exactly(Fraction(1, 4))
    turned = [total(K[l][m] * side[m] for m in LAYERS) for l in LAYERS]
    def loss(i, j):
        if i < 3:
            return quarter * K[i][j]
        return quarter * total(side[l] * turned[l] for l in LAYERS) + growth * d / s if j == 3 else negative(quarter * turned[j])
    form = [[ZERO] * 4 for _ in range(4)]
    for i in range(4):
        for j in range(i + 1):
            both = [row[i].square() if i == j else row[i] * row[j] for row in rows]
            form[i][j] = form[j][i] = total(q * v for q, v in zip(squares, both)) - loss(i, j)
    return definite(form)

def smooth(bound, gap, r, s, w, rest, b, turn, bend, mixed, slope):
    """Lemma 3: bound - H is positive definite, H the Hessian in (a, b, eps u, eps^2 v)."""
    p, q = root(s * rest), gap[2] * b
    u, v = root(r[1]) / r[0], root(r[2]) / r[1]
    def both(e, f, shift):
        pairs = [(l, m) for l in LAYERS for m in LAYERS if e[l] * f[m]]
        return total(2 * e[l] * f[m] * (gap[l + m - shift] * r[l] * r[m] * RHO[l][m]) for l, m in pairs)
    def once(e, shift):
        return total(e[l] * (gap[l + 2 - shift] * r[l] * slope[l]) for l in LAYERS if e[l])
    def turned(e, shift):
        return total(e[l] * (gap[l - shift] * r[l] * mixed[l]) for l in LAYERS if e[l])
    def falling(e):
        return [k * (k - 1) for k in e]
    def product(e, f):
        return [k * m for k, m in zip(e, f)]
    ss, size = (both(SIZE, SIZE, 0) + once(falling(SIZE), 0)) / s.square(), once(SIZE, 0) / s
    sw, sp, sq = turned(SIZE, 0) / s, 2 * p, 2 * q
    wp, wq = -2 * (p * w / s), 2 * (q * rest / s)
    wpp, wqq = (8 * (rest * w) - 2 * w) / s, rest * (exactly(2) - 8 * w) / s
    wpq = p * q * (8 * w - exactly(4)) / s.square()
    pp = ss * sp.square() + 2 * size + 2 * (sw * sp * wp) + bend * wp.square() + turn * wpp
    qq = ss * sq.square() + 2 * size + 2 * (sw * sq * wq) + bend * wq.square() + turn * wqq
    pq = ss * sp * sq + sw * (sp * wq + sq * wp) + bend * wp * wq + turn * wpq
    def lift(e, shift):
        return (both(SIZE, e, shift) + once(product(SIZE, e), shift)) / s
    su, wu, sv, wv = lift(THREE, 1) / u, turned(THREE, 1) / u, lift(FOUR, 2) / v, turned(FOUR, 2) / v
    uu = (both(THREE, THREE, 2) + once(falling(THREE), 2)) / u.square()
    uv = (both(THREE, FOUR, 3) + once(product(THREE, FOUR), 3)) / (u * v)
    vv = (both(FOUR, FOUR, 4) + once(falling(FOUR), 4)) / v.square()
    pu, qu, pv, qv = su * sp + wu * wp, su * sq + wu * wq, sv * sp + wv * wp, sv * sq + wv * wq
    h = [[pp, pq, pu, pv], [pq, qq, qu, qv], [pu, qu, uu, uv], [pv, qv, uv, vv]]
    return definite([[bound - h[i][j] if i == j else negative(h[i][j]) for j in range(4)] for i in range(4)])

def covers(chart, level):
    """Whether the box of the chart holds every point that the statement speaks of."""
    (e0, e1), *sides, (s0, s1) = chart
    require(e0 <= 0 and Fraction(1, 10) <= e1, "the box does not hold every eps from 0 to .1")
    require(level < SHARE, "the level is so large that k_4 may vanish")
    for low, high in sides:
        require(low < 0 < high and min(low * low, high * high) >= level, "the box does not hold every X with |X|^2 <= level")
    # D/s >= 4 sigma = 2 sqrt(2) > 2.828
    require(s0 <= 0 < s1 and s1 * s1 * Fraction(2828, 1000) >= level, "the box does not hold every S with S^2 D/s <= level")

DEPTH_4 = Statement("descent at depth 4", 5, covers, proved)

if __name__ == "__main__":
    sys.exit(boxes.main(sys.argv[1:], DEPTH_4))
