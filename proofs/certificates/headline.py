#!/usr/bin/env python3
"""What N functions can do for all rotations of a chain target, in integers and fractions only.

    python3 headline.py                     the table and the headline; exit 0 if it holds, 1 if not, 2 if it cannot be written
    python3 headline.py L d eps N [N ...]   one instance of depth L, such as 3 256 1 15360; 2 for arguments that are no instance

The target on R^d is F(x) = sum_l t_l z^(2^(l-1)), l = 2..L, with z = <w, x>, |w| = 1, x ~ N(0, I), and heads of equal size:
t_l = eps^(l-2) / sd(z^(2^(l-1))). Over all rotations of it the least mean relative error of N functions that are chosen without the
rotation is the sum of all but the N largest eigenvalues ||F_m||^2 / (Var F dim H_m), each taken dim H_m times (../rotated-class.md,
theorem 3). It shares no line with the toolkit, and not its formulas: F_m comes from orthogonalising 1, u^2, u^4, ... on the sphere.

Square roots are enclosed between fractions. Every number is computed from both ends, and a decimal is printed when both round to
it; the fraction of rotations is a bound from above, rounded up.
"""
import os
import sys
from decimal import Decimal
from fractions import Fraction
from math import comb, factorial, isqrt

ROOT_DIGITS, DIGITS = 80, 4
# depth, d, eps, numbers of functions
TABLE = [(3, 64, "0.3", 1920), (3, 64, "0.6", 1920), (3, 64, "1", 1920), (3, 128, "0.6", 7680), (3, 128, "1", 7680),
         (3, 256, "1", 15360), (4, 32, "0.3", 3840), (4, 64, "0.3", 7680), (5, 24, "0.6", 2880)]
# The headline: at L = 3, d = 256, eps = 1 so many functions leave at least so much.
HEADLINE = [(15360, Fraction("0.561")), (10**6, Fraction("0.065"))]

def moment(n):
    """E z^n of a standard normal variable: (n-1)!! for even n."""
    return factorial(n) // (2 ** (n // 2) * factorial(n // 2)) if n % 2 == 0 else 0

def radial(d, n):
    """E|x|^n in d dimensions, for even n."""
    product = 1
    for i in range(n // 2):
        product *= d + 2 * i
    return product

def on_sphere(d, n):
    """The mean of u^n over the unit sphere, from E z^n = E|x|^n E u^n."""
    return Fraction(moment(n), radial(d, n)) if n % 2 == 0 else Fraction(0)

def harmonics(d, m):
    """dim H_m: monomials of degree m less those of degree m - 2."""
    return comb(d + m - 1, m) - (comb(d + m - 3, m - 2) if m >= 2 else 0)

def zonal(d, powers):
    """For every even m, the coefficients of u^q on the zonal polynomial of degree m, q in powers, and its mean square."""
    known, parts = [], {}
    for m in range(0, max(powers) + 1, 2):
        polynomial = {m: Fraction(1)}
        for other, norm in known:
            c = sum(a * on_sphere(d, m + i) for i, a in other.items()) / norm
            for i, a in other.items():
                polynomial[i] = polynomial.get(i, Fraction(0)) - c * a
        norm = sum(a * on_sphere(d, m + i) for i, a in polynomial.items())
        known.append((polynomial, norm))
        parts[m] = norm, {q: sum(a * on_sphere(d, q + i) for i, a in polynomial.items()) / norm for q in powers}
    return parts

def roots(n):
    """Fractions below and above sqrt(n)."""
    scale = 10**ROOT_DIGITS
    low = isqrt(n * scale**2)
    return Fraction(low, scale), Fraction(low + (low * low < n * scale**2), scale)

def energies(depth, d, eps):
    """||F_m||^2 for even m, each from below and above. Sums of positive terms: ends come from ends."""
    powers = [2 ** (l - 1) for l in range(2, depth + 1)]
    variances = {q: moment(2 * q) - moment(q) ** 2 for q in powers}
    heads = {q: tuple(eps**i / root for root in reversed(roots(variances[q]))) for i, q in enumerate(powers)}
    def combined(form):
        return [sum(heads[q][end] * heads[r][end] * form(q, r) for q in powers for r in powers) for end in (0, 1)]
    result = {}
    for m, (norm, coefficients) in zonal(d, powers).items():
        # At m = 0 the mean is taken off: there too every term is positive, because E|x|^(q+r) >= E|x|^q E|x|^r.
        centre = lambda q, r: moment(q) * moment(r) if m == 0 else 0
        result[m] = combined(lambda q, r: radial(d, q + r) * norm * coefficients[q] * coefficients[r] - centre(q, r))
    total = combined(lambda q, r: moment(q + r) - moment(q) * moment(r))
    verify("the energies add up to the variance", [sum(e[end] for e in result.values()) for end in (0, 1)] == total)
    p = powers[-1]
    closed = Fraction(factorial(p), 2**p)
    for i in range(p):
        closed *= Fraction(d - 2 + i) / (Fraction(d, 2) - 1 + i)
    verify("the energy of the top degree has its closed form", result[p] == [h * h * closed for h in heads[p]])
    return result, total

def verify(what, holds):
    if not holds:
        sys.exit(f"headline: not so: {what}")

class Class:
    """All rotations of one chain target."""

    def __init__(self, depth, d, eps):
        parts, (low, high) = energies(depth, d, eps)
        self.p, self.dimensions = 2 ** (depth - 1), {m: harmonics(d, m) for m in parts}
        self.shares = {m: (below / high, above / low) for m, (below, above) in parts.items()}

    def tail(self, n):
        """The sum of all but the n largest eigenvalues, from below and above: it does not decrease in any of them."""
        return [self.tail_from(n, end) for end in (0, 1)]

    def tail_from(self, n, end):
        eigenvalues = sorted(((s[end] / self.dimensions[m], self.dimensions[m]) for m, s in self.shares.items()), reverse=True)
        left = Fraction(0)
        for value, count in eigenvalues:
            taken = min(n, count)
            n, left = n - taken, left + value * (count - taken)
        return left

    def successes(self, n):
        """At most this fraction of the rotations has a predictor with an error of at most half the share of degree p."""
        return min(Fraction(1), Fraction(2 * n, self.dimensions[self.p]))

def rounded(value, up=False):
    """A fraction of at least 0 with DIGITS significant digits: to nearest, or up."""
    if value == 0:
        return "0"
    exponent = 0
    while value * Fraction(10) ** exponent < 10 ** (DIGITS - 1):
        exponent += 1
    while value * Fraction(10) ** exponent >= 10**DIGITS:
        exponent -= 1
    scaled = value * Fraction(10) ** exponent
    whole = -(-scaled.numerator // scaled.denominator) if up else round(scaled)
    if whole == 10**DIGITS:
        whole, exponent = whole // 10, exponent - 1
    return str(Decimal(whole).scaleb(-exponent))

def decided(ends):
    below, above = map(rounded, ends)
    verify(f"both ends of the enclosure are {below}", below == above)
    return below

def row(depth, d, eps, counts):
    family = Class(depth, d, Fraction(eps))
    p = family.p
    print(f"L = {depth}, d = {d}, eps = {eps}: share of H_{p} {decided(family.shares[p])}, dim H_{p} {family.dimensions[p]}")
    for n in counts:
        fraction = rounded(family.successes(n), up=True)
        print(f"    N = {n}: least mean error {decided(family.tail(n))}; error <= share/2 for at most {fraction} of the rotations")

def main(arguments):
    """The exit code; 2 where the output cannot be written."""
    try:
        if sys.stdout is None:
            return 2
        code = report(arguments)
        sys.stdout.flush()
        return code
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer goes there
        return 2

def report(arguments):
    if arguments:
        try:
            depth, d, eps, counts = int(arguments[0]), int(arguments[1]), Fraction(arguments[2]), [int(n) for n in arguments[3:]]
            if not (3 <= depth <= 6 and 3 <= d <= 10**6 and eps > 0 and counts and min(counts) >= 0):
                raise ValueError
        except (ValueError, IndexError, ZeroDivisionError):
            print("headline: expected L d eps N [N ...] with 3 <= L <= 6, 3 <= d <= 1000000, eps > 0, N >= 0", file=sys.stderr)
            return 2
        row(depth, d, arguments[2], counts)
        return 0
    for depth, d, eps, n in TABLE:
        row(depth, d, eps, [n, 10**6, harmonics(d, 2 ** (depth - 1)) // 2])
    family = Class(3, 256, Fraction(1))
    for n, claimed in HEADLINE:
        verify(f"at L = 3, d = 256, eps = 1, {n} functions leave {claimed}", family.tail(n)[0] >= claimed)
    print("the headline holds: at L = 3, d = 256, eps = 1 any 15360 functions err by 0.561 on average, a million by 0.065")
    return 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
