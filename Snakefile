# One check on several machines: its shards as jobs, joined at the end.
#
#   snakemake --cores 2                                          # the profile full, two shards at a time on this machine
#   snakemake --cores 2 --config profile=quick shards=4
#   snakemake --executor slurm --jobs 16 --config shards=16      # needs the executor plugin; kubernetes likewise
#
# A shard that was interrupted goes on where it was. The last rule compares with golden/PROFILE and fails where `bfc check` does.

PROFILE = config.get("profile", "full")
SHARDS = int(config.get("shards", 2))
BFC = config.get("bfc", "target/release/bfc")
OUT = config.get("out", "target/bfc/split")

rule checked:
    input: f"{OUT}/check.txt"

rule shard:
    output: touch(f"{OUT}/{PROFILE}-{{i}}-of-{SHARDS}.done")
    params: directory=f"{OUT}/{PROFILE}-{{i}}-of-{SHARDS}"
    threads: 1
    shell: "{BFC} check --profile {PROFILE} --shard {wildcards.i}/{SHARDS} --jobs {threads} --out {params.directory}"

rule merged:
    input: expand(f"{OUT}/{PROFILE}-{{i}}-of-{SHARDS}.done", i=range(1, SHARDS + 1))
    output: touch(f"{OUT}/merged.done")
    params: directories=[f"{OUT}/{PROFILE}-{i}-of-{SHARDS}" for i in range(1, SHARDS + 1)]
    shell: "{BFC} merge {params.directories} --out {OUT}/merged"

rule check:
    input: f"{OUT}/merged.done"
    output: f"{OUT}/check.txt"
    shell: "{BFC} check --profile {PROFILE} --out {OUT}/merged > {output} || (cat {output}; exit 1)"
