// Arguments on which the functions of Math are compared: random ones from each documented domain, random bit patterns, and
// witnesses: the values at which an algorithm changes its branch, with their neighbours. The same in every run.

const SETS = {
  abs: [[-4, 4]],
  acos: [[-1, 1]],
  acosh: [
    [1, 10],
    [1, 1e9],
  ],
  asin: [[-1, 1]],
  asinh: [
    [-4, 4],
    [-1e9, 1e9],
  ],
  atan: [
    [-4, 4],
    [-1e3, 1e3],
  ],
  atanh: [[-1, 1]],
  cbrt: [
    [-4, 4],
    [-1e300, 1e300],
  ],
  ceil: [[-1e3, 1e3]],
  clz32: [
    [-1e10, 1e10],
    [0, 1e3],
  ],
  cos: [
    [-4, 4],
    [-100, 100],
    [-8.2e5, 8.2e5],
    [-1e15, 1e15],
  ],
  cosh: [
    [-1, 1],
    [-4, 4],
    [-708, 708],
  ],
  exp: [
    [-1, 1],
    [-4, 4],
    [-746, 710],
  ],
  expm1: [
    [-1, 1],
    [-4, 4],
    [-708, 710],
  ],
  f16round: [
    [-4, 4],
    [-7e4, 7e4],
    [-1e-4, 1e-4],
  ],
  floor: [[-1e3, 1e3]],
  fround: [
    [-4, 4],
    [-1e39, 1e39],
    [-1e-37, 1e-37],
  ],
  log: [
    [0, 10],
    [0.5, 2],
    [0, 1e300],
  ],
  log10: [
    [0, 10],
    [0.5, 2],
    [0, 1e300],
  ],
  log1p: [
    [-1, 10],
    [-0.5, 1],
    [0, 1e300],
  ],
  log2: [
    [0, 10],
    [0.5, 2],
    [0, 1e300],
  ],
  round: [
    [-1e3, 1e3],
    [-5e15, 5e15],
  ],
  sign: [[-1, 1]],
  sin: [
    [-4, 4],
    [-100, 100],
    [-8.2e5, 8.2e5],
    [-1e15, 1e15],
  ],
  sinh: [
    [-1, 1],
    [-4, 4],
    [-711, 711],
  ],
  sqrt: [[0, 10]],
  tan: [
    [-4, 4],
    [-100, 100],
    [-8.2e5, 8.2e5],
    [-1e15, 1e15],
  ],
  tanh: [
    [-4, 4],
    [-30, 30],
  ],
  trunc: [[-1e3, 1e3]],
  '%': [
    [
      [-100, 100],
      [-10, 10],
    ],
    [
      [-1e300, 1e300],
      [-1, 1],
    ],
    [
      [-1e9, 1e9],
      [-1, 1],
    ],
  ],
  pow: [
    [
      [0, 10],
      [-4, 4],
    ],
    [
      [0, 2],
      [-1e3, 1e3],
    ],
    [[-100, 100], 'whole'],
    [[0, 10], 'halves'],
  ],
  min: [
    [
      [-1, 1],
      [-1, 1],
    ],
  ],
  max: [
    [
      [-1, 1],
      [-1, 1],
    ],
  ],
  imul: [
    [
      [-1e10, 1e10],
      [-1e10, 1e10],
    ],
  ],
  atan2: [
    [
      [-4, 4],
      [-4, 4],
    ],
    [
      [-1e-3, 1e-3],
      [-1e3, 1e3],
    ],
  ],
  hypot: [
    [
      [-4, 4],
      [-4, 4],
    ],
    [
      [-1e300, 1e300],
      [-1e200, 1e200],
    ],
  ],
}

/** Names of the functions, Math's and `%`; `pow` is `**` too. */
export const names = Object.keys(SETS)

export const takesTwo = (name) => Array.isArray(SETS[name][0][0])

/** JavaScript's own function of that name. */
export const functionOf = (name) => (name === '%' ? (x, y) => x % y : Math[name])

const view = new DataView(new ArrayBuffer(8))
const toBits = (value) => (view.setFloat64(0, value), view.getBigUint64(0))
const fromBits = (bits) => (view.setBigUint64(0, BigInt.asUintN(64, bits)), view.getFloat64(0))

/** Uniform numbers of [0, 1) with 53 bits, from one of 2^32 seeds (two steps of mulberry32 each). */
export function randomFrom(seed) {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
  const uniform = () => (next() * 2097152 + (next() >>> 11)) / 9007199254740992
  return { next, uniform }
}

function fill(values, stride, at, domain, random) {
  if (domain === 'whole') {
    for (let i = at; i < values.length; i += stride) values[i] = Math.floor(random.uniform() * 41) - 20
  } else if (domain === 'halves') {
    for (let i = at; i < values.length; i += stride) values[i] = Math.floor(random.uniform() * 13) / 2 - 3
  } else if (domain === 'bits') {
    const words = new Uint32Array(values.buffer)
    for (let i = at; i < values.length; i += stride) {
      words[2 * i] = random.next()
      words[2 * i + 1] = random.next()
    }
  } else {
    const [from, to] = domain
    for (let i = at; i < values.length; i += stride) values[i] = from + (to - from) * random.uniform()
  }
}

/** Values of conformance set V1: where arithmetic has its edges. */
const EDGES = [
  0,
  5e-324,
  2.2250738585072014e-308,
  1 - 2 ** -53,
  1,
  1 + 2 ** -52,
  0.49999999999999994,
  0.5,
  1.5,
  2,
  2.5,
  3,
  10,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 0.5,
  2 ** 51,
  2 ** 52 + 0.5,
  2 ** 53 - 1,
  2 ** 53,
  1e20,
  1e300,
  Number.MAX_VALUE,
  Infinity,
]
  .flatMap((value) => [value, -value])
  .concat(NaN)

function* around(value, ulps) {
  const bits = toBits(value)
  for (let ulp = -ulps; ulp <= ulps; ulp++) yield fromBits(bits + BigInt(ulp))
}

/** High words at which fdlibm's functions change their branch; as doubles with a low word of 0. */
const THRESHOLDS = [
  0x3c600000, 0x3c800000, 0x3c900000, 0x3e200000, 0x3e300000, 0x3e400000, 0x3fd2bec5, 0x3fd33333, 0x3fd62e42,
  0x3fd62e43, 0x3fda827a, 0x3fdc0000, 0x3fe00000, 0x3fe59428, 0x3fe60000, 0x3fe90000, 0x3fe90001, 0x3fe921fb,
  0x3fe921fc, 0x3fef3333, 0x3fefffff, 0x3ff00000, 0x3ff00001, 0x3ff0a2b2, 0x3ff30000, 0x3ff3988f, 0x3ff6147a,
  0x3ff6a09c, 0x3ff6a09e, 0x3ff6b852, 0x3ff921fb, 0x3ff921fc, 0x3ffbb67a, 0x3ffffffe, 0x3fffffff, 0x40000000,
  0x40000001, 0x4002d97c, 0x40038000, 0x40360000, 0x4043687a, 0x40862e42, 0x408633ce, 0x413921fb, 0x413921fc,
  0x41b00000, 0x41b00001, 0x41e00000, 0x43400000, 0x43f00000, 0x44100000,
].map((word) => fromBits(BigInt(word) << 32n))

/** Values of conformance set V2, for functions of one argument. */
export function witnesses() {
  const values = [...EDGES]
  for (let k = 1; k <= 10_000; k++) values.push(...around((k * Math.PI) / 4, 3))
  for (let k = -1074; k <= 1023; k++) values.push(...around(2 ** k, 2))
  for (let k = 1; k <= 2_200; k++) values.push(...around((k * Math.LN2) / 2, 3))
  for (const value of THRESHOLDS) values.push(...around(value, 3))
  const limits = [
    709.782712893384, 745.1332191019411, 708.3964185322641, 710.4758600739439, 709.436139303, 38.816242, 22,
  ]
  for (const value of [...limits, 0.3, 0.78125, Math.SQRT1_2, Math.SQRT2, 2 ** 19 * (Math.PI / 2)])
    values.push(...around(value, 9))
  for (let k = 1; k <= 60; k++) values.push(...around(1 + 2 ** -k, 2), ...around(1 - 2 ** -k, 2))
  for (let k = -323; k <= 308; k++) values.push(Number(`1e${k}`))
  for (let k = 1; k <= 2_000; k++) values.push(k, k / 2, 1 / k)
  return values.flatMap((value) => [value, -value])
}

/** Pairs of V1 × V1, and small numbers with small exponents. */
export function witnessPairs() {
  const pairs = EDGES.flatMap((x) => EDGES.flatMap((y) => [x, y]))
  const powers = [0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10, 22, 50, 100, 0.1, 1 / 3].flatMap((y) => [y, -y])
  for (let k = -40; k <= 40; k++) for (const y of powers) pairs.push(k, y, k / 8, y, 1 + k * 2 ** -30, y * 2 ** 28)
  for (const x of THRESHOLDS) for (const y of powers) pairs.push(x, y, y, x)
  return pairs
}

/**
 * Arguments of `name`, set by set: each is what it is called and its numbers, two for each result where the function takes two.
 */
export function* argumentsOf(name, count) {
  const two = takesTwo(name)
  const stride = two ? 2 : 1
  const random = randomFrom(0x5eed)
  const set = (...domains) => {
    const values = new Float64Array(count * stride)
    domains.forEach((domain, at) => fill(values, stride, at, domain, random))
    return values
  }
  for (const domain of SETS[name]) {
    const domains = two ? domain : [domain]
    yield [domains.map((each) => (typeof each === 'string' ? each : `[${each}]`)).join(' × '), set(...domains)]
  }
  yield ['random bit patterns', two ? set('bits', 'bits') : set('bits')]
  yield ['witnesses', Float64Array.from(two ? witnessPairs() : witnesses())]
}
