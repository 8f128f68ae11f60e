#!/usr/bin/env bash
# ThreadSanitizer finds no race in the pool's stress test, and finds those that are put in. It sees only what is compiled with it,
# and the standard library is not: crates/pool/tests/thread-sanitizer.supp says what it takes for races there.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/seeded-copy.sh
source scripts/nightly.sh

export RUSTFLAGS='-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer'
export CARGO_TARGET_DIR="$PWD/target/thread-sanitizer"
export TSAN_OPTIONS="halt_on_error=1:suppressions=$PWD/crates/pool/tests/thread-sanitizer.supp"
# Optimised, for more rounds; with lines, for the reports.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_STRIP=none
export CARGO_PROFILE_RELEASE_DEBUG=line-tables-only

stress=(cargo +nightly test --quiet --release --target "$target" -p corepool-pool --test stress)
for _ in 1 2 3; do "${stress[@]}" --locked; done

found=0
# fault NAME FILE OLD NEW
fault() {
  seed "$2" "$3" "$4"
  local output
  "${stress[@]}" --offline --manifest-path "$seeded/Cargo.toml" --no-run
  if output=$(timeout 120 "${stress[@]}" --offline --manifest-path "$seeded/Cargo.toml" 2>&1) ||
    ! grep -q 'WARNING: ThreadSanitizer: data race' <<<"$output"; then
    echo "NOT FOUND: $1" >&2
    tail -40 <<<"$output" >&2
    return 1
  fi
  echo "found: $1"
  found=$((found + 1))
}

fault 'a job is published without Release' ticket.rs \
  'u64::from(chunks), Ordering::Release)' 'u64::from(chunks), Ordering::Relaxed)'
fault 'helpers report chunks without Release' fork_join.rs \
  'fetch_add(ran, Ordering::Release)' 'fetch_add(ran, Ordering::Relaxed)'
fault 'the caller looks at what is done without Acquire' fork_join.rs \
  'self.done.load(Ordering::Acquire)' 'self.done.load(Ordering::Relaxed)'
fault 'chunks of a submitted job are counted without ordering' submission.rs \
  'fetch_add(more, Ordering::AcqRel)' 'fetch_add(more, Ordering::Relaxed)'

echo "thread sanitizer: the stress test is clean, and each of $found faults is reported"
