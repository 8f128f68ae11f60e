// A module whose export is a target.
export const double = (n) => 2 * n
