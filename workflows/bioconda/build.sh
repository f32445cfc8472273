#!/bin/bash
set -euo pipefail
cargo-bundle-licenses --format yaml --output THIRDPARTY.yml
cargo install --locked --no-track --root "$PREFIX" --path pipeline
mkdir -p "$PREFIX/share/man/man1" "$PREFIX/share/bash-completion/completions"
"$PREFIX/bin/rxstrata" man -o "$PREFIX/share/man/man1"
"$PREFIX/bin/rxstrata" completions bash >"$PREFIX/share/bash-completion/completions/rxstrata"
