#!/usr/bin/env bash
# AddressSanitizer and LeakSanitizer find nothing in the tests of the crates that know nothing of Node, and find what is put in.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/seeded-copy.sh
source scripts/nightly.sh

export RUSTFLAGS='-Zsanitizer=address'
export CARGO_TARGET_DIR="$PWD/target/address-sanitizer"
export ASAN_OPTIONS='detect_stack_use_after_return=1:detect_leaks=1'

tests=(cargo +nightly test --quiet --target "$target" --lib --tests)
"${tests[@]}" --locked -p corepool-topology -p corepool-pool -p corepool-memory -p corepool-kernel

found=0
# fault NAME FILE OLD NEW REPORT TEST…
fault() {
  seed "$2" "$3" "$4"
  local output test=(cargo +nightly test --quiet --target "$target" --offline --manifest-path "$seeded/Cargo.toml" -p corepool-pool "${@:6}")
  "${test[@]}" --no-run
  if output=$(timeout 120 "${test[@]}" 2>&1) || ! grep -qE "$5" <<<"$output"; then
    echo "NOT FOUND: $1" >&2
    tail -40 <<<"$output" >&2
    return 1
  fi
  echo "found: $1"
  found=$((found + 1))
}

fault 'a helper looks at the job after it has reported its chunks' fork_join.rs \
  '        self.done.fetch_add(ran, Ordering::Release);
' '        let work = self.offer.work.with(|offered| unsafe { offered.cast::<Work<'\''static>>().read() });
        self.done.fetch_add(ran, Ordering::Release);
        std::thread::sleep(Duration::from_micros(300));
        assert!(!work.panic.has_happened());
' 'AddressSanitizer: (stack-use-after-return|stack-use-after-scope)' --test stress
fault 'a submitted job is never dropped' submission.rs \
  '_ = caught(|| drop(job));' 'core::mem::forget(job);' \
  'LeakSanitizer: detected memory leaks' --test stress

echo "address sanitizer: the tests are clean, and each of $found faults is reported"
