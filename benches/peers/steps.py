#!/usr/bin/env python3
"""Training steps of bfc against JAX, XLA on the CPU in double precision: the same steps in turn, on one pinned core.

    benches/peers/steps.py [ROUNDS]

It builds bfc's side (`cargo bench --bench steps --no-run`), makes an environment of its own from PyPI under target/peers, and prints for each
case the least, median and greatest ratio of JAX's seconds to bfc's over the rounds, and how far bfc is from what the core can do at
most: its multiplications and additions, or reading the inputs once a step, whichever takes longer, both measured in the same rounds.

The steps are those of `learner::descent`: full-batch heavy ball on the centred squared loss, each block capped at a fraction of
its norm, all layers on from the start, no early stop. NumPy takes the same steps, once, and must find the same loss as JAX.
"""
import statistics
import sys
import time

from common import ONE_THREAD, Server, environment, program, spread

MOMENTUM, CAP, ETA, GAP = 0.9, 0.02, 0.005, 0.1

# Dimension, widths, whether layer 3 reads the inputs, samples, steps a round.
CASES = {
    "k1-d32": (32, (1, 1, 1), False, 1920, 2000),
    "k2-d32": (32, (2, 2), False, 3840, 500),
    "k2-d128": (128, (2, 2), False, 15360, 50),
    "k12-d24": (24, (12, 2), True, 777, 500),
}


def rows(case):
    """Numbers of fixed rows R_l, for all layers but the top one."""
    return [k * (k + 1) // 2 for k in CASES[case][1][:-1]]


def multiply_adds(case):
    """Multiplications followed by an addition in a step: values, and the products of residuals and of one with the derivative of F.

    Features are counted as formed; wide layers need fewer by their quadratic forms, which is counted where it is fewer.
    """
    d, widths, skip, samples, _ = CASES[case]
    total = 3 * widths[0] * d
    for below, m, k in zip(widths, rows(case), widths[1:]):
        squares = 2 * m * below + 4 * k * m
        forms = 2 * k * below * (below + 2)
        total += min(squares, forms) + (3 * k * d if skip else 0)
    return total * samples


def problem(case):
    """Inputs, labels, first weights and fixed rows."""
    import numpy as np

    d, widths, skip, samples, _ = CASES[case]
    rng = np.random.default_rng(1)
    x = rng.standard_normal((samples, d))
    spans = [rng.standard_normal((m, k)) for m, k in zip(rows(case), widths)]
    spans = [r / np.linalg.norm(r, axis=1, keepdims=True) for r in spans]

    def weights(scale):
        blocks = [[scale * rng.standard_normal((widths[0], d)) / d**0.5]]
        for m, k in zip(rows(case), widths[1:]):
            shapes = ([d] if skip else []) + [m]
            blocks.append([scale * rng.standard_normal((k, n)) / n**0.5 for n in shapes])
        return blocks

    teacher = weights(1.0)
    return x, output(np, teacher, spans, x), weights(0.3), spans


def output(np, blocks, spans, x):
    s = x @ blocks[0][0].T
    total = (s * s).sum(1)
    for l, (span, block) in enumerate(zip(spans, blocks[1:])):
        f = (s @ span.T) ** 2
        s = f @ block[-1].T + (x @ block[0].T if len(block) == 2 else 0.0)
        total = total + GAP ** (l + 1) * (s * s).sum(1)
    return total


def advance(np, blocks, velocities, gradients):
    new_blocks, new_velocities = [], []
    for l, (b, v, g) in enumerate(zip(blocks, velocities, gradients)):
        rate = ETA / GAP ** (2 * l)
        u = [rate * gi for gi in g]
        most = [CAP * np.sqrt((bi * bi).sum()) for bi in b]
        u = [ui * np.minimum(1.0, mi / np.sqrt((ui * ui).sum())) for ui, mi in zip(u, most)]
        new_velocities.append([MOMENTUM * vi - ui for vi, ui in zip(v, u)])
        new_blocks.append([bi + vi for bi, vi in zip(b, new_velocities[-1])])
    return new_blocks, new_velocities


def numpy_loss(case, steps):
    """The loss after so many steps in NumPy, with the gradient written out."""
    import numpy as np

    x, y, blocks, spans = problem(case)
    velocities = [[0 * b for b in layer] for layer in blocks]
    for _ in range(steps):
        sums, features = [x @ blocks[0][0].T], []
        for span, block in zip(spans, blocks[1:]):
            features.append(sums[-1] @ span.T)
            sums.append(features[-1] ** 2 @ block[-1].T + (x @ block[0].T if len(block) == 2 else 0.0))
        e = sum(GAP**l * (s * s).sum(1) for l, s in enumerate(sums)) - y
        e = e - e.mean()
        slope, gradients = 0.0, []
        for l in reversed(range(len(sums))):
            slope = slope + 4 * GAP**l / len(y) * e[:, None] * sums[l]
            if l:
                z, block = features[l - 1], blocks[l]
                gradients.append([slope.T @ x for _ in block[:-1]] + [slope.T @ z**2])
                slope = (slope @ block[-1] * 2 * z) @ spans[l - 1]
        gradients.append([slope.T @ x])
        blocks, velocities = advance(np, blocks, velocities, gradients[::-1])
    e = output(np, blocks, spans, x) - y
    return float(((e - e.mean()) ** 2).mean())


def serve_jax():
    """Answers `train CASE STEPS` with seconds and `loss CASE STEPS` with the loss after them."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def centred_loss(blocks, spans, x, y):
        e = output(jnp, blocks, spans, x) - y
        return ((e - e.mean()) ** 2).mean()

    def run(steps):
        def many(blocks, spans, x, y):
            def step(_, state):
                b, v = state
                return advance(jnp, b, v, jax.grad(centred_loss)(b, spans, x, y))

            zeros = jax.tree_util.tree_map(jnp.zeros_like, blocks)
            return jax.lax.fori_loop(0, steps, step, (blocks, zeros))[0]

        return jax.jit(many)

    compiled = {}
    for line in sys.stdin:
        what, case, steps = line.split()
        if (case, steps) not in compiled:
            x, y, blocks, spans = jax.tree_util.tree_map(jnp.asarray, problem(case))
            program = run(int(steps))
            jax.block_until_ready(program(blocks, spans, x, y))
            compiled[case, steps] = program, (blocks, spans, x, y)
        program, arguments = compiled[case, steps]
        start = time.perf_counter()
        result = jax.block_until_ready(program(*arguments))
        seconds = time.perf_counter() - start
        _, spans, x, y = arguments
        print(seconds if what == "train" else float(centred_loss(result, spans, x, y)), flush=True)


def main(rounds):
    bfc, python = Server([program("steps")]), environment("peers", ["jax[cpu]", "numpy"])
    jax_only = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "JAX_PLATFORMS": "cpu"}
    jax = Server([python, __file__, "--serve"], **jax_only, **ONE_THREAD)
    check = Server([python, __file__, "--numpy"], **ONE_THREAD)
    print("case      us a step bfc, JAX (medians)   JAX over bfc, least / median / greatest   bfc over its limit   the limit")
    for case, (d, _, _, samples, steps) in CASES.items():
        losses = jax.ask("loss", case, 20), check.ask(case, 20)
        if abs(losses[0] - losses[1]) > 1e-6 * losses[0]:
            sys.exit(f"{case}: JAX and NumPy find other losses, {losses}")
        jax.ask("train", case, steps)
        size, ours, theirs, arithmetic, memory = 8 * d * samples, [], [], [], []
        passes = max(1, 200_000_000 // size)
        for _ in range(rounds):
            ours.append(bfc.ask("train", case, steps) / steps)
            theirs.append(jax.ask("train", case, steps) / steps)
            memory.append(bfc.ask("read", size, passes) / passes)
            arithmetic.append(bfc.ask("multiply-add", 500_000_000) / 500_000_000 * multiply_adds(case))
        limit = max(statistics.median(memory), statistics.median(arithmetic))
        what = "multiply-add" if limit == statistics.median(arithmetic) else "memory"
        ratios = [t / o for t, o in zip(theirs, ours)]
        median = [1e6 * statistics.median(times) for times in (ours, theirs)]
        away = spread([o / limit for o in ours])
        print(f"{case:8}  {median[0]:10.2f} {median[1]:10.2f}   {spread(ratios):>22}   {away:>22}   {what} {1e6 * limit:.2f} us", flush=True)


def serve_numpy():
    for line in sys.stdin:
        case, steps = line.split()
        print(numpy_loss(case, int(steps)), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--serve"]:
            serve_jax()
        case ["--numpy"]:
            serve_numpy()
        case [rounds]:
            main(int(rounds))
        case _:
            main(15)
