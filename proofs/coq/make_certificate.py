#!/usr/bin/env python3
"""Write Certificate.v: the toolkit's certificate of an eigenvalue tail, as whole numbers that Coq checks.

    bfc certify tail ... --emit CERT.json                                       the toolkit's certificate
    python3 make_certificate.py CERT.json > Certificate.v                       the same for Coq
    python3 make_certificate.py CERT.json --check Certificate.v                 is that file what this script writes?

CERT.json is described in ../certificates/README.md, and ../certificates/check.py must accept it. Of several tails, --rank N chooses one.
The file kept here is written from ../certificates/boolplus-d6-M20.json.

The Gram matrix is computed anew for a family, or is the one that the certificate states. With V = v/2^k, the toolkit's approximate
eigenvectors, and mu/2^s, its approximate eigenvalues, the fields of the record `certificate` (IntegerCertificate.v) are, for rank N:

    denominator           that of the certificate, times 2^scale for a stored matrix of the second format
    scale                 2^k
    coefficient_rows      the first N columns of v, orthonormal to the last bits, and feature_rows their transpose
    threshold             4^k (mu_(N+1) + delta)
    excess_rows           column i <= N of v times sqrt(mu_i - mu_(N+1))
    factor_rows           2^k times the Cholesky factor of c I + B B' - G - (delta/2) I
    lower, upper          half a unit of the toolkit's last printed digit below and above the printed decimal

where delta uses up half of the room between the lower decimal and tr G - sum_(i<=N) mu_i. Everything is an integer and only the standard
library is used, so the output is the same everywhere. Nothing is assumed of v and mu, nor of this script: every inequality that is
asserted here is checked again by Coq.
"""
import argparse
import sys
import textwrap
from fractions import Fraction
from itertools import combinations
from math import isqrt
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "certificates"))
import check  # noqa: E402

GUARD = 64       # further bits in the Cholesky factorisation


def boolplus(d, count):
    """The first `count` functions of the family boolplus, each a list of (coefficient, index set)."""
    targets = []
    for s in combinations(range(d), 4):
        a, b, c, e = s
        for pair, other in (((a, b), (c, e)), ((a, c), (b, e)), ((a, e), (b, c))):
            targets.append([(2, pair), (2, other), (1, s)])
    return targets[:count]


def gram_of(source, order):
    if "lower" in source:
        return check.symmetric(order, lambda i, j: source["lower"][i][j])
    return check.family(source["family"], source["dimension"], order, source["seed"])[1]


def shifted(x, bits):
    """x / 2^bits, rounded to the nearest integer."""
    return (x + (1 << bits >> 1)) >> bits


def cholesky(matrix):
    """The factor of a matrix of integers over 4^k, times 2^(k + GUARD); or None if the matrix is not positive definite."""
    low = [[0] * len(matrix) for _ in matrix]
    for i, row in enumerate(low):
        for j in range(i + 1):
            x = (matrix[i][j] << 2 * GUARD) - dot(row[:j], low[j][:j])
            if i > j:
                row[j] = x // low[j][j]
            elif x > 0:
                row[i] = isqrt(x)
            else:
                return None
    return low


def orthonormal(v, k):
    """V, over 2^k, with columns of length one and at right angles to 2^-k or so: V <- V (3 - V'V)/2 by Newton and Schulz."""
    one, size = 4**k, len(v)
    while True:
        products = list(check.products([list(column) for column in zip(*v)], v))
        defect = max(abs(x - (one if i == j else 0)) for i, row in enumerate(products) for j, x in enumerate(row))
        if defect <= 4 * size << k or 4 * defect > one:
            return v
        step = [[(3 * one if i == j else 0) - x for j, x in enumerate(row)] for i, row in enumerate(products)]
        v = [[shifted(x, 2 * k + 1) for x in row] for row in check.products(v, step)]


def dot(u, v):
    return sum(x * y for x, y in zip(u, v))


def certify(certificate, printed):
    """All fields of the record; every inequality that Coq will check holds, in exact arithmetic, or there is an error."""
    k, s, mu, v, denominator, rank = (*(certificate[name] for name in ("k", "s", "mu", "v", "denominator")), printed["rank"])
    denominator, v = denominator << certificate["matrix"].get("scale", 0), orthonormal(v, k)
    size = len(mu)
    gram = gram_of(certificate["matrix"], size)
    units, digits = int(printed["tail"].replace(".", "")), certificate["digits"] + 1
    claims = dict(lower=10 * units - 5, upper=10 * units + 5, digits=digits)
    one, ten, weight = 4**k, 10**digits, denominator * size
    base = max(mu[rank], 0)
    middle = sum(gram[i][i] for i in range(size)) - Fraction(sum(mu[:rank]), 2**s)
    room = middle - Fraction(claims["lower"] * weight, ten)
    delta = int(room * one / (2 * rank))
    threshold = shifted(base * one, s) + delta
    # Columns of V times square roots, to the nearest integer.
    roots = [isqrt(max(m - base, 0) << 2 * GUARD + s) for m in mu[:rank]]
    excess = [[shifted(x * root, GUARD + s) for x, root in zip(row, roots)] for row in v]
    rest = [[(threshold if i == j else 0) + dot(excess[i], excess[j]) - one * gram[i][j] for j in range(size)] for i in range(size)]
    low = cholesky([[x - (delta // 2 if i == j else 0) for j, x in enumerate(row)] for i, row in enumerate(rest)])
    check.require(low, "the certificate is too coarse for the witnesses of the lower decimal")
    factor = [[shifted(x, GUARD) for x in row] for row in low]
    for i, row in enumerate(rest):
        left = [x - dot(factor[i], other) for x, other in zip(row, factor)]
        check.require(sum(map(abs, left)) <= 2 * left[i], "the certificate is too coarse for the witnesses of the lower decimal")
    coefficient = [row[:rank] for row in v]
    feature = [list(column) for column in zip(*coefficient)]
    lower = sum(one * gram[i][i] - dot(excess[i], excess[i]) for i in range(size)) - threshold * rank
    check.require(claims["lower"] * one * weight <= lower * ten, "the certificate is too coarse for the lower decimal")
    rows = [[(one if i == j else 0) - dot(a, b) for j, b in enumerate(coefficient)] for i, a in enumerate(coefficient)]
    upper = sum(row[j] * dot(row, gram[j]) for row in rows for j in range(size))
    check.require(upper * ten <= claims["upper"] * one**2 * weight, "the certificate is too coarse for the upper decimal")
    return dict(size=size, rank=rank, denominator=denominator, gram=gram, bits=k, threshold=threshold, excess=excess, factor=factor,
                coefficient=coefficient, feature=feature, printed=printed["tail"], **claims)


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


def emit(cert, targets, d, path):
    n, m, variance = cert["rank"], cert["size"], cert["denominator"]
    of = f", divided by {variance}" if variance > 1 else ""
    if all(cert["gram"][i][i] == variance for i in range(m)):
        of += " (the variance of every target)" if of else ", relative to the variance of the target"
    out = []
    out.append(comment(
        "A certificate in whole numbers, verified by computation inside Coq.",
        f"Written by make_certificate.py from {path.name}, a certificate of the toolkit.",
        f"{m} targets, {n} features.  The least mean squared error{of}, that a space of {n} functions fixed before the target is chosen "
        f"can leave is {cert['printed']}, the decimal that the toolkit printed, to within half a unit of its last digit: every such space "
        "leaves at least `lower`, and some such space at most `upper`."))
    if targets:
        out.append(comment(
            "The targets are written out as functions on {-1,1}^d and their Gram matrix is computed inside Coq, so the last "
            "theorem speaks of those functions and of every kernel; no number is taken on trust."))
    out.append(comment("Coq computes with exact integers.  Nothing is assumed of the programs that found the witnesses."))
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
  scale := 2 ^ {cert["bits"]};
  threshold := {cert["threshold"]};
  excess_rows := {z_rows(cert["excess"])};
  excess_width := {n}%N;
  factor_rows := {z_rows(cert["factor"])};
  factor_width := {m}%N;
  coefficient_rows := {z_rows(cert["coefficient"])};
  feature_rows := {z_rows(cert["feature"])};
  digits := {cert["digits"]}%N;
  lower := {cert["lower"]};
  upper := {cert["upper"]}
|}}.

Theorem example_certificate_checks : check_certificate example_certificate.
Proof. by vm_compute. Qed.
""")
    if targets:
        rows = ";\n  ".join("[:: " + "; ".join(f"({x}, [:: {'; '.join(map(str, s))}]%N)" for x, s in f) + "]" for f in targets)
        out.append(f"""(* The targets: lists of (coefficient, index set). *)
Definition example_targets : seq parity_sum := [::
  {rows}].

Theorem example_gram_checks :
  check_gram {d} example_targets example_certificate.
Proof. by vm_compute. Qed.

Local Close Scope Z_scope.

{comment(f"Any kernel, any {n} centres, any coefficients: the squared errors on these functions{of}, average to at least the decimal.")}
Theorem example_kernel_bound (R : realFieldType)
    (K : cube {d} -> cube {d} -> R) (ctr : 'I_{n} -> cube {d}) (a : 'I_{m} -> 'I_{n} -> R) :
  real_of_Z R {cert["lower"] if cert["lower"] >= 0 else f"({cert['lower']})"} / 10%:R ^+ {cert["digits"]} <=
  {m}%:R^-1 * \\sum_(i < {m})
    cube_mean (fun x => (parity_sum_value R (nth [::] example_targets i) x
      - \\sum_j (a i j * K x (ctr j))) ^+ 2) / real_of_Z R {cert["denominator"]}.
Proof.
exact: (parity_sum_kernel_bound example_certificate_checks example_gram_checks).
Qed.
""")
    return "\n".join(out)


def write(path, rank):
    certificate = check.read_certificate(path)
    check.check(certificate, None)
    tails = [printed for printed in certificate["tails"] if rank in (None, printed["rank"])]
    check.require(len(tails) == 1, f"{len(tails)} tails: choose one with --rank")
    check.require(0 < tails[0]["rank"] < len(certificate["mu"]), "rank 0 and rank M need no certificate")
    source, targets, d = certificate["matrix"], None, None
    if source.get("family") == "boolplus":
        d, targets = source["dimension"], boolplus(source["dimension"], source["count"])
    return emit(certify(certificate, tails[0]), targets, d, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("certificate", metavar="CERT.json", type=Path)
    parser.add_argument("--rank", metavar="N", type=int)
    parser.add_argument("--check", metavar="FILE", type=Path)
    options = parser.parse_args()
    try:
        text = write(options.certificate, options.rank)
        if options.check and options.check.read_text(encoding="ascii") != text:
            sys.exit(f"{options.check} is not what make_certificate.py writes")
    except (check.Failure, OSError, ValueError, RecursionError) as error:
        sys.exit(f"{options.certificate}: {error.args[0] if isinstance(error, check.Failure) else error}")
    if not options.check:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
