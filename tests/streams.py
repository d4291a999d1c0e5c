#!/usr/bin/env python3
"""The random streams of src/_docs/streams.md in Python, by the standard library alone.

    python3 streams.py SEED NAME          the bytes, the digest, the state and the first numbers of a stream
    python3 streams.py VECTORS.json       exit 0 if all vectors are rebuilt, 1 if one is not, 2 for what cannot be read

Words, uniforms, signs, normals, samples, initial weights and the rows R_l are rebuilt bit for bit: every operation is that of IEEE doubles,
and the logarithm is the one of libm, ported. Which rows are the best conditioned is decided by singular values of Jacobi's method.
Target weights, which pass through a factorisation, are rebuilt to 1e-13.
"""
import json
import math
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "proofs" / "certificates"))
import risk  # exact variances

M32, M64, M128 = 2**32 - 1, 2**64 - 1, 2**128 - 1
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
NEAR = 1e-13  # target weights, all below 2

# BLAKE3 of at most one chunk of 1024 bytes.

IV = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
ORDER = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
CHUNK_START, CHUNK_END, ROOT = 1, 2, 8

def rotated(x, n):
    return (x >> n | x << (32 - n)) & M32

def compressed(chaining, block, flags):
    m = list(struct.unpack("<16I", block.ljust(64, b"\0")))
    v = chaining + IV[:4] + [0, 0, len(block), flags]
    for _ in range(7):
        for n, (a, b, c, d) in enumerate(ORDER):
            for x, (r, s) in zip(m[2 * n:2 * n + 2], ((16, 12), (8, 7))):
                v[a] = (v[a] + v[b] + x) & M32
                v[d] = rotated(v[d] ^ v[a], r)
                v[c] = (v[c] + v[d]) & M32
                v[b] = rotated(v[b] ^ v[c], s)
        m = [m[i] for i in PERMUTATION]
    return [x ^ y for x, y in zip(v, v[8:])]

def blake3(data):
    assert len(data) <= 1024
    blocks = [data[i:i + 64] for i in range(0, len(data), 64)] or [b""]
    chaining = IV
    for n, block in enumerate(blocks):
        last = n == len(blocks) - 1
        chaining = compressed(chaining, block, (CHUNK_START if n == 0 else 0) | (CHUNK_END | ROOT if last else 0))
    return struct.pack("<8I", *chaining)

# Numbers.

def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]

def from_bits(n):
    return struct.unpack("<d", struct.pack("<Q", n))[0]

LG = [from_bits(n) for n in (0x3FE5555555555593, 0x3FD999999997FA04, 0x3FD2492494229359, 0x3FCC71C51D8E78AF,
                             0x3FC7466496CB03DE, 0x3FC39A09D078C69F, 0x3FC2F112DF3E5244)]
LN2_HI, LN2_LO = from_bits(0x3FE62E42FEE00000), from_bits(0x3DEA39EF35793C76)

def ln(x):
    """The logarithm of a normal number above 0, as libm computes it."""
    n = bits(x)
    high = n >> 32
    if n == bits(1.0):
        return 0.0
    high += 0x3FF00000 - 0x3FE6A09E
    k = (high >> 20) - 0x3FF
    high = (high & 0x000FFFFF) + 0x3FE6A09E
    f = from_bits(high << 32 | n & M32) - 1.0
    hfsq = 0.5 * f * f
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (LG[1] + w * (LG[3] + w * LG[5]))
    t2 = z * (LG[0] + w * (LG[2] + w * (LG[4] + w * LG[6])))
    r = t2 + t1
    return s * (hfsq + r) + k * LN2_LO - hfsq + f + k * LN2_HI

def encoded(*parts):
    """The canonical encoding: integers of 64 bits, texts after their length, all little-endian."""
    def one(part):
        return struct.pack("<Q", len(part)) + part.encode() if isinstance(part, str) else struct.pack("<Q", part)
    return b"".join(map(one, parts))

class Stream:
    def __init__(self, seed, name):
        digest = blake3(encoded("stream", seed, name))
        first, second = (int.from_bytes(digest[i:i + 16], "little") for i in (0, 16))
        self.increment = (2 * second + 1) & M128
        self.state, self.spare = first, None
        self.state = (self.state + self.increment) & M128
        self.step()

    def step(self):
        self.state = (self.state * MULTIPLIER + self.increment) & M128

    def word(self):
        self.step()
        x, turn = (self.state >> 64 ^ self.state) & M64, self.state >> 122
        return (x >> turn | x << (64 - turn)) & M64

    def uniform(self):
        return (self.word() >> 11) * 2.0**-53

    def sign(self):
        return 1.0 if self.word() >> 63 == 0 else -1.0

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        while True:
            u = 2.0 * self.uniform() - 1.0
            v = 2.0 * self.uniform() - 1.0
            s = u * u + v * v
            if 0.0 < s < 1.0:
                factor = math.sqrt(-2.0 * ln(s) / s)
                self.spare = v * factor
                return u * factor

    def matrix(self, rows, cols, entry=None):
        """Row by row."""
        return [[(entry or self.normal)() for _ in range(cols)] for _ in range(rows)]

def norm(values):
    """The square root of eight partial sums of squares, joined in a fixed tree."""
    a = [0.0] * 8
    for i, v in enumerate(values):
        a[i % 8] += v * v
    return math.sqrt(((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])))

def sample(distribution, d, stream):
    if distribution == "cube":
        return [stream.sign() for _ in range(d)]
    z = [stream.normal() for _ in range(d)]
    if distribution == "gaussian":
        return z
    factor = math.sqrt(d) / norm(z)
    return [v * factor for v in z]

# Weights.

def orthonormal_columns(a):
    """The thin Q of a Householder QR: a column's head c becomes -sign(c) times its length; a column without a tail is left alone."""
    m, n = len(a), len(a[0])
    a, reflectors = [row[:] for row in a], []
    for i in range(n):
        tail = math.sqrt(math.fsum(a[r][i] ** 2 for r in range(i + 1, m)))
        if tail == 0.0:
            reflectors.append(None)
            continue
        head = a[i][i] + math.copysign(math.hypot(a[i][i], tail), a[i][i])
        v = [0.0] * i + [1.0] + [a[r][i] / head for r in range(i + 1, m)]
        reflectors.append(v)
        for c in range(i, n):
            reflect(a, v, c)
    q = [[float(r == c) for c in range(n)] for r in range(m)]
    for v in reversed(reflectors):
        for c in range(n if v else 0):
            reflect(q, v, c)
    return q

def reflect(a, v, c):
    factor = 2.0 * math.fsum(x * row[c] for x, row in zip(v, a)) / math.fsum(x * x for x in v)
    for x, row in zip(v, a):
        row[c] -= factor * x

def random_rows(k, n, stream):
    """U diag(s) Q' with singular values from .8 to 1.2."""
    q = orthonormal_columns(stream.matrix(n, k))
    u = orthonormal_columns(stream.matrix(k, k))
    values = [1.0] if k == 1 else [0.8 + 0.4 * (i / (k - 1)) for i in range(k)]
    return [[sum(u[i][s] * values[s] * q[c][s] for s in range(k)) for c in range(n)] for i in range(k)]

def target(case):
    """The blocks of each layer, which is scaled to Var ||S_l||^2 = 1 when it is drawn."""
    stream, layers = Stream(case["seed"], "target weights"), []
    features = {0: case["dimension"], 1: case["dimension"]}
    for l, (k, reads) in enumerate(zip(case["widths"], case["reads"]), 2):
        blocks = [random_rows(k, features[j], stream) for j in reads]
        features[l] = k
        layers.append((reads, blocks))
        factor = 1.0 / math.sqrt(math.sqrt(float(head_variance(case, layers))))
        layers[-1] = reads, [[[w * factor for w in row] for row in block] for block in blocks]
    return [blocks for _, blocks in layers]

def head_variance(case, layers):
    """Var ||S_l||^2 of the top layer."""
    text = lambda rows: [[float.hex(float(w)) for w in row] for row in rows]
    identity = lambda k: [[float(i == j) for j in range(k)] for i in range(k)]
    form = [{"layer": l, "reads": reads, "weights": list(map(text, blocks)), "rows": text(identity(len(blocks[0]))),
             "scale": float.hex(float(l == len(layers) + 1))} for l, (reads, blocks) in enumerate(layers, 2)]
    form = risk.network({"dimension": case["dimension"], "layers": form})
    network = risk.Network(form, case["distribution"] == "cube")
    return risk.variances(network, network, case["distribution"])[1]

def initial(case):
    """The blocks of a learner before its first step: scale / sqrt(fan-in) times normals."""
    stream = Stream(case["seed"], "learner weights")
    width = dict(enumerate(case["widths"], 2))
    fan_in = lambda j: case["dimension"] if j < 2 else width[j] * (width[j] + 1) // 2
    def block(k, n):
        deviation = case["scale"] / math.sqrt(n)
        return stream.matrix(k, n, lambda: deviation * stream.normal())
    return [[block(width[l], fan_in(j)) for j in reads] for l, reads in enumerate(case["reads"], 2)]

DRAWS = 50

def spanning_rows(case):
    """The rows R_l of each layer below the top."""
    stream = Stream(case["seed"], "learner rows")
    return [min((unit_rows(k, stream) for _ in range(DRAWS)), key=condition) for k in case["widths"][:-1]]

def unit_rows(k, stream):
    rows = stream.matrix(k * (k + 1) // 2, k)
    return [[x / norm(row) for x in row] for row in rows]

def condition(rows):
    """The largest over the least singular value of the forms (r . z)^2, as coefficients of z_p z_q, p <= q."""
    k = len(rows[0])
    forms = [[r[p] * r[q] * (1.0 if p == q else 2.0) for p in range(k) for q in range(p, k)] for r in rows]
    values = singular_values(forms)
    return max(values) / min(values)

def singular_values(a):
    """The lengths of the columns when rotations of pairs have made them orthogonal."""
    columns = [list(column) for column in zip(*a)]
    dot = lambda x, y: math.fsum(u * v for u, v in zip(x, y))
    turned = True
    while turned:
        turned = False
        for j in range(len(columns)):
            for i in range(j):
                x, y = columns[i], columns[j]
                xx, xy, yy = dot(x, x), dot(x, y), dot(y, y)
                if abs(xy) <= 1e-14 * math.sqrt(xx * yy):
                    continue
                turned, zeta = True, (yy - xx) / (2.0 * xy)
                t = math.copysign(1.0, zeta) / (abs(zeta) + math.hypot(1.0, zeta))
                c = 1.0 / math.hypot(1.0, t)
                columns[i] = [c * u - c * t * v for u, v in zip(x, y)]
                columns[j] = [c * t * u + c * v for u, v in zip(x, y)]
    return [math.sqrt(dot(x, x)) for x in columns]

# Vectors.

def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]

def rebuilt(case):
    """What a vector says, rebuilt, and how near it has to be."""
    kind = case["kind"]
    if kind == "target":
        return target(case), NEAR
    if kind == "learner":
        return initial(case), 0.0
    if kind == "rows":
        return spanning_rows(case), 0.0
    stream, count = Stream(case["seed"], case["name"]), case["count"]
    if kind == "sample":
        return [sample(case["distribution"], case["dimension"], stream) for _ in range(count)], 0.0
    return [{"uniform": stream.uniform, "sign": stream.sign, "normal": stream.normal}[kind]() for _ in range(count)], 0.0

def holds(case):
    values, near = rebuilt(case)
    found, expected = flat(values), [float.fromhex(text) for text in flat(case["values"])]
    same = lambda x, y: abs(x - y) <= near if near else bits(x) == bits(y)
    return len(found) == len(expected) and all(map(same, found, expected))

def show(seed, name):
    data = encoded("stream", seed, name)
    print(f"bytes      {data.hex()}\ndigest     {blake3(data).hex()}")
    stream = Stream(seed, name)
    print(f"state      {stream.state:032x}\nincrement  {stream.increment:032x}")
    for label, of, form in (("words", Stream.word, "{:016x}"), ("uniforms", Stream.uniform, "{}"), ("signs", Stream.sign, "{:+.0f}"),
                            ("normals", Stream.normal, "{}")):
        stream = Stream(seed, name)
        numbers = [of(stream) for _ in range(3)]
        text = [x.hex() if form == "{}" else form.format(x) for x in numbers]
        print(f"{label:10} {' '.join(text)}")

def main(arguments):
    try:
        if len(arguments) == 2:
            show(int(arguments[0]), arguments[1])
            return 0
        cases = json.loads(Path(*arguments).read_text()) if len(arguments) == 1 else None
        if not cases:
            raise ValueError("usage: streams.py SEED NAME | VECTORS.json")
        failed = [case for case in cases if not holds(case)]
    except (OSError, ValueError, KeyError, TypeError, struct.error, risk.Failure) as error:
        print(f"unreadable: {error!a}")
        return 2
    for case in failed:
        print(f"not rebuilt: {({k: v for k, v in case.items() if k != 'values'})!a}")
    print(f"{len(cases) - len(failed)} of {len(cases)} vectors rebuilt")
    return 1 if failed else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
