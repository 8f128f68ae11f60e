/**
 * What the first bytes of a Linux addon tell: for which processor it is, and whether the file goes as far as it says. A file that
 * was cut short must never be opened as a library: the loader of the system maps what is not there, and the process dies of SIGBUS.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** An ELF file, as its header describes it. */
export interface Elf {
  /** As `process.arch` names it; `machine N` where Node has no name for it. */
  readonly arch: string
  /** False: the file is shorter than its header says. */
  readonly isWhole: boolean
}

const HEADER = 64

/** The field e_machine, as Node names it. */
const architectures: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
}

/**
 * Reads the header of a file.
 * @returns null where it is no 64-bit little-endian ELF file
 * @throws what the file system says: `ENOENT`, `EACCES`, …
 */
export function readElf(path: string): Elf | null {
  const file = openSync(path, 'r')
  try {
    const header = new DataView(new ArrayBuffer(HEADER))
    const size = fstatSync(file).size
    if (readSync(file, header, 0, HEADER, 0) < HEADER) return null
    // 0x7F "ELF", then class 2 (64 bits) and data 1 (little-endian).
    if (header.getUint32(0) !== 0x7f454c46 || header.getUint16(4) !== 0x0201) return null
    const machine = header.getUint16(18, true)
    // The section headers are the last thing in the file, as every linker writes it.
    const end = Number(header.getBigUint64(40, true)) + header.getUint16(58, true) * header.getUint16(60, true)
    return { arch: architectures[machine] ?? `machine ${machine}`, isWhole: end <= size }
  } finally {
    closeSync(file)
  }
}
