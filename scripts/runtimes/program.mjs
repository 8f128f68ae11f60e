// What every runtime must do: kernels of each kind with the values of plain JavaScript, and a function in another process.
import { kernel, Process, square, sum } from 'corepool'

const xs = Float64Array.from({ length: 100_000 }, (_, i) => i / 7)
const curve = (x) => (x > 100 ? 3 * x * x - 1 : -x)
const isSame = (ys, f) => ys.every((y, i) => Object.is(y, f(xs[i])))
const squares = square(xs)
const later = await square.async(xs)
const areRight =
  isSame(squares, (x) => x * x) &&
  isSame(later, (x) => x * x) &&
  isSame(kernel(curve)(xs), curve) &&
  square.sum(xs) === sum(squares)
console.log(`values: ${areRight ? 'right' : 'WRONG'}`)

const p = new Process({ target: (n) => [n * n, process.pid], args: [7] })
p.start()
const [value, pid] = await p.result
await p.join()
console.log(`process: ${value} from ${pid === process.pid ? 'THIS' : 'another'} pid, exit code ${p.exitCode}`)
