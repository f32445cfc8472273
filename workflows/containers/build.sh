#!/usr/bin/env bash
# Builds the image without a registry: from the static binary (.ci/static.sh) and two packages of Debian.
#
#   workflows/containers/build.sh BINARY [TAG]      TAG: rxstrata:0.1.0 unless told; BUILDER: buildah, podman or docker
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
binary=$1
version=$("$binary" --version | sed 's/.* //')
tag=${2:-rxstrata:$version}
for program in busybox bash-static; do
  command -v "$program" >/dev/null || { echo "build: $program is needed: apt install busybox-static bash-static" >&2; exit 1; }
done
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cp "$binary" "$context/rxstrata"
cp "$(command -v busybox)" "$context/busybox"
cp "$(command -v bash-static)" "$context/bash"
mkdir "$context/licences"
cp "$here"/../../LICENSE* "$context/licences/"
for package in busybox-static bash-static; do
  cp "/usr/share/doc/$package/copyright" "$context/licences/$package"
done
cp "$here/Dockerfile" "$context/"
builder=${BUILDER:-$(command -v buildah podman docker | head -n 1)}
"$builder" build --build-arg "VERSION=$version" --tag "$tag" "$context"
