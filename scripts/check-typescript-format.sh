#!/usr/bin/env bash
# TypeScript and scripts are formatted as oxfmt formats them.
set -euo pipefail
cd "$(dirname "$0")/.."
node node_modules/oxfmt/bin/oxfmt --check src __test__ bench examples scripts ./*.ts ./.dependency-cruiser.cjs
