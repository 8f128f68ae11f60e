/** A module with next to nothing in it. */
export const isNative = false
