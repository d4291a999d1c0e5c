#!/usr/bin/env python3
"""The 5100 steps of `lin` L4 k1 d32 in NumPy, to time beside `cargo bench --bench training`.

A chain of width 1: S_2 = K_2 x, S_l = k_l S_{l-1}^2, F = sum alpha_l S_l^2. Full-batch heavy ball on the centred squared loss, with
the step sizes, the cap and the rescaling of `learner::descent`; no early stop. Needs NumPy; one thread.
"""
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

D, N, EPS, ETA, MOMENTUM, CAP = 32, 1920, 0.1, 0.005, 0.9, 0.02
PHASES = (600, 1500, 3000)
ALPHA = {2: 1.0, 3: EPS, 4: EPS * EPS}


def forward(K, X, top):
    S = {2: X @ K[2].T}
    for l in range(3, top + 1):
        S[l] = (S[l - 1] ** 2) @ K[l].T
    return S, sum(ALPHA[l] * (S[l] ** 2).sum(1) for l in S)


def gradients(K, X, y, top):
    S, F = forward(K, X, top)
    e = F - y
    e -= e.mean()
    slope = {l: 4 * ALPHA[l] / N * S[l] * e[:, None] for l in S}
    G = {}
    for l in range(top, 2, -1):
        G[l] = slope[l].T @ (S[l - 1] ** 2)
        slope[l - 1] = slope[l - 1] + (slope[l] @ K[l]) * (2 * S[l - 1])
    G[2] = slope[2].T @ X
    return (e * e).mean(), G


def main():
    rng = np.random.default_rng(1)
    target = {2: rng.standard_normal((1, D)) / D**0.5, 3: np.full((1, 1), 0.3), 4: np.full((1, 1), 0.02)}
    X = rng.standard_normal((N, D))
    y = forward(target, X, 4)[1]
    K = {2: 0.3 * rng.standard_normal((1, D)) / D**0.5, 3: 0.3 * rng.standard_normal((1, 1)), 4: 0.3 * rng.standard_normal((1, 1))}
    start = time.perf_counter()
    for top, steps in zip((2, 3, 4), PHASES):
        if top > 2:
            K[top] = K[top] * (0.1 / (forward(K, X, top)[0][top] ** 2).sum(1).std()) ** 0.5
        V = {l: 0 * K[l] for l in range(2, top + 1)}
        for _ in range(steps):
            loss, G = gradients(K, X, y, top)
            for l in V:
                u = ETA / ALPHA[l] ** 2 * G[l]
                length, most = np.linalg.norm(u), CAP * np.linalg.norm(K[l])
                V[l] = MOMENTUM * V[l] - (u * (most / length) if length > most else u)
                K[l] = K[l] + V[l]
    print(f"{time.perf_counter() - start:.3f} s for {sum(PHASES)} steps, loss / Var(y) = {loss / y.var():.1e}")


if __name__ == "__main__":
    main()
