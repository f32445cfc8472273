#!/usr/bin/env bash
# Calls a samplesheet on a Slurm cluster without a workflow engine: an array of blocks, then one job that merges them.
#
#   workflows/slurm/submit.sh SHEET OUT [BLOCK] [SBATCH_OPTION...]      BLOCK: samples a task, 1000 unless told
#
# SHEET is that of `rxstrata run`, with the columns sample and vcf or bam (one file a sample). Blocks are cut once, in OUT/parts, and
# a second call submits what is not done yet. The number of the last job is printed.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
sheet=$(realpath "$1")
out=$2
block=${3:-1000}
shift $(($# < 3 ? $# : 3))

rxstrata run "$sheet" --check
mkdir -p "$out/parts"
out=$(cd "$out" && pwd)
# facts as `call` reads them, and for each sample its file and assembly
awk -F, -v folder="$(dirname "$sheet")" -v facts="$out/parts/facts.tsv" -v inputs="$out/parts/inputs.tsv" '
  function cell(name) { return (name in column) ? $(column[name]) : "" }
  function place(name) { return (name ~ /^\// || system("test -e \"" name "\"") == 0) ? name : folder "/" name }
  { sub(/\r$/, "") }
  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  !NF { next }
  {
    file = cell("vcf") != "" ? cell("vcf") : cell("bam")
    if (file == "") { print "line " NR ": neither vcf nor bam" > "/dev/stderr"; exit 2 }
    print place(file) "\t" cell("assembly") > inputs
    split("sex age height_cm weight_kg race african_ancestry population medication", from, " ")
    split("sex age height weight race african_ancestry population medication", to, " ")
    for (i in from) if (cell(from[i]) != "") {
      value = from[i] == "race" ? tolower(cell(from[i])) : cell(from[i])
      gsub(";", ",", value)
      print cell("sample") "\t" to[i] "\t" value > facts
    }
  }' "$sheet"
touch "$out/parts/facts.tsv"
samples=$(wc -l <"$out/parts/inputs.tsv")
last=$(((samples - 1) / block))
array=$(sbatch --parsable --array="0-$last" --output="$out/parts/%a.log" --export="ALL,OUT=$out,BLOCK=$block" "$@" "$here/call-array.sbatch")
sbatch --parsable --dependency="afterok:$array" --output="$out/parts/gather.log" --export="ALL,OUT=$out" "$@" "$here/gather.sbatch"
