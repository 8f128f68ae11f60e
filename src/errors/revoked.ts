/** What can be asked of any value: a Proxy that was revoked throws a TypeError whatever it is asked, `Array.isArray` included. */

/** Whether it is an array; undefined of a Proxy that was revoked, or of a Proxy of one. */
function arrayOrNot(value: unknown): boolean | undefined {
  try {
    // Returned, since bundlers leave out a call whose value nobody uses, and which they take for harmless.
    return Array.isArray(value)
  } catch {
    return undefined
  }
}

/** Whether it is a Proxy that was revoked, or a Proxy of one. */
export function isRevoked(value: unknown): boolean {
  return arrayOrNot(value) === undefined
}

/** As `Array.isArray`; false of a Proxy that was revoked. */
export function isArray(value: unknown): value is unknown[] {
  return arrayOrNot(value) === true
}
