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
for guard in reference gather; do
  if output=$(mutate "$guard" "--cfg corepool_seed=\"$guard\"" 2>&1); then
    echo "NOT FOUND: without the check \"$guard\" nothing is noticed" >&2
    exit 1
  fi
  # A build that failed would notice nothing either.
  if ! grep -qE 'AddressSanitizer|panicked at' <<<"$output"; then
    tail -40 <<<"$output" >&2
    exit 1
  fi
  echo "found: without the check \"$guard\": $(grep -oE 'AddressSanitizer: [a-z-]+|panicked at [^:]+' <<<"$output" | head -n 1)"
  found=$((found + 1))
done

echo "mutated programs: $COREPOOL_MUTATIONS were refused or ran safely, and each of $found checks that was left out is noticed"
