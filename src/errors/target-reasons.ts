/** Why a target runs where it does: what explain() says. */
export const targetReasons = {
  kernel: 'It is a kernel.',
  compiles: 'It can be compiled, and is by the verbs that work element by element over typed arrays.',
  native: (operations: number, simd: string) =>
    `It runs on the native pool: ${operations} operation${operations === 1 ? '' : 's'} an element, ${simd}.`,
  module: 'It is an export of a module, which a child process imports.',
  function: 'It runs in a child process.',
  noArray:
    'Only the elements of typed arrays are computed natively; the sample is something else, and goes to child processes.',
  unsendable: (message: string) => `Nor can it run in a child process: ${message}`,
} as const
