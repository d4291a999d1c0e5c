#!/usr/bin/env python3
"""Checks a certificate of branch and bound, in rational numbers only.

    python3 boxes.py CERT.json          exit 0 accepted, 1 refused, 2 unreadable or unwritable

The statement is the one of ../every-dimension.md, lemma 4: for 0 < eps up to the end of the chart, at least .1, and all weights of a chain of depth 3 with L <= level eps^2, the
gradient satisfies |grad L|^2 >= growth L, and no eigenvalue of the Hessian is above smoothness. In the chart e2 = eps X, e4 = Y, b = eps S the certificate gives a box that holds all these weights and a tree of bisections; this program walks the tree,
evaluates the formulas of lemmas 1 to 3 on every leaf, with ends that are multiples of 2^-80 rounded outwards, and accepts if each leaf is
proved. It shares no line with the program that wrote the certificate. No float is used.
"""
import json
import os
import sys
from collections import namedtuple
from fractions import Fraction
from math import isqrt
from pathlib import Path

REFUSED, UNREADABLE = 1, 2
FORMAT = "bfc-boxes-1"
BITS = 80
ONE = 1 << BITS
LARGEST_TREE = 2_000_000

# The name of a statement, the number of sides of its boxes, whether a chart holds all points that it speaks of, and whether it is proved on a box.
Statement = namedtuple("Statement", "name sides covers proved")

class Failure(Exception):
    """A reason and an exit code."""

def require(holds, reason, code=REFUSED):
    if not holds:
        raise Failure(reason, code)

class Range:
    """The real numbers from lo / 2^BITS to hi / 2^BITS."""
    __slots__ = ("lo", "hi")

    def __init__(self, lo, hi):
        self.lo, self.hi = lo, hi

    def __add__(self, other):
        return Range(self.lo + other.lo, self.hi + other.hi)

    def __sub__(self, other):
        return Range(self.lo - other.hi, self.hi - other.lo)

    def __mul__(self, other):
        corners = (self.lo * other.lo, self.lo * other.hi, self.hi * other.lo, self.hi * other.hi)
        return Range(min(corners) >> BITS, -(-max(corners) >> BITS))

    def __rmul__(self, integer):
        return Range(integer * self.lo, integer * self.hi) if integer >= 0 else Range(integer * self.hi, integer * self.lo)

    def square(self):
        ends = (self.lo * self.lo, self.hi * self.hi)
        return Range(0 if self.lo <= 0 <= self.hi else min(ends) >> BITS, -(-max(ends) >> BITS))

    def __truediv__(self, other):
        assert other.lo > 0
        corners = [Fraction(a, b) * ONE for a in (self.lo, self.hi) for b in (other.lo, other.hi)]
        return Range(min(corners).__floor__(), max(corners).__ceil__())

def exactly(value):
    scaled = Fraction(value) * ONE
    return Range(scaled.__floor__(), scaled.__ceil__())

def inverse_root(n):
    root = isqrt(ONE * ONE // n)
    return Range(root, root + 1)

UNIT, SIGMA, BETA = exactly(1), inverse_root(2), inverse_root(96)

def determinant(m11, m12, m22, m13, m23, m33):
    return m33 * (m11 * m22 - m12.square()) - (m13.square() * m22 - 2 * (m12 * m13 * m23) + m23.square() * m11)

def proved(part, claim):
    """Whether the statement holds on a box, or none of its points has L <= level eps^2."""
    eps, x, y, s = part
    r, top = SIGMA + eps * (x - 6 * y), BETA + y          # r and gamma r^2
    bowl = 2 * x.square() + 24 * y.square()               # L / eps^2, but for the part of b
    if bowl.lo > claim["level"].hi:
        return True
    if r.lo <= 0 or top.lo <= 0:
        return False
    size, square = SIGMA + 6 * (eps * BETA), eps.square()
    gamma_r = top / r
    gamma, qq = gamma_r / r, square * s.square()
    pp, w, r2 = r - qq, 2 * r - qq, r.square()
    d = 4 * (size * (UNIT + 6 * (eps * gamma_r))) + 48 * (square * gamma * BETA * w)
    if (bowl + d * s.square()).lo > claim["level"].hi:
        return True
    if pp.lo <= 0:
        return False
    q, eg = eps * s, eps * gamma
    dp, dq = 48 * (eg * (size + 4 * (eps * BETA))), 48 * (eg * (size + 2 * (eps * BETA)))
    dk = 48 * (size * r) + 96 * (eps * BETA * w)
    a1, a2 = 2 * (UNIT + 12 * (eps * gamma_r)), 4 * (eps * gamma_r)
    rise = 2 * d + qq * dq
    return grows(claim["growth"], r, r2, top, gamma, q, qq, pp, d, dp, dk, a1, a2, rise) and smooth(
        claim["smoothness"], eps, x, y, s, r, r2, top, gamma, gamma_r, square, qq, pp, d, dp, dq, dk, a1, a2, size)

def grows(growth, r, r2, top, gamma, q, qq, pp, d, dp, dk, a1, a2, rise):
    """Lemma 2: N'N - growth diag(1/8, 1/96, D) is positive definite."""
    own, mixed, pull = top * r2, pp * dp + rise, top * dk * q
    l1, l2 = growth * exactly(Fraction(1, 8)), growth * exactly(Fraction(1, 96))
    m11, m22 = r * a1.square() + 144 * own, r * a2.square() + 4 * own
    m13, m23 = q * a1 * mixed + 12 * pull, q * a2 * mixed + 2 * pull
    m33 = qq * (pp * dp.square() + gamma * dk.square()) + rise.square() - growth * d
    m12 = r * a1 * a2 + 24 * own
    leading = 16 * (own * r) - l2 * m11 - l1 * m22 + l1 * l2       # the block of N'N itself has the determinant 16 gamma r^5
    whole = m33 * leading - (m13.square() * (m22 - l2) - 2 * (m12 * m13 * m23) + m23.square() * (m11 - l1))
    return (m11 - l1).lo > 0 and leading.lo > 0 and whole.lo > 0

def smooth(bound, eps, x, y, s, r, r2, top, gamma, gamma_r, square, qq, pp, d, dp, dq, dk, a1, a2, size):
    """Lemma 3: bound - H is positive definite, H the Hessian in (p, q, eps kappa)."""
    e2, bent = eps * x, 48 * (eps * gamma)
    def along(w):
        return 4 * (a1.square() * w + e2 * (a1 + bent * w)) + 48 * (a2.square() * w + square * y * (4 * gamma_r + 8 * (gamma * w)))
    def steep(m):
        return 96 * ((size + m * (eps * BETA)) * qq)
    upward = 48 * (a1 * r2 + 4 * (e2 * r)) + 48 * (2 * (a2 * r2) + 8 * (eps * y * r))
    h12 = 4 * (a1.square() + e2 * bent) + 48 * (a2.square() + 8 * (square * y * gamma)) + 2 * dp
    h13, h23 = upward + steep(4), upward + 2 * dk + steep(2)
    own = 4 * (144 * (top * r2) + 12 * (r2 * x)) + 48 * (4 * (top * r2) + 2 * (y * r2))
    a = bound - (along(pp) + qq * dp)
    b = bound - (along(qq) + 2 * d + 5 * (qq * dq))
    c = bound - (own + s.square() * eps * dk)
    s12, s13, s23 = pp * qq * h12.square(), pp * gamma * h13.square(), qq * gamma * h23.square()
    two = a * c - s13
    three = b * two - a * s23 - c * s12 - 2 * (pp * qq * gamma * h12 * h13 * h23)
    return a.lo > 0 and two.lo > 0 and three.lo > 0

def covers(chart, level):
    """Whether the box of the chart holds every point that the statement speaks of."""
    (e0, e1), (x0, x1), (y0, y1), (s0, s1) = chart
    require(e0 <= 0 and Fraction(1, 10) <= e1, "the box does not hold every eps from 0 to .1")
    require(x0 < 0 < x1 and min(x0 * x0, x1 * x1) >= level / 2, "the box does not hold every X with 2 X^2 <= level")
    require(y0 < 0 < y1 and min(y0 * y0, y1 * y1) >= level / 24, "the box does not hold every Y with 24 Y^2 <= level")
    # D >= 4 sigma = 2 sqrt(2) > 2.828
    require(s0 <= 0 < s1 and s1 * s1 * Fraction(2828, 1000) >= level, "the box does not hold every S with D S^2 <= level")

DEPTH_3 = Statement("descent at depth 3", 4, covers, proved)

def check(certificate, statement):
    claim = {name: Fraction(certificate[name]) for name in ("level", "growth", "smoothness")}
    require(all(value > 0 for value in claim.values()), "a constant is not positive")
    chart = [[Fraction(end, 1024) for end in side] for side in certificate["chart"]]
    statement.covers(chart, claim["level"])
    claim = {name: exactly(value) for name, value in claim.items()}
    waiting, leaves = [chart], 0
    for node in certificate["tree"]:
        require(waiting, "the tree goes on after its last box")
        part = waiting.pop()
        if node in "01234"[:statement.sides]:
            side = int(node)
            low, high = part[side]
            middle = (low + high) / 2
            waiting += [part[:side] + [[middle, high]] + part[side + 1:], part[:side] + [[low, middle]] + part[side + 1:]]
            continue
        require(node in ("H", "O"), "the tree has a node that is neither a side nor a box")
        leaves += 1
        ends = [Range(exactly(low).lo, exactly(high).hi) for low, high in part]
        require(statement.proved(ends, claim), f"box {leaves} is not proved: {' x '.join(f'[{low}, {high}]' for low, high in part)}")
    require(not waiting, "the tree ends before its last box")
    return f"{statement.name}: eps <= {chart[0][1]}, growth {certificate['growth']}, smoothness {certificate['smoothness']}, {leaves} boxes"

FIELDS = {"format": str, "statement": str, "chart": list, "level": str, "growth": str, "smoothness": str, "tree": str}

def read(path, statement):
    certificate = json.loads(Path(path).read_bytes().decode())
    shaped = isinstance(certificate, dict) and certificate.keys() == FIELDS.keys()
    require(shaped and all(type(certificate[name]) is kind for name, kind in FIELDS.items()), "not a certificate", UNREADABLE)
    require(certificate["format"] == FORMAT and certificate["statement"] == statement.name, "another format or statement", UNREADABLE)
    sides = certificate["chart"]
    numbers = len(sides) == statement.sides and all(type(s) is list and len(s) == 2 and all(type(e) is int and abs(e) < 2**20 for e in s) for s in sides)
    require(numbers and all(low < high for low, high in sides), f"the chart is not a box of {statement.sides} sides", UNREADABLE)
    require(0 < len(certificate["tree"]) <= LARGEST_TREE, "the tree is empty or too long", UNREADABLE)
    return certificate

def verdict(arguments, statement):
    """What to print, and the exit code."""
    try:
        require(len(arguments) == 1, f"usage: {Path(sys.argv[0]).name} CERT.json", UNREADABLE)
        return f"accepted\n{check(read(arguments[0], statement), statement)}", 0
    except Failure as failure:
        reason, code = failure.args
    except (OSError, ValueError, OverflowError, MemoryError, KeyError, RecursionError, ZeroDivisionError) as error:
        reason, code = ascii(error), UNREADABLE
    return f"{'refused' if code == REFUSED else 'unreadable'}: {reason}", code

def main(arguments, statement):
    text, code = verdict(arguments, statement)
    try:
        require(sys.stdout is not None, "standard output is closed", UNREADABLE)
        print(text, flush=True)
    except (OSError, Failure):
        code = UNREADABLE
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes there
    return code

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], DEPTH_3))
