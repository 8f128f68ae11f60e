// Each target runs in a process of its own, with an id of its own.
import { Process } from 'corepool'

function worker1() {
  console.log(`ID of process running worker1: ${process.pid}`)
}

function worker2() {
  console.log(`ID of process running worker2: ${process.pid}`)
}

console.log(`ID of main process: ${process.pid}`)

const p1 = new Process({ target: worker1 })
const p2 = new Process({ target: worker2 })

p1.start()
p2.start()

console.log(`ID of process p1: ${p1.pid}`)
console.log(`ID of process p2: ${p2.pid}`)

await p1.join()
await p2.join()

console.log('Both processes finished execution!')

console.log(`Process p1 is alive: ${p1.isAlive()}`)
console.log(`Process p2 is alive: ${p2.isAlive()}`)
