#!/usr/bin/env python3
"""The exact risk of bfc against Monte Carlo: what a mean over random inputs gives in how long.

    benches/peers/risk.py [ROUNDS]

Target and learner are networks `lin` of depth 3 and width 2 in d inputs. bfc's side is the work `risk.d` of the benchmark `scaling`, which it
builds: the relative risk as a rational number, all its digits. NumPy estimates the same quantity for networks of that shape from 10^6 inputs, in
batches; the spread of the batches tells how many digits that is, and so how many inputs, and seconds, more digits take.
"""
import sys
import time

from common import ONE_THREAD, Server, environment, program, serve

DIMENSIONS = (32, 128, 512)
INPUTS, BATCH = 1_000_000, 20_000


def serve_numpy():
    import numpy as np

    def network(rng, d, scale):
        return scale * rng.standard_normal((2, d)) / d**0.5, scale * rng.standard_normal((2, 3)) / 3**0.5

    def output(x, rows, weights):
        first, second = weights
        s = x @ first.T
        return (s * s).sum(1) + 0.1 * (((s @ rows.T) ** 2 @ second.T) ** 2).sum(1)

    def estimate(d):
        """Seconds for all inputs, and the relative standard error of the mean."""
        rng = np.random.default_rng(1)
        rows = rng.standard_normal((3, 2))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        target, learner = network(rng, d, 1.0), network(rng, d, 0.3)
        start, found = time.perf_counter(), []
        for _ in range(INPUTS // BATCH):
            x = rng.standard_normal((BATCH, d))
            y = output(x, rows, target)
            found.append((output(x, rows, learner) - y).var() / y.var())
        seconds = time.perf_counter() - start
        return seconds, np.std(found) / np.mean(found) / len(found) ** 0.5

    kept = {}

    def ask(what, d):
        if what == "seconds":
            kept[d] = estimate(int(d))
        return kept[d][0 if what == "seconds" else 1]

    serve({"seconds": lambda d: ask("seconds", d), "error": lambda d: ask("error", d)})


def main(rounds):
    bfc = Server([program("scaling"), "--serve"])
    numpy = Server([environment("peers-certificates", ["numpy", "python-flint"]), __file__, "--serve"], **ONE_THREAD)
    print("d      exact, s     10^6 inputs, s   relative error of these   seconds to an error of 1e-4, 1e-8, 1e-16")
    for d in DIMENSIONS:
        bfc.ask("risk.d", d)
        exact = min(bfc.ask("risk.d", d) for _ in range(rounds))
        seconds = numpy.ask("seconds", d)
        error = numpy.ask("error", d)
        needed = ", ".join(f"{seconds * (error / wanted) ** 2:.1e}" for wanted in (1e-4, 1e-8, 1e-16))
        print(f"{d:4} {exact:11.6f} {seconds:16.2f} {error:22.1e}        {needed}", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve"]:
            serve_numpy()
        case [rounds]:
            main(int(rounds))
        case _:
            main(15)
