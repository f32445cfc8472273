#!/usr/bin/env bash
# The release build: one binary without shared libraries, for any Linux of this processor. With musl where its target can be had (rustup)
# and a compiler of C for it is there (musl-gcc), else with glibc, linked statically: nothing here asks the C library for names or
# users, which is what static glibc cannot do.
#
#   .ci/static.sh [CARGO_OPTION...]      prints the path of the binary
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/rxstrata-target}"
host=$(rustc -vV | sed -n 's/^host: //p')
target=${host/-gnu/-musl}
has_target() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }
if ! has_target && command -v rustup >/dev/null; then
  timeout 180 rustup target add "$target" >&2 || true
fi
if ! has_target || ! command -v musl-gcc >/dev/null; then
  echo "static: no musl target or no musl-gcc here: static glibc" >&2
  target=$host
  export RUSTFLAGS="-C target-feature=+crt-static"
fi
cargo build --release --workspace --locked --target "$target" "$@" >&2
binary=$CARGO_TARGET_DIR/$target/release/rxstrata
if ldd "$binary" 2>/dev/null | grep -q '=>'; then
  echo "static: $binary needs shared libraries:" >&2
  ldd "$binary" >&2
  exit 1
fi
echo "static: $(stat -c %s "$binary" | awk '{ printf "%.1f MB", $1 / 1e6 }'), no shared library ($target)" >&2
echo "$binary"
