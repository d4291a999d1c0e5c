"""What the comparisons have in common: an environment from PyPI, programs that answer, spreads."""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

# One thread for whatever multiplies matrices.
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


class Server:
    """A program on one core that answers each line with a line."""

    def __init__(self, command, **environment):
        pinned = ["taskset", "-c", os.environ.get("CORE", "0")] + [str(word) for word in command]
        self.process = subprocess.Popen(
            pinned, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"no answer to {' '.join(map(str, words))}")
        return float(answer)


def serve(answers):
    """Answers each line of the input by the function that its first word names."""
    for line in sys.stdin:
        name, *words = line.split()
        print(answers[name](*words), flush=True)


def environment(name, packages):
    """The interpreter of an environment with these packages, made where there is none."""
    home = TARGET / name
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def program(bench):
    """A benchmark of ours, built."""
    command = ["cargo", "bench", "--bench", bench, "--no-run", "--message-format=json"]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    built = [json.loads(line) for line in lines if line.startswith("{")]
    return next(m["executable"] for m in built if m.get("target", {}).get("name") == bench and m.get("executable"))


def spread(values, digits=2):
    """Least, median, greatest."""
    return " / ".join(f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
