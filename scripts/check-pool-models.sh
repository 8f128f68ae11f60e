#!/usr/bin/env bash
# The pool's protocols hold in every order of their steps that the model checker tries (crates/pool/src/models.rs), and the
# checker finds faults that are put in: each must make its model fail, for the reason given here.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/seeded-copy.sh

export RUSTFLAGS='--cfg loom'
export CARGO_TARGET_DIR="$PWD/target/loom"
# Optimised, because models run millions of steps; the rest is for a quick build.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true

cargo test --locked -p corepool-pool --lib --release models:: -- --test-threads 2

found=0
# fault NAME FILE OLD NEW MODEL REASON
fault() {
  seed "$2" "$3" "$4"
  local output test=(cargo test --quiet --offline --manifest-path "$seeded/Cargo.toml" -p corepool-pool --lib --release)
  # A copy that does not compile shows nothing.
  "${test[@]}" --no-run
  if output=$(timeout 120 "${test[@]}" "models::$5" 2>&1); then
    echo "NOT FOUND: $1 ($5)" >&2
    return 1
  fi
  if ! grep -qE "$6" <<<"$output"; then
    echo "with the fault '$1' the model $5 failed for another reason than: $6" >&2
    tail -40 <<<"$output" >&2
    return 1
  fi
  echo "found: $1"
  found=$((found + 1))
}

race='Causality violation'
# A thread that looks again and again for what nobody does.
stuck='maximum number of branches'

fault 'a job is published without Release' ticket.rs \
  'u64::from(chunks), Ordering::Release)' 'u64::from(chunks), Ordering::Relaxed)' \
  whoever_claims_a_chunk "$race"
fault 'helpers report chunks without Release' fork_join.rs \
  'fetch_add(ran, Ordering::Release)' 'fetch_add(ran, Ordering::Relaxed)' \
  a_synchronous_job_ends "$race"
fault 'the caller looks at what is done without Acquire' fork_join.rs \
  'self.done.load(Ordering::Acquire)' 'self.done.load(Ordering::Relaxed)' \
  a_synchronous_job_ends "$race"
fault 'who offers work looks at the sleepers without a fence' sleepers.rs \
  'pub(crate) fn after_offering(&self) {
        // SeqCst: pairs with the fence in `sleep`; see the head of this module.
        fence(Ordering::SeqCst);' 'pub(crate) fn after_offering(&self) {' \
  work_that_is_offered 'deadlock; threads'
fault 'chunks of a submitted job are counted without ordering' submission.rs \
  'fetch_add(more, Ordering::AcqRel)' 'fetch_add(more, Ordering::Relaxed)' \
  whoever_counts_the_last_chunk "$race"
fault 'a turn ends without Release' turn.rs \
  'self.0.store(false, Ordering::Release)' 'self.0.store(false, Ordering::Relaxed)' \
  callers_take_turns "$race"
fault 'new threads are not woken for what was submitted before them' pool.rs \
  'crew.wake_for_queue(u32::MAX);
        }' '}' \
  a_job_is_done_although "$stuck"

echo "pool models: every model holds, and each of $found faults makes one fail"
