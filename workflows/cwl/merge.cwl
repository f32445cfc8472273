cwlVersion: v1.2
class: CommandLineTool
label: Merges shards of a cohort into one
baseCommand: [rxstrata, merge, --quiet]
hints:
  DockerRequirement:
    dockerPull: rxstrata:0.1.0
inputs:
  shards:
    type: Directory[]
    doc: Folders of call, in any order
    inputBinding: {position: 1}
  name:
    type: string
    default: cohort
    inputBinding: {prefix: --output}
outputs:
  folder:
    type: Directory
    outputBinding: {glob: $(inputs.name)}
