cwlVersion: v1.2
class: CommandLineTool
label: Sums a cohort up
doc: Frequencies of alleles and phenotypes, findings by drug, call rates.
baseCommand: [rxstrata, cohort, --quiet]
hints:
  DockerRequirement:
    dockerPull: rxstrata:0.1.0
inputs:
  calls:
    type: Directory
    doc: Folder of call, merge or run
    inputBinding: {position: 1}
  groups:
    type: File?
    inputBinding: {prefix: --groups}
  min_cell:
    type: int
    default: 0
    inputBinding: {prefix: --min-cell}
  name:
    type: string
    default: summary
    inputBinding: {prefix: --output}
outputs:
  folder:
    type: Directory
    outputBinding: {glob: $(inputs.name)}
