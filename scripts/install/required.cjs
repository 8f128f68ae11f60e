// The same package by `require`.
const { isNative, square, Process } = require('corepool')

const p = new Process({ target: (n) => n * n, args: [12] })
p.start()
p.result.then((value) => console.log(JSON.stringify({ isNative, squares: [...square(Float64Array.of(3, 4))], value })))
