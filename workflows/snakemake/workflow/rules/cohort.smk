rule merge:
    input:
        expand(f"{OUT}/parts/blocks/{{block}}", block=sorted(BLOCKS)),
    output:
        multiext(f"{OUT}/", "calls.tsv", "guidance.tsv", "provenance.json"),
    params:
        out=subpath(output[0], parent=True),
    log:
        f"{OUT}/logs/merge.log",
    conda:
        "../envs/rxstrata.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 600 * attempt,
        runtime=60,
    retries: 2
    shell:
        """
        called=()
        for folder in {input}; do
            if [ -e "$folder/calls.tsv" ]; then called+=("$folder"); fi
        done
        rxstrata merge "${{called[@]}}" -o {params.out} --quiet > {log} 2>&1
        """


rule failures:
    input:
        expand(f"{OUT}/parts/blocks/{{block}}", block=sorted(BLOCKS)),
        merged=f"{OUT}/calls.tsv",
    output:
        f"{OUT}/failures.tsv",
    log:
        f"{OUT}/logs/failures.log",
    conda:
        "../envs/rxstrata.yaml"
    localrule: True
    shell:
        # one header, then the rows of all blocks
        """
        for folder in {input}; do
            [ ! -d "$folder" ] || cat "$folder/failures.tsv"
        done 2> {log} | awk 'NR == 1 {{ header = $0; print; next }} $0 != header' > {output}
        """


rule cohort:
    input:
        f"{OUT}/calls.tsv",
        f"{OUT}/guidance.tsv",
    output:
        f"{OUT}/summary/cohort.html",
        multiext(f"{OUT}/summary/", "phenotypes.tsv", "alleles.tsv", "genes.tsv", "drugs.tsv"),
    params:
        calls=subpath(input[0], parent=True),
        folder=subpath(output[0], parent=True),
        groups=f"--groups {config['groups']}" if config.get("groups") else "",
        min_cell=config["min_cell"],
    log:
        f"{OUT}/logs/cohort.log",
    conda:
        "../envs/rxstrata.yaml"
    resources:
        mem_mb=lambda wildcards, attempt: 600 * attempt,
        runtime=60,
    retries: 2
    shell:
        "rxstrata cohort {params.calls} -o {params.folder} --min-cell {params.min_cell} {params.groups} --quiet > {log} 2>&1"
