cwlVersion: v1.2
class: CommandLineTool
label: Calls pharmacogenes of a block of samples
doc: Named alleles, phenotypes and drug guidance from VCF, BCF, gVCF, BAM or CRAM. Samples that failed are in failures.tsv.
baseCommand: [rxstrata, call, --quiet]
requirements:
  ResourceRequirement:
    coresMin: 1
    ramMin: 1000
hints:
  DockerRequirement:
    dockerPull: rxstrata:0.1.0
  SoftwareRequirement:
    packages:
      rxstrata:
        version: ["0.1.0"]
# 3: some samples failed; the others are there
successCodes: [0, 3]
inputs:
  inputs:
    type: File[]
    doc: One or several files; indices are used where they lie beside
    secondaryFiles:
      - {pattern: .tbi, required: false}
      - {pattern: .csi, required: false}
      - {pattern: .bai, required: false}
      - {pattern: .crai, required: false}
    inputBinding: {position: 1}
  name:
    type: string
    default: calls
    doc: Name of the folder of results
    inputBinding: {prefix: --output}
  sample_metadata:
    type: File?
    doc: Facts by sample, tab-separated sample, field, value
    inputBinding: {prefix: --sample-metadata}
  outside_calls:
    type:
      - "null"
      - type: array
        items: File
        inputBinding: {prefix: --outside-calls}
    doc: Calls of other tools, named SAMPLE.outside.tsv
  reference:
    type: File?
    secondaryFiles: [.fai]
    doc: Reference sequence; needed for CRAM
    inputBinding: {prefix: --reference}
  assembly:
    type: string?
    inputBinding: {prefix: --assembly}
  formats:
    type: string
    default: tsv,parquet
    inputBinding: {prefix: --formats}
outputs:
  folder:
    type: Directory
    outputBinding: {glob: $(inputs.name)}
