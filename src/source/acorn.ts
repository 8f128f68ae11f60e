/** The parser, loaded at first use: importing the package must not load it. */
import { createRequire } from 'node:module'
import type * as Acorn from 'acorn'

let loaded: typeof Acorn | undefined

export function acorn(): typeof Acorn {
  loaded ??= createRequire(import.meta.url)('acorn') as typeof Acorn
  return loaded
}
