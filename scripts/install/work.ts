/** A module of its own: a child that imports it must not start the program again. */
export function double(n: number): number {
  return 2 * n
}
