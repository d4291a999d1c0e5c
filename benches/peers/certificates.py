#!/usr/bin/env python3
"""Certified eigenvalue tails of bfc against what others do with a matrix of that size: in turn, on one pinned core.

    benches/peers/certificates.py [ROUNDS]

| name | what it does | what it proves |
|---|---|---|
| `certificate.M` | bfc: three tails to 10 digits | each decimal |
| `eigen.M` | faer: the eigendecomposition that gives bfc's candidate, in bfc's own process | nothing |
| `eigh` | NumPy (LAPACK): eigenvalues and eigenvectors | nothing |
| `residual` | python-flint: G V in exact integers, V of 50 bits and given | nothing yet: the first of the proof's two products |
| `eig` | python-flint: `acb_mat.eig`, a ball for each eigenvalue; M up to 200 | each eigenvalue |

The works of bfc and faer are those of the benchmark `scaling`, which it builds; the others come from PyPI, into target/peers-certificates.
Matrices have full rank and entries of about 16 bits. Printed are least seconds, and the least, median and greatest ratio of each to bfc over the rounds.
"""
import sys
import time

from common import ONE_THREAD, Server, environment, program, serve, spread

ORDERS = (200, 1000, 2000)
LARGEST_FOR_BALLS = 200


def serve_others():
    import flint
    import numpy as np

    def gram(order):
        """Of full rank: a null space would make a decomposition cheaper, and repeated eigenvalues have no balls of their own."""
        x = np.random.default_rng(1).integers(-8, 9, (int(order), 2 * int(order)))
        return x @ x.T

    def timed(work):
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    def eigh(order):
        g = gram(order).astype(float)
        return timed(lambda: np.linalg.eigh(g))

    def residual(order):
        g = gram(order)
        v = np.round(np.linalg.eigh(g.astype(float))[1] * 2.0**50).astype(np.int64)
        exact_g, exact_v = flint.fmpz_mat(g.tolist()), flint.fmpz_mat(v.tolist())
        return timed(lambda: exact_g * exact_v)

    def eig(order):
        g = flint.acb_mat(flint.fmpz_mat(gram(order).tolist()))
        return timed(lambda: g.eig())

    serve({"eigh": eigh, "residual": residual, "eig": eig})


def main(rounds):
    bfc = Server([program("scaling"), "--serve"])
    python = environment("peers-certificates", ["numpy", "python-flint"])
    others = Server([python, __file__, "--serve"], **ONE_THREAD)
    print("M      work        seconds, least   over bfc, least / median / greatest")
    for order in ORDERS:
        works = [("eigen.M", bfc, rounds), ("eigh", others, rounds), ("residual", others, min(rounds, 3))]
        if order <= LARGEST_FOR_BALLS:
            works.append(("eig", others, 1))
        bfc.ask("certificate.M", order)
        ours, found = [], {name: [] for name, _, _ in works}
        for turn in range(rounds):
            ours.append(bfc.ask("certificate.M", order))
            for name, server, times in works:
                if turn < times:
                    found[name].append(server.ask(name, order))
        print(f"{order:5}  {'bfc':10} {min(ours):14.4f}", flush=True)
        for name, seconds in found.items():
            ratios = [theirs / own for theirs, own in zip(seconds, ours)]
            print(f"{order:5}  {name:10} {min(seconds):14.4f}   {spread(ratios)}", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve"]:
            serve_others()
        case [rounds]:
            main(int(rounds))
        case _:
            main(9)
