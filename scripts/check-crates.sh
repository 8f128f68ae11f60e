#!/usr/bin/env bash
# cargo-deny finds nothing in the crates (deny.toml): `scripts/check-crates.sh licenses bans sources advisories`. Advisories come from outside,
# and building cargo-deny takes minutes: the workflow runs this, .ci/run runs scripts/check-dependencies.mjs.
set -euo pipefail
cd "$(dirname "$0")/.."
tools="$PWD/build/cargo"
version=0.20.2
if [[ "$("$tools/bin/cargo-deny" --version 2>/dev/null || true)" != "cargo-deny $version" ]]; then
  cargo install --quiet --locked --root "$tools" "cargo-deny@$version"
fi
# --locked: what is judged is what is built.
"$tools/bin/cargo-deny" --locked --all-features check "$@"
