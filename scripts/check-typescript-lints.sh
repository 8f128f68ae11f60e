#!/usr/bin/env bash
# oxlint finds nothing in TypeScript and scripts.
set -euo pipefail
cd "$(dirname "$0")/.."
node node_modules/oxlint/bin/oxlint --deny-warnings src __test__ bench examples scripts
