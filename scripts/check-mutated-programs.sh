#!/usr/bin/env bash
# A million programs with bytes changed, under AddressSanitizer: each is refused, or runs on its own memory only. Then with one check of
# the verifier or of the engine left out at a time, which the sanitizer or an assertion must notice. COREPOOL_MUTATIONS is how many.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/nightly.sh
export COREPOOL_MUTATIONS="${COREPOOL_MUTATIONS:-1000000}"
export ASAN_OPTIONS='detect_leaks=0'

# mutate FOLDER FLAGS: runs the test, with its figures, from a target folder of its own.
mutate() {
  RUSTFLAGS="-Zsanitizer=address $2" CARGO_TARGET_DIR="$PWD/target/mutated-programs/$1" \
    cargo +nightly test --quiet --locked --profile sanitizer --target "$target" -p corepool-kernel --lib -- \
    --exact program::tests::mutated::a_mutated_program_is_refused_or_runs_on_its_own_memory_only --nocapture
}

mutate whole '' | grep 'mutated programs'

found=0
# left_out GUARD REPORT DETAIL: without the check, what it keeps away is reported, and nothing else: a line REPORT, and soon after it
# one with DETAIL.
left_out() {
  local output
  if output=$(mutate "$1" "--cfg corepool_seed=\"$1\"" 2>&1) || ! grep -E -A 6 "$2" <<<"$output" | grep -E "$3" >/dev/null; then
    echo "NOT FOUND: without the check \"$1\" nothing reports: $2, $3" >&2
    tail -40 <<<"$output" >&2
    exit 1
  fi
  echo "found: without the check \"$1\": $(grep -oE "$2" <<<"$output" | head -n 1)"
  found=$((found + 1))
}

# A table that the call does not have.
left_out reference 'panicked at crates/kernel/src/program/evaluation\.rs' 'index out of bounds: the len is [0-9]+ but the index is [0-9]+'
# An element beyond a table: whatever lies there, if anything does.
left_out gather 'AddressSanitizer: (heap-buffer-overflow|heap-use-after-free|SEGV)' 'in gather_as'

echo "mutated programs: $COREPOOL_MUTATIONS were refused or ran safely, and each of $found checks that was left out is noticed"
