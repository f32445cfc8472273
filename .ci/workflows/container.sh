#!/usr/bin/env bash
# The image for real: built and run without a registry, as another user, without a network, and by Nextflow.
set -euo pipefail
: "${repository:?}" "${work:?}" "${expected:?}"
fail() { echo "container: $*" >&2; tail -n 30 log.txt .nextflow.log nextflow/failures.tsv >&2 2>/dev/null || true; exit 1; }
missing=()
for pair in buildah:buildah podman:podman runc:runc busybox:busybox-static bash-static:bash-static; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
# busybox may be the package whose binary is not static
dpkg -s busybox-static >/dev/null 2>&1 || missing+=(busybox-static)
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
mkdir -p "$work/container/root" "$work/container/run"
cd "$work/container"
# neither overlay nor user namespaces are needed
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n' "$PWD/root" "$PWD/run" >storage.conf
export CONTAINERS_STORAGE_CONF=$PWD/storage.conf BUILDAH_ISOLATION=chroot
image=localhost/rxstrata:test

ldd "$(realpath "$(command -v rxstrata)")" 2>/dev/null | grep -q '=>' && fail "the binary needs shared libraries: give the one of .ci/static.sh"
BUILDER=buildah "$repository/workflows/containers/build.sh" "$(realpath "$(command -v rxstrata)")" "$image" >log.txt 2>&1 || fail "build"
limits=(--runtime runc --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --network none)
inside() { podman run --rm "${limits[@]}" -v "$repository/test-data:$repository/test-data:ro" -v "$PWD/out:/out" "$image" "$@" >log.txt 2>&1; }
mkdir out
chmod 777 out
inside bash -c 'test "$(id -u)" -ne 0 && ps >/dev/null && awk "BEGIN { exit 0 }" && rxstrata doctor' || fail "run"
inside rxstrata run "$repository/test-data/workflow/sheet.csv" -o /out/run --quiet || fail "rxstrata run"
diff -rq --exclude=work --exclude=times.tsv "$expected" out/run || fail "other bytes than outside"

cat >podman.config <<CONF
process { withName: 'RXSTRATA_.*' { container = '$image' } }
podman.runOptions = '${limits[*]} --user root'
CONF
NXF_HOME=$PWD/home NXF_ANSI_LOG=false nextflow -q run "$repository/workflows/nextflow" -profile test,podman -c podman.config --skip_multiqc \
  --outdir nextflow >log.txt 2>&1 || fail "Nextflow"
for table in calls.tsv guidance.tsv; do
  cmp "$expected/$table" "nextflow/cohort/$table" || fail "Nextflow: other $table than rxstrata run"
done
size=$(podman image inspect --format '{{.Size}}' "$image")
echo "container: $((size / 1000000)) MB, built without a registry; run as a user without network, and by Nextflow: all as rxstrata run"
