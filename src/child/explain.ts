/** What to say of an error that a global explains: it is not what the target's file imports under its name. See mistaken-globals.ts. */
import { sawGlobal } from '../errors/index.ts'

/** What V8 and Node say of a value that is not what the code took it for. */
const complaint =
  / is not (?:a function|a constructor|iterable)\b|^Cannot read prop|argument must be|^Constructor \w+ req/

/** Says so in the message of `error`, where that is likely. */
export function explain(error: unknown, imported: readonly string[]): void {
  try {
    if (!(error instanceof TypeError) || !complaint.test(error.message)) return
    const { message, stack = '' } = error
    const name = imported.find((one) => mentions(one).test(message) || calls(one).test(stack)) ?? imported[0]
    if (name === undefined) return
    error.message = `${message.replace(/\.$/, '')}. ${sawGlobal(name)}`
    error.stack = stack.replace(message, () => error.message)
  } catch {
    // It cannot be changed, or not even looked at: it stays as it is.
  }
}

const mentions = (name: string): RegExp => new RegExp(`(?<![\\w$.])${name}(?![\\w$])`)

/** The place where it was thrown lies in Node, in the function of that name. */
const calls = (name: string): RegExp => new RegExp(`^[^\\n]*\\n\\s+at (?:new |async )?${name} \\(node:`, 'm')
