/** The platforms for which an addon is published. package.json lists the same triples, for @napi-rs/cli. */

const row = (triple, os, cpu, libc) => ({ triple, os, cpu, libc })

/** By the end of the package's name: `@corepool/binding-linux-x64-gnu`. `libc` as npm writes it; absent but on Linux. */
export const targets = {
  'linux-x64-gnu': row('x86_64-unknown-linux-gnu', 'linux', 'x64', 'glibc'),
  'linux-x64-musl': row('x86_64-unknown-linux-musl', 'linux', 'x64', 'musl'),
  'linux-arm64-gnu': row('aarch64-unknown-linux-gnu', 'linux', 'arm64', 'glibc'),
  'linux-arm64-musl': row('aarch64-unknown-linux-musl', 'linux', 'arm64', 'musl'),
  'darwin-x64': row('x86_64-apple-darwin', 'darwin', 'x64'),
  'darwin-arm64': row('aarch64-apple-darwin', 'darwin', 'arm64'),
  'win32-x64-msvc': row('x86_64-pc-windows-msvc', 'win32', 'x64'),
  'win32-arm64-msvc': row('aarch64-pc-windows-msvc', 'win32', 'arm64'),
}

/** The newest glibc that an addon may need: that of CentOS 7, and older than any that Node 20 runs on. */
export const GLIBC_FLOOR = '2.17'

export const packageOf = (platform) => `@corepool/binding-${platform}`
export const fileOf = (platform) => `corepool.${platform}.node`

/** The platform of this machine, as far as it is in the table. */
export function platformHere() {
  const isMusl = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined
  const libc = process.platform === 'linux' ? (isMusl ? 'musl' : 'glibc') : undefined
  const found = Object.entries(targets).find(
    ([, { os, cpu, libc: wanted }]) => os === process.platform && cpu === process.arch && wanted === libc,
  )
  if (found === undefined) throw new Error(`no addon is published for ${process.platform}-${process.arch}`)
  return found[0]
}
