/** A program that imports an empty module: prints the milliseconds from its start until that is done. */
import { isNative } from './nothing.ts'

process.stdout.write(`${performance.now()} ${isNative}`)
