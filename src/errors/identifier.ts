/** Which texts JavaScript takes for names. */

/**
 * True for the form of an identifier; reserved words have it, too. No literal: V8 looks up its sets of Unicode where it first reads
 * one, which would cost each start of a child half a millisecond.
 */
export function isIdentifier(text: string): boolean {
  return new RegExp('^[\\p{ID_Start}$_][\\p{ID_Continue}$]*$', 'u').test(text)
}
