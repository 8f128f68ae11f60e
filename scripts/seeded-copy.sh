# For checks that must show that they would find a fault: a copy of the pool's sources with one put in. To be sourced, from the
# root of the repository.

# The copy, a workspace of crates/pool and crates/topology; gone when the script ends.
seeded=$(mktemp -d)
trap 'rm -rf "$seeded"' EXIT

# seed FILE OLD NEW: makes the copy, in which the text OLD of crates/pool/src/FILE, which must occur there once, is NEW.
seed() {
  local file="$seeded/crates/pool/src/$1" text rest
  rm -rf "$seeded/crates"
  mkdir "$seeded/crates"
  cp -r crates/pool crates/topology "$seeded/crates"
  # Another version, so that a target folder that both share keeps what it builds of the copy apart from the real thing.
  sed -e 's/^members = .*/members = ["crates\/*"]/' -e 's/^version = .*/version = "0.0.0-seeded"/' Cargo.toml >"$seeded/Cargo.toml"
  cp Cargo.lock "$seeded"
  text=$(<"$file")
  rest=${text/"$2"/}
  if [[ $rest == "$text" || ${rest/"$2"/} != "$rest" ]]; then
    echo "no fault can be put into crates/pool/src/$1: this does not occur there once: $2" >&2
    return 1
  fi
  printf '%s\n' "${text/"$2"/"$3"}" >"$file"
}
