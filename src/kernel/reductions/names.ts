/** The methods of a kernel that reduce. Apart from what they do, which is loaded at the first call of one. */
export const reductionNames = [
  'sum',
  'mean',
  'variance',
  'std',
  'norm',
  'min',
  'max',
  'argMin',
  'argMax',
  'count',
  'any',
  'all',
  'prod',
] as const

export type ReductionName = (typeof reductionNames)[number]
