/** Why a piece of JavaScript cannot be compiled: each completes "name cannot be compiled (line 1, column 8): …". */
export const reasons = {
  // what the source is
  proxy: 'it is a Proxy, which has no source: give the function itself',
  bound:
    'it is a bound function, which has no source: give the function that was bound, and the bound values in bindings',
  native:
    'it is built in and has no source: write a function that computes it with operators and functions of Math, (x) => …',
  class: 'it is a class: a kernel is a function of numbers',
  generator: 'it is a generator: a kernel returns one number',
  async: 'it is async: a kernel returns a number, and kernel.async() computes without blocking',
  noParameters: 'it has no parameter: a kernel needs one array at least',
  noIndex: 'its last parameter would be the index ({ index: true }), which leaves it no array: declare (x, i) =>',
  freeNames: (names: readonly string[]) =>
    names.length === 0
      ? 'it is an expression without a free name: write one, as in 3*x*x + 1'
      : `it is an expression of the names ${names.join(', ')}, whose order is open: write a function, (${names.join(', ')}) => …`,

  // values
  string: 'it uses a string, and a kernel computes with numbers',
  regularExpression: 'it uses a regular expression, and a kernel computes with numbers',
  object: 'it uses an object where a number is needed',
  list: 'it uses an array where a number is needed',
  function: 'it uses a function where a number is needed',
  table: (name: string) => `it uses the bound array "${name}" where a number is needed: read an element, ${name}[i]`,
  resultIs: (what: string) => `it returns ${what}, and a kernel returns a number or a boolean`,
  mixed: 'which kind of value it has here depends on the elements, and it is not a number in every case',
  booleanOrNumber: 'it compares a value that may be a boolean or a number, which only each element tells',
  maybeUndefined:
    'it compares a value that may be undefined, which a compiled kernel cannot tell from NaN (a read of a bound array is undefined out of range): test the index instead',
  maybeNull: 'it compares a value that may be null, which a compiled kernel cannot tell from 0',
  bigint: 'it uses bigints beside numbers, and a kernel computes with one of them',
  bigintOperator: (operator: string) =>
    `it uses ${operator} on bigints, which does not commute with the wrapping of 64-bit arrays; + - * & | ^ ~ and << by a constant do`,
  bigintCondition: 'its course depends on the values of bigints, which only numbers may do in a compiled kernel',
  bigintLane:
    'its course depends on an index, an element or a bound value, which a kernel of bigints cannot compute with',
  bigintError: (message: string) => `it throws in JavaScript: ${message}`,
  numberKernel: 'it computes with numbers, and its operands are bigints',
  bigintKernel: 'it computes with bigints, and its operands are numbers',

  // names
  impure: (name: string) => `it uses ${name}, which is not a pure function of numbers`,
  strings: (name: string) => `it uses ${name}, which works on strings`,
  random: 'it uses Math.random, whose values cannot be repeated: pass an array of random numbers as an operand',
  noMember: (object: string, name: string) => `${object}.${name} does not exist in this version of Node`,
  computedMember: (object: string) => `it reads a member of ${object} whose name is not constant`,
  undeclared: (name: string) => `it uses "${name}" where it is not declared`,
  uninitialized: (name: string) => `it reads "${name}" before its declaration, which throws in JavaScript`,
  constant: (name: string) => `it assigns to the constant "${name}", which throws in JavaScript`,
  binding: (name: string) => `it assigns to "${name}", which is bound from outside`,
  this: 'it uses this, which a kernel does not have',
  arguments: 'it uses arguments, and a kernel has a fixed number of parameters',

  blockFunction: (name: string) =>
    `it declares the function "${name}" in a block and uses the name outside of it, where sloppy and strict code mean different functions: declare it outside, or write 'use strict' in the function`,
  labelledFunction: 'it declares a function behind a label, which strict code does not have',

  // calls
  notCallable: 'it calls something that is no function known here',
  member: (name: string) => `it reads the member "${name}" of a value, and a kernel computes with numbers`,
  recursion: (name: string) =>
    `${name === '' ? 'a function' : `"${name}"`} calls itself, and a compiled kernel has no recursion: write a loop with constant bounds`,
  depth: (limit: number) => `its calls nest deeper than ${limit}`,
  spread: 'it spreads something else than an array written here',
  restParameter: 'it has a rest parameter, and a kernel has a fixed number of parameters',
  pattern: 'a parameter of a kernel is a number, which cannot be taken apart',
  destructuring: 'it takes apart something else than an array or object written here',
  key: 'it uses a key that is not constant',

  // statements
  dataDependentLoop:
    'whether this loop goes on depends on the elements, or on a bound array. Loops with constant bounds are compiled; data-dependent ones are not, yet',
  unrolled: 'its loops unroll to more than a compiled kernel may have: lower their bounds',
  tooMuch:
    'what it calls and spreads comes to more than a compiled kernel may have: call fewer functions in one another, or split it',
  write: 'it writes a property or an element, and a kernel changes nothing but its own variables',
  statement: (what: string) => `it uses ${what}, which has no meaning for single elements`,
  operator: (what: string) => `it uses ${what}, which does not compute a number`,
  syntax: (what: string) => `it uses ${what}, which is not compiled`,

  // bounds
  nesting: 'it is nested too deeply to be compiled: split it into functions, or into statements one after the other',
  limit: (what: string, limit: number) =>
    `it needs more than ${limit} ${what}, the bound of a compiled kernel: split it`,

  // bindings
  kernelOperand: (name: string) =>
    `it calls the kernel "${name}" with something else than a number for each operand, which is an error in JavaScript`,
  kernelIndex: (name: string) => `whether the index of the kernel "${name}" is a number depends on the elements`,
  boundFunction: (name: string, reason: string) => `the bound function "${name}" cannot be compiled: ${reason}`,
} as const
