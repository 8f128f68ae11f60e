/** The version of this package, which its addon must be of too: what passes between them changes with it. */
export const VERSION = '0.1.0'
