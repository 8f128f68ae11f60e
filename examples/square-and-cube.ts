// Two processes work on the same number; the main program waits for both.
import { Process } from 'corepool'

function printSquare(num: number) {
  console.log(`Square: ${num * num}`)
}

function printCube(num: number) {
  console.log(`Cube: ${num * num * num}`)
}

const p1 = new Process({ target: printSquare, args: [10] })
const p2 = new Process({ target: printCube, args: [10] })

p1.start()
p2.start()

await p1.join()
await p2.join()

console.log('Done!')
