/** A program that imports the package: prints the milliseconds from its start until that is done. */
import { isNative } from 'corepool'

process.stdout.write(`${performance.now()} ${isNative}`)
