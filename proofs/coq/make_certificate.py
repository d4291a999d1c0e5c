#!/usr/bin/env python3
"""Write Certificate.v: a dual certificate, in whole numbers, for the best error of N-dimensional methods.

    python3 make_certificate.py > Certificate.v                 the certificate kept here
    python3 make_certificate.py --check Certificate.v           is that file what this script writes?
    python3 make_certificate.py --gram G.txt --denominator D --rank N [--name NAME]

G.txt holds an exact symmetric integer matrix, one row a line (blanks between entries).  Without --gram, the family is
`boolplus`: the unsigned tree of depth 3 on the cube, 2 x_i x_j + 2 x_k x_l + x_i x_j x_k x_l, variance 9, in the order
"four-element sets lexicographically, then the three pairings", d = 6, first 20 targets, N = 10.

Only the standard library is used.  Floating point (only + - * / and sqrt, which IEEE 754 rounds correctly, so the output is
the same everywhere) finds the witnesses; nothing is assumed of it, because Coq checks the integers that are written.
Exact integer arithmetic repeats that check here and computes the claimed decimals.
"""
import argparse
import sys
import textwrap
from fractions import Fraction
from itertools import combinations
from math import sqrt

BITS = 44        # witnesses are multiples of 2^-BITS
DIGITS = 9       # decimals claimed


def boolplus(d, count):
    """The first `count` targets, each a list of (coefficient, index set), and their Gram matrix (times 9)."""
    targets = []
    for s in combinations(range(d), 4):
        a, b, c, e = s
        for pair, other in (((a, b), (c, e)), ((a, c), (b, e)), ((a, e), (b, c))):
            targets.append([(2, pair), (2, other), (1, s)])
    targets = targets[:count]
    gram = [[sum(x * y for x, s in f for y, t in g if s == t) for g in targets] for f in targets]
    return targets, gram


def read_gram(path):
    rows = []
    with open(path, encoding="ascii") as handle:
        for number, line in enumerate(handle, 1):
            try:
                row = [int(word) for word in line.split()]
            except ValueError as error:
                sys.exit(f"{path}:{number}: {error}: expected integers")
            if row:
                rows.append(row)
    size = len(rows)
    for number, row in enumerate(rows, 1):
        if len(row) != size:
            sys.exit(f"{path}: row {number} has {len(row)} entries, expected {size}")
    for i in range(size):
        for j in range(i):
            if rows[i][j] != rows[j][i]:
                sys.exit(f"{path}: entries ({i + 1},{j + 1}) and ({j + 1},{i + 1}) differ: the matrix must be symmetric")
    return rows


def jacobi(matrix):
    """Eigenvalues in decreasing order and the matrix of eigenvectors (columns), by cyclic Jacobi rotations."""
    n = len(matrix)
    a = [[float(x) for x in row] for row in matrix]
    v = [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]
    for _ in range(60):
        if all(a[i][j] == 0.0 for i in range(n) for j in range(n) if i != j):
            break
        for p in range(n):
            for q in range(p + 1, n):
                if a[p][q] == 0.0:
                    continue
                if abs(a[p][q]) < 1e-18 * (abs(a[p][p]) + abs(a[q][q])):
                    a[p][q] = a[q][p] = 0.0
                    continue
                theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q])
                t = (1.0 if theta >= 0 else -1.0) / (abs(theta) + sqrt(theta * theta + 1.0))
                c = 1.0 / sqrt(t * t + 1.0)
                s = t * c
                for k in range(n):
                    x, y = a[k][p], a[k][q]
                    a[k][p], a[k][q] = c * x - s * y, s * x + c * y
                for k in range(n):
                    x, y = a[p][k], a[q][k]
                    a[p][k], a[q][k] = c * x - s * y, s * x + c * y
                for k in range(n):
                    x, y = v[k][p], v[k][q]
                    v[k][p], v[k][q] = c * x - s * y, s * x + c * y
    order = sorted(range(n), key=lambda i: (-a[i][i], i))
    return [a[i][i] for i in order], [[v[k][i] for i in order] for k in range(n)]


def cholesky(matrix):
    n = len(matrix)
    low = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            known = 0.0
            for k in range(j):      # not sum(): newer Pythons add floats with compensation
                known += low[i][k] * low[j][k]
            x = matrix[i][j] - known
            if i == j:
                if x <= 0.0:
                    sys.exit("no factor: the slack is too small for this matrix (internal limit)")
                low[i][i] = sqrt(x)
            else:
                low[i][j] = x / low[j][j]
    return low


def whole(rows):
    scale = float(1 << BITS)
    return [[int(x * scale + (0.5 if x >= 0 else -0.5)) for x in row] for row in rows]


def dot(u, v):
    return sum(x * y for x, y in zip(u, v))


def certify(gram, denominator, rank):
    """All fields of the certificate; every inequality that Coq will check is asserted here in exact arithmetic."""
    size = len(gram)
    assert 0 < rank < size
    values, vectors = jacobi(gram)
    slack = 1e-11 * max(1.0, abs(values[0]))
    # c just above eigenvalue number rank + 1, B B' by how much the first `rank` eigenvalues exceed that eigenvalue;
    # then c I + B B' - G is positive definite, its smallest eigenvalue about `slack`.
    base = max(values[rank], 0.0)
    threshold = int((base + slack) * float(1 << 2 * BITS))
    excess = whole([[vectors[i][k] * sqrt(max(values[k] - base, 0.0)) for k in range(rank)] for i in range(size)])
    s2 = 1 << 2 * BITS
    rest = [[(threshold if i == j else 0) + dot(excess[i], excess[j]) - s2 * gram[i][j] for j in range(size)]
            for i in range(size)]
    half = int(slack / 2 * float(s2))
    factor = whole(cholesky([[float(Fraction(rest[i][j] - (half if i == j else 0), s2)) for j in range(size)]
                             for i in range(size)]))
    left = [[rest[i][j] - dot(factor[i], factor[j]) for j in range(size)] for i in range(size)]
    for i in range(size):
        assert sum(abs(left[i][j]) for j in range(size) if j != i) <= left[i][i], "not diagonally dominant"
    coefficient = whole([[vectors[i][k] for k in range(rank)] for i in range(size)])
    feature = [[coefficient[i][k] for i in range(size)] for k in range(rank)]
    lower = sum(s2 * gram[i][i] - dot(excess[i], excess[i]) for i in range(size)) - threshold * rank
    rows = [[(s2 if i == k else 0) - sum(coefficient[i][j] * feature[j][k] for j in range(rank)) for k in range(size)]
            for i in range(size)]
    upper = sum(row[k] * dot(row, gram[k]) for row in rows for k in range(size))
    ten = 10 ** DIGITS
    claimed_lower = lower * ten // (s2 * denominator * size)
    claimed_upper = -(-upper * ten // (s2 * s2 * denominator * size))
    return dict(size=size, rank=rank, denominator=denominator, gram=gram, threshold=threshold, excess=excess,
                factor=factor, coefficient=coefficient, feature=feature, lower=claimed_lower, upper=claimed_upper)


def decimal(number):
    return f"{number // 10 ** DIGITS}.{number % 10 ** DIGITS:0{DIGITS}d}"


def z_rows(rows):
    def one(row):
        text, lines = "", []
        for x in row:
            word = str(x) + "; "
            if len(text) + len(word) > 92:
                lines.append(text.rstrip())
                text = ""
            text += word
        lines.append(text[:-2])
        return "[:: " + "\n       ".join(lines) + "]"
    return "[::\n     " + ";\n     ".join(one(row) for row in rows) + "]"


def comment(*paragraphs):
    lines = [line for text in paragraphs for line in textwrap.wrap(text, 74)]
    return "\n".join(f"(* {line:<74} *)" for line in lines)


def emit(cert, targets, command):
    n, m = cert["rank"], cert["size"]
    lower, upper = decimal(cert["lower"]), decimal(cert["upper"])
    out = []
    out.append(comment(
        "A certificate in whole numbers, verified by computation inside Coq.",
        f"Written by {command}.",
        f"{m} targets, {n} features.  In words: with these targets, every method whose predictors lie in a space of {n} "
        f"functions fixed before the target is chosen leaves a mean relative squared error of at least {lower}, and some "
        f"space of {n} functions leaves at most {upper}."))
    if targets:
        out.append(comment(
            "The targets are written out as functions on {-1,1}^d and their Gram matrix is computed inside Coq, so the last "
            "theorem speaks of those functions and of every kernel; no number is taken on trust."))
    out.append(comment("Coq computes with exact integers.  Nothing is assumed of the program that found the witnesses."))
    out.append("""From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From KernelProofs Require Import Projection InnerProduct FiniteInputs RandomCentres Parity.
From KernelProofs Require Import DualCertificate IntegerCertificate""" + (" ParitySums" if targets else "") + """.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Local Open Scope Z_scope.
""")
    out.append(f"""Definition example_certificate : certificate := {{|
  size_of := {m}%N;
  features_of := {n}%N;
  denominator := {cert["denominator"]};
  gram_rows := {z_rows(cert["gram"])};
  scale := 2 ^ {BITS};
  threshold := {cert["threshold"]};
  excess_rows := {z_rows(cert["excess"])};
  excess_width := {n}%N;
  factor_rows := {z_rows(cert["factor"])};
  factor_width := {m}%N;
  coefficient_rows := {z_rows(cert["coefficient"])};
  feature_rows := {z_rows(cert["feature"])};
  digits := {DIGITS}%N;
  lower := {cert["lower"]};
  upper := {cert["upper"]}
|}}.

Theorem example_certificate_checks : check_certificate example_certificate.
Proof. by vm_compute. Qed.
""")
    if targets:
        rows = ";\n  ".join("[:: " + "; ".join(f"({x}, [:: {'; '.join(map(str, s))}]%N)" for x, s in f) + "]" for f in targets)
        d = 1 + max(i for f in targets for _, s in f for i in s)
        out.append(f"""(* The targets: lists of (coefficient, index set). *)
Definition example_targets : seq parity_sum := [::
  {rows}].

Theorem example_gram_checks :
  check_gram {d} example_targets example_certificate.
Proof. by vm_compute. Qed.

Local Close Scope Z_scope.

{comment(f"Any kernel, any {n} centres, any coefficients: the squared errors on these functions, relative to the variance {cert['denominator']}, average to at least the decimal.")}
Theorem example_kernel_bound (R : realFieldType)
    (K : cube {d} -> cube {d} -> R) (ctr : 'I_{n} -> cube {d}) (a : 'I_{m} -> 'I_{n} -> R) :
  real_of_Z R {cert["lower"]} / 10%:R ^+ {DIGITS} <=
  {m}%:R^-1 * \\sum_(i < {m})
    cube_mean (fun x => (parity_sum_value R (nth [::] example_targets i) x
      - \\sum_j (a i j * K x (ctr j))) ^+ 2) / real_of_Z R {cert["denominator"]}.
Proof.
exact: (parity_sum_kernel_bound example_certificate_checks example_gram_checks).
Qed.
""")
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", metavar="FILE")
    parser.add_argument("--gram", metavar="FILE")
    parser.add_argument("--denominator", type=int, default=9)
    parser.add_argument("--rank", type=int, default=10)
    options = parser.parse_args()
    if options.gram:
        targets, gram = None, read_gram(options.gram)
        command = "make_certificate.py --gram"
    else:
        targets, gram = boolplus(6, 20)
        command = "make_certificate.py"
    text = emit(certify(gram, options.denominator, options.rank), targets, command)
    if options.check:
        with open(options.check, encoding="ascii") as handle:
            if handle.read() != text:
                sys.exit(f"{options.check} is not what make_certificate.py writes")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
