/** How loading can fail: what was seen, before anybody asks why. */

/** Plain JavaScript was asked for; no addon was found, or none could be from a program's bundle; or one was, and does not load. */
export type Failure =
  | { readonly kind: 'declined' }
  | { readonly kind: 'bundled'; readonly file: string }
  | { readonly kind: 'unfound'; readonly error: unknown }
  | { readonly kind: 'unloadable'; readonly path: string; readonly error: unknown }

/** The addon loaded, and was made for another version of this package, or is none of its addons. */
export class WrongAddon extends Error {
  /** Its version; undefined: it has none. */
  readonly found: string | undefined

  constructor(found: string | undefined) {
    super(found === undefined ? 'it is no addon of corepool' : `its version is ${found}`)
    this.found = found
  }
}

/** The file is shorter than it says: the system's loader would touch what is not there. */
export class CutShort extends Error {
  constructor() {
    super('the file is cut short')
  }
}
