cwlVersion: v1.2
class: Workflow
label: Calls a cohort in blocks, merges the blocks, and sums the cohort up
requirements:
  ScatterFeatureRequirement: {}
  StepInputExpressionRequirement: {}
inputs:
  blocks:
    type:
      type: array
      items:
        type: array
        items: File
    doc: Files by block
    secondaryFiles:
      - {pattern: .tbi, required: false}
      - {pattern: .csi, required: false}
  sample_metadata: File?
  assembly: string?
  groups: File?
steps:
  call:
    run: call.cwl
    scatter: inputs
    in:
      inputs: blocks
      sample_metadata: sample_metadata
      assembly: assembly
    out: [folder]
  merge:
    run: merge.cwl
    in:
      shards: call/folder
    out: [folder]
  cohort:
    run: cohort.cwl
    in:
      calls: merge/folder
      groups: groups
    out: [folder]
outputs:
  cohort:
    type: Directory
    outputSource: merge/folder
  summary:
    type: Directory
    outputSource: cohort/folder
