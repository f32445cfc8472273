rule facts:
    input:
        config["samplesheet"],
    output:
        f"{OUT}/parts/facts.tsv",
    log:
        f"{OUT}/logs/facts.log",
    conda:
        "../envs/python.yaml"
    localrule: True
    script:
        "../scripts/facts.py"


rule call:
    input:
        variants=files_of,
        outside=outside_of,
        facts=f"{OUT}/parts/facts.tsv",
    output:
        folder=directory(f"{OUT}/parts/blocks/{{block}}"),
    params:
        assembly=lambda wildcards: f"--assembly {BLOCKS[wildcards.block][0]}" if BLOCKS[wildcards.block][0] else "",
        outside=lambda wildcards, input: " ".join(f"--outside-calls {calls}" for calls in input.outside),
        reference=f"--reference {config['reference']}" if config.get("reference") else "",
        extra=config["call"],
    log:
        f"{OUT}/logs/call/{{block}}.log",
    benchmark:
        f"{OUT}/benchmarks/call/{{block}}.tsv"
    conda:
        "../envs/rxstrata.yaml"
    threads: 1
    resources:
        # Snakemake itself lives beside the tool in a Slurm job, with some 200 MB
        mem_mb=lambda wildcards, attempt: 600 * attempt,
        runtime=lambda wildcards, attempt: 60 * attempt,
    retries: 2
    shell:
        # some samples failed (3), or all of the block (4): failures.tsv names them, and the other blocks are merged
        """
        status=0
        rxstrata call {input.variants} -o {output.folder} --sample-metadata {input.facts} --threads {threads} --quiet \
            {params.assembly} {params.reference} {params.outside} {params.extra} > {log} 2>&1 || status=$?
        [ $status -eq 0 ] || [ $status -eq 3 ] || {{ [ $status -eq 4 ] && [ -s {output.folder}/failures.tsv ]; }} || exit $status
        """
