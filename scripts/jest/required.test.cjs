// By require(), which jest has for ES modules on Node 24.9 and later.
test('a kernel runs', () => {
  const { square } = require('corepool')
  expect([...square(Float64Array.of(3))]).toEqual([9])
})
