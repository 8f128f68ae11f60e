# For checks by a sanitizer, which need a nightly toolchain. To be sourced; sets `target`, this machine's triple.

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo 'Sanitizers need a nightly toolchain: rustup toolchain install nightly --profile minimal' >&2
  exit 1
fi
target=$(rustc +nightly -vV | sed -n 's/^host: //p')
