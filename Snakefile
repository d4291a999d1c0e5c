# One check on several machines: its shards as jobs, joined at the end.
#
#   snakemake --cores 2                                          # the profile full, two shards at a time on this machine
#   snakemake --cores 2 --config profile=quick shards=4
#   snakemake --executor slurm --jobs 16 --config shards=16      # needs the executor plugin; kubernetes likewise
#
# A shard that was interrupted goes on where it was. The program and the goldens are inputs: a new build is checked anew. The last rule compares with
# golden/PROFILE, fails where `bfc check` does and with its exit code (1, 2 or 3), which it leaves in OUT/check.code beside OUT/check.log.

import shutil
from pathlib import Path

PROFILE = config.get("profile", "full")
SHARDS = int(config.get("shards", 2))
BFC = config.get("bfc", "target/release/bfc")
PROGRAM = shutil.which(BFC) or BFC
OUT = config.get("out", "target/bfc/split")
GOLDENS = sorted(str(path) for path in Path("golden", PROFILE).glob("*"))

rule checked:
    input: f"{OUT}/check.txt"

rule shard:
    input: program=PROGRAM
    output: touch(f"{OUT}/{PROFILE}-{{i}}-of-{SHARDS}.done")
    params: directory=f"{OUT}/{PROFILE}-{{i}}-of-{SHARDS}"
    threads: 1
    shell: "{input.program} check --profile {PROFILE} --shard {wildcards.i}/{SHARDS} --jobs {threads} --out {params.directory}"

rule merged:
    input:
        program=PROGRAM,
        shards=expand(f"{OUT}/{PROFILE}-{{i}}-of-{SHARDS}.done", i=range(1, SHARDS + 1))
    output: touch(f"{OUT}/merged.done")
    params: directories=[f"{OUT}/{PROFILE}-{i}-of-{SHARDS}" for i in range(1, SHARDS + 1)]
    shell: "{input.program} merge {params.directories} --out {OUT}/merged"

rule check:
    input:
        program=PROGRAM,
        goldens=GOLDENS,
        merged=f"{OUT}/merged.done"
    output: f"{OUT}/check.txt"
    log:
        text=f"{OUT}/check.log",
        code=f"{OUT}/check.code"
    shell:
        "code=0; {input.program} check --profile {PROFILE} --out {OUT}/merged > {log.text} || code=$?; "
        "echo $code > {log.code}; cat {log.text}; [ $code != 0 ] || cp {log.text} {output}; exit $code"
