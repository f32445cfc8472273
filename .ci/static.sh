#!/usr/bin/env bash
# The release build: one binary without shared libraries, for any Linux of this processor. glibc, linked statically: the musl target is
# not in every toolchain, and nothing here asks the C library for names or users, which is what static glibc cannot do.
#
#   .ci/static.sh [CARGO_OPTION...]      prints the path of the binary
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/rxstrata-target}"
target=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --workspace --locked --target "$target" "$@" >&2
binary=$CARGO_TARGET_DIR/$target/release/rxstrata
if ldd "$binary" 2>/dev/null | grep -q '=>'; then
  echo "static: $binary needs shared libraries:" >&2
  ldd "$binary" >&2
  exit 1
fi
echo "static: $(stat -c %s "$binary" | awk '{ printf "%.1f MB", $1 / 1e6 }'), no shared library ($target)" >&2
echo "$binary"
