/**
 * Linux no longer ends a child with its parent from the moment on when the child changes its user or group: what the parent has asked
 * for is withdrawn then. So whatever changes them has a thread look from there on.
 */
import { builtinModule } from './builtin-module.ts'
import { threadFile } from './parent-watch.ts'

// Not imported: see channel.ts.
const { process } = globalThis
const { apply } = Reflect

const changes = ['setegid', 'seteuid', 'setgid', 'setuid'] as const

let isWrapped = false

/** Calls `watch` before the first change of this process's user or group, with the program of a thread that looks. */
export function beforeCredentialsChange(watch: (program: URL) => void): void {
  // A spare comes here twice, with the same parent.
  if (isWrapped) return
  isWrapped = true
  let isWatched = false
  for (const name of changes) {
    const change = process[name]
    if (change === undefined) continue
    process[name] = (...given) => {
      if (!isWatched) watch(threadProgram())
      isWatched = true
      return apply(change, process, given)
    }
  }
}

/** Its text rather than its file: the thread boots while the change is made, after which the file may be out of reach. */
function threadProgram(): URL {
  try {
    const text = builtinModule('node:fs').readFileSync(threadFile, 'utf8')
    return new URL(`data:text/javascript,${encodeURIComponent(text)}`)
  } catch {
    return threadFile
  }
}
