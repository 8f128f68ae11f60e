#!/usr/bin/env bash
# Rust sources are formatted as rustfmt formats them.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo fmt --all --check
