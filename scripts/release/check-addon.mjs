/**
 * Whether an addon is what its name says: built for that processor and C library, needing no library that a bare system lacks and
 * no newer glibc than promised. A right-named package with a wrong addon inside is a fault that users of other packages have met.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { GLIBC_FLOOR, targets } from './targets.mjs'

/** Bytes that an addon may have. It is some 0.8 MB; what makes it twice that is a mistake in the profile. */
const BUDGET = 2_000_000

function read(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  return stdout
}

const newest = (versions) => versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)

/** What a library of each C library may need. zig's glibc of old has its parts apart. */
const allowed = {
  glibc:
    /^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|librt\.so\.1|libgcc_s\.so\.1|ld-linux-(x86-64|aarch64)\.so\.[12])$/,
  musl: /^(libc\.so|libc\.musl-(x86_64|aarch64)\.so\.1|libgcc_s\.so\.1)$/,
}

function checkElf(addon, { cpu, libc }) {
  const machine = /Machine:\s+(.*)/.exec(read('readelf', '--file-header', addon))?.[1]
  const expected = { x64: 'Advanced Micro Devices X86-64', arm64: 'AArch64' }[cpu]
  if (machine !== expected) throw new Error(`${addon} is for ${machine}, not for ${expected}`)
  const needed = [...read('readelf', '--dynamic', '--wide', addon).matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(
    ([, name]) => name,
  )
  const foreign = needed.filter((name) => !allowed[libc].test(name))
  if (foreign.length > 0 || needed.length === 0)
    throw new Error(`${addon} needs ${needed.join(', ') || 'no C library'}`)
  const versions = [...read('readelf', '--version-info', '--wide', addon).matchAll(/GLIBC_([\d.]+)/g)].map(
    ([, one]) => one,
  )
  if (libc === 'musl') {
    if (versions.length > 0) throw new Error(`${addon} is for musl, and needs glibc ${newest(versions)}`)
    return 'musl'
  }
  const floor = newest(versions)
  if (newest([floor, GLIBC_FLOOR]) !== GLIBC_FLOOR) {
    throw new Error(`${addon} needs glibc ${floor}: at most ${GLIBC_FLOOR} was promised`)
  }
  return `glibc ${floor} or newer`
}

/** The processor that a library of macOS (Mach-O) or Windows (PE) says in its first bytes; undefined: it is neither. */
function processorOf(bytes, os) {
  if (os === 'darwin') {
    const isMachO = bytes.readUInt32LE(0) === 0xfeedfacf
    return isMachO ? { 0x01000007: 'x64', 0x0100000c: 'arm64' }[bytes.readUInt32LE(4)] : undefined
  }
  const header = bytes.readUInt32LE(0x3c)
  const isPe = bytes.toString('latin1', 0, 2) === 'MZ' && bytes.toString('latin1', header, header + 4) === 'PE\0\0'
  return isPe ? { 0x8664: 'x64', 0xaa64: 'arm64' }[bytes.readUInt16LE(header + 4)] : undefined
}

/** Elsewhere than on Linux; needs no tool of that system, so that packages of all systems can be checked on one. */
function checkOther(addon, { os, cpu }) {
  const found = processorOf(readFileSync(addon), os)
  if (found !== cpu) throw new Error(`${addon} is for ${found ?? `no processor of ${os}`}, not for ${cpu}`)
  return os
}

/**
 * @param {string} addon a path
 * @param {string} platform of scripts/release/targets.mjs
 * @returns {string} one line for display
 * @throws when it is not what it should be
 */
export function checkAddon(addon, platform) {
  const target = targets[platform]
  const bytes = statSync(addon).size
  if (bytes > BUDGET) throw new Error(`${addon} has ${bytes} bytes, of at most ${BUDGET}`)
  const needs = target.os === 'linux' ? checkElf(addon, target) : checkOther(addon, target)
  return `addon for ${platform}: ${bytes} bytes of ${BUDGET}; ${target.cpu}, ${needs}`
}
