/** Which runtime this is, and what stands between it and the program: by what it says itself, since objects may inherit any name. */
export function runsOn(name: 'bun' | 'deno' | 'electron' | 'pnp'): boolean {
  return Object.hasOwn(process.versions, name)
}
