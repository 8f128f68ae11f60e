#!/usr/bin/env bash
# The generated loops are what their generator writes.
set -euo pipefail
cd "$(dirname "$0")/.."
node scripts/generate-loops.mjs --check
node scripts/generate-program-loops.mjs --check
