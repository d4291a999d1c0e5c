#!/usr/bin/env python3
"""Kernel ridge regression of bfc against scikit-learn: the same fit in turn, on one pinned core.

    benches/peers/ridge.py [ROUNDS]

A fit makes the Gram matrix of the RBF kernel on N standard normal inputs in R^16, adds a ridge and solves for one function. bfc's side is the
work `ridge.N` of the benchmark `scaling`, which it builds; scikit-learn comes from PyPI, into target/peers-kernels. Printed are the seconds of
both, and the least, median and greatest ratio of scikit-learn's to bfc's over the rounds. bfc's bits are the same on every machine;
scikit-learn's are those of the BLAS at hand.
"""
import sys
import time

from common import ONE_THREAD, Server, environment, program, serve, spread

DIMENSION = 16
SIZES = (500, 1000, 2000)


def serve_sklearn():
    import numpy as np
    from sklearn.kernel_ridge import KernelRidge

    def fit(count):
        rng = np.random.default_rng(1)
        x, y = rng.standard_normal((int(count), DIMENSION)), rng.standard_normal(int(count))
        # A start would count imports and first use.
        start = time.perf_counter()
        KernelRidge(kernel="rbf", gamma=1 / DIMENSION, alpha=1e-3).fit(x, y - y.mean())
        return time.perf_counter() - start

    fit(100)
    serve({"fit": fit})


def main(rounds):
    bfc = Server([program("scaling"), "--serve"])
    sklearn = Server([environment("peers-kernels", ["scikit-learn", "numpy"]), __file__, "--serve"], **ONE_THREAD)
    print("N       seconds, least: bfc, scikit-learn   scikit-learn over bfc, least / median / greatest")
    for size in SIZES:
        bfc.ask("ridge.N", size)
        sklearn.ask("fit", size)
        pairs = [(bfc.ask("ridge.N", size), sklearn.ask("fit", size)) for _ in range(rounds)]
        ours, theirs = (min(side) for side in zip(*pairs))
        print(f"{size:5}   {ours:12.4f} {theirs:14.4f}          {spread([t / o for o, t in pairs])}", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve"]:
            serve_sklearn()
        case [rounds]:
            main(int(rounds))
        case _:
            main(15)
