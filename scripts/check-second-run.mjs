/** A second run of `npm start` or `npm test` that changed nothing starts its work within 3 s: that is, set-up.mjs is done. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LIMIT = 3000
const setUp = fileURLToPath(new URL('set-up.mjs', import.meta.url))
const start = performance.now()
const { status, stderr } = spawnSync(process.execPath, [setUp, '--need-rust'], { encoding: 'utf8' })
const took = Math.round(performance.now() - start)
console.log(`second run: set-up took ${took} ms of ${LIMIT}`)
if (status !== 0 || stderr !== '') console.error(`it was not to do anything, and said: ${stderr}`)
process.exit(status === 0 && stderr === '' && took < LIMIT ? 0 : 1)
