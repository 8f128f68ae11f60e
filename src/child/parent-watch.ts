/**
 * Ends this process with its parent where the system does not: a thread of its own looks whether the parent is still there, so
 * that it sees it even while the target keeps the main thread busy.
 */
import type { ChildTask } from './protocol.ts'

/** What the thread looks for. */
export interface Watched {
  /** A pid. */
  readonly parent: number
  /** The thread of the parent that is to be there too; null: any. */
  readonly thread: number | null
  /** The pid of whoever started this process: the parent, or a program between the two. */
  readonly starter: number
}

/** The program of the thread. */
export const threadFile: URL = new URL('./parent-watch-thread.js', import.meta.url)

/**
 * Starts the thread, which keeps nothing alive; `onFailure` is called, at once or later, where there can be none.
 * @param program what the thread runs, where its file may be out of reach by the time it boots
 */
export function watchParent(
  { pid: parent, thread }: ChildTask['parent'],
  onFailure: () => void,
  program: URL = threadFile,
): void {
  try {
    // Loading it takes 1.5 ms, which a child that the system watches need not wait for.
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    // Nothing that the user preloads runs there a second time.
    // Looked at here and now: while the thread boots the parent may end.
    const watched: Watched = { parent, thread, starter: process.ppid }
    const options = { workerData: watched, execArgv: [], env: {}, stdin: false, stdout: true, stderr: true }
    const worker = new Worker(program, options)
    worker.once('error', onFailure)
    worker.unref()
  } catch {
    // The permission model may allow no threads.
    onFailure()
  }
}
