#!/usr/bin/env python3
"""Compare the numbers of two directories of goldens, cell for cell, whatever their layout.

    goldens_moved.py OLD NEW          such as golden/quick of two revisions

Compared are the `check` and every `control` of each claim: requirements, what was found, verdicts, and the cells of tables below
their headings. Prose, spacing, the keys of conditions and the kinds of columns are not: one of the layouts has none.
Exit code: 0 all equal, 1 something moved, 2 a file cannot be read.
"""

import pathlib
import re
import sys

PART = re.compile(r"check|control( \d+)?")
VERDICT = re.compile(r"  (Verified |Refuted  |Undecided|compared )  (.*)")
KINDS = {"text", "integer", "exact", "enclosed", "replayed"}


class Unreadable(Exception):
    pass


def numbers(text):
    """The parts of a golden, by title: conditions, then tables; and its conclusion, without titles."""
    _, separator, below = text.partition("\n---- numbers ----\n")
    sections, keyed = [], bool(separator)
    for line in (below if keyed else text).split("\n"):
        if line and not line.startswith(" "):
            sections.append((line, []))
        elif sections:
            sections[-1][1].append(line)
    parts = {title: outcome(lines, keyed) for title, lines in sections if PART.fullmatch(title)}
    if "check" not in parts:
        raise Unreadable("no section `check`")
    conclusion = [title for title, _ in sections if re.match(r"(verdict|control)  |The profile ", title)]
    return parts, conclusion


def outcome(lines, keyed):
    blocks, block = [], []
    for line in [*lines, ""]:
        if line:
            block.append(line)
        elif block:
            blocks.append(block)
            block = []
    conditions, tables = [], []
    for block in blocks:
        if VERDICT.match(block[0]):
            conditions += conditions_of(block, keyed)
        elif block[0].startswith("  ") and len(block) > 1 and block[1].startswith("    "):
            tables.append((block[0].strip(), table(block[1:], keyed)))
        # What is left is the prose above a control's conditions in the layout without a separator.
    return conditions, tables


def conditions_of(block, keyed):
    size, conditions = (3 if keyed else 2), []
    for at in range(0, len(block), size):
        first, *more = block[at : at + size]
        match = VERDICT.match(first)
        if not match or len(more) != size - 1:
            raise Unreadable(f"no condition: {first}")
        requires = more[0].strip().removeprefix("requires").strip() if keyed else match[2]
        conditions.append((match[1].strip(), requires.strip(), more[-1].strip().removeprefix("found").strip()))
    return conditions


def table(lines, keyed):
    """The rows of cells, headings first: columns are where two blanks stand side by side in every row."""
    width = max(map(len, lines))
    rows = [line.ljust(width) for line in lines]
    blank = [all(row[at] == " " for row in rows) for at in range(width)]
    starts = [at for at in range(width) if not blank[at] and (at < 2 or blank[at - 1] and blank[at - 2])]
    cells = [[row[a:b].strip() for a, b in zip(starts, [*starts[1:], width])] for row in rows]
    if keyed:
        kinds = cells.pop(1)
        if not set(kinds) <= KINDS:
            raise Unreadable(f"no kinds of columns: {kinds}")
    return cells


def read(directory):
    files = sorted(pathlib.Path(directory).glob("*.txt"))
    if not files:
        raise Unreadable(f"{directory}: no goldens")
    found = {}
    for file in files:
        try:
            found[file.name] = numbers(file.read_text(encoding="utf-8"))
        except (Unreadable, UnicodeDecodeError) as error:
            raise Unreadable(f"{file}: {error}") from error
    return found


def moved(place, old, new):
    """A line for each leaf in which two nested structures differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from moved(f"{place}: {key}", old.get(key), new.get(key))
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)) and len(old) == len(new):
        for index, pair in enumerate(zip(old, new)):
            yield from moved(f"{place}[{index}]", *pair)
    elif old != new:
        yield f"{place}: {old!r} -> {new!r}"


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    return sum(map(leaves, value)) if isinstance(value, (list, tuple)) else 1


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    try:
        old, new = map(read, arguments)
    except (Unreadable, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    differences = list(moved("", old, new))
    for line in differences:
        print(line.removeprefix(": "))
    print(f"{len(old)} and {len(new)} claims, {leaves(old)} and {leaves(new)} cells and words of conditions: {len(differences)} moved")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
