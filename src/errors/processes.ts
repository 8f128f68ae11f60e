/**
 * What can go wrong with a Process: misuse, in Python's sentences, and the ways in which its target ends without a
 * value.
 */
import { UNBUNDLE } from './binding.ts'
import { CorepoolError, ProcessStateError, TargetError, TaskError, ownCode, type WorkerFate } from './classes.ts'

/** `ERR_NOT_STARTED`: `verb` completes "can only …". */
export function notStarted(name: string, verb: string): ProcessStateError {
  return new ProcessStateError('ERR_NOT_STARTED', `${name}: can only ${verb} a started process. Call start() first.`)
}

/** `ERR_ALREADY_STARTED`: a second start(). */
export function alreadyStarted(name: string): ProcessStateError {
  return new ProcessStateError(
    'ERR_ALREADY_STARTED',
    `${name}: cannot start a process twice. Make a new Process for each run.`,
  )
}

/** `ERR_ALREADY_STARTED`: `option` is read by start() and cannot change any more. */
export function startedBefore(name: string, option: string): ProcessStateError {
  return new ProcessStateError(
    'ERR_ALREADY_STARTED',
    `${name}: process has already started. Set "${option}" before start(), or pass it to the constructor.`,
  )
}

/** `ERR_STILL_RUNNING`: close() while the target runs. */
export function stillRunning(name: string): ProcessStateError {
  return new ProcessStateError(
    'ERR_STILL_RUNNING',
    `${name}: Cannot close a process while it is still running. You should first call join() or terminate().`,
  )
}

/** `ERR_CLOSED`: any use after close(). */
export function closed(name: string): ProcessStateError {
  return new ProcessStateError('ERR_CLOSED', `${name}: process object is closed. Read what you need before close().`)
}

/** `ERR_DAEMON_CHILD`: start() inside a daemon. */
export function daemonChild(name: string, parent: string): ProcessStateError {
  return new ProcessStateError(
    'ERR_DAEMON_CHILD',
    `${name}: daemonic processes are not allowed to have children. It was to be started by ` +
      `${parent}, a daemon; start ${parent} with daemon: false.`,
  )
}

/** `ERR_TARGET_LOAD_FAILED`: a module starts a process because a child loads it; `url` is that module. */
export function startedWhileLoading(name: string, url: string): TargetError {
  return new TargetError(
    'ERR_TARGET_LOAD_FAILED',
    `${name}: An attempt has been made to start a new process before the current process has finished its bootstrapping ` +
      `phase. ${url} starts it because a child process loads it, and each child would start the next. ` +
      'Start processes in the main program only, if (parentProcess() === null) { … }, or keep the target in a module of its own.',
  )
}

/** `ERR_NOT_SUPPORTED`: a chain of processes, each started by the one before, that has most likely no end. */
export function nestedTooDeep(name: string, deepest: number): CorepoolError {
  return new CorepoolError(
    'ERR_NOT_SUPPORTED',
    `${name} would be more than ${deepest} processes below the main program. If a module starts it because a child process loads it, ` +
      'let it start processes in the main program only, if (parentProcess() === null) { … }; otherwise start it from a process further up.',
  )
}

/** `ERR_NOT_SUPPORTED`: a single executable application, whose binary runs nothing but itself. */
export function ownProgramOnly(name: string, binary: string): CorepoolError {
  return new CorepoolError(
    'ERR_NOT_SUPPORTED',
    `${name} cannot be started with "${binary}", a single executable application: whatever it is told to run, it would run this program ` +
      'again. Pass the path of a Node binary as execPath.',
  )
}

/** `ERR_NOT_SUPPORTED`: this process is to be a child, and its binary has run this program instead; `variable` tells. */
export function runsInsteadOfChild(name: string, starter: string, variable: string): CorepoolError {
  return new CorepoolError(
    'ERR_NOT_SUPPORTED',
    `${name}: this process was started by process ${starter} to run a target, and its binary, or the program that was given as execPath, ` +
      'runs this program instead, so that each process would start the next. Pass an execPath that runs the file which it is given, as Node ' +
      `does. If this program is no such child, delete the environment variable ${variable}, which it has inherited.`,
  )
}

/** `ERR_NOT_SUPPORTED`: this runtime would leave the flags out without a word. */
export function flagsNotSupported(runtime: string): CorepoolError {
  return new CorepoolError(
    'ERR_NOT_SUPPORTED',
    `execArgv cannot be used on ${runtime}, which gives no flags to the processes that it starts. Leave it out; what the child is to ` +
      'load first can be imported by its target.',
  )
}

/** `ERR_NOT_SUPPORTED`: a kernel runs on this process's pool, and hears nothing while it computes. */
export function kernelHearsNothing(name: string): CorepoolError {
  return new CorepoolError(
    'ERR_NOT_SUPPORTED',
    `${name} runs a kernel, which hears no messages. Pass what it needs in args, or make the target a plain function.`,
  )
}

/** `ERR_SPAWN_FAILED`: the operating system, or Node, did not start the child. */
export function spawnFailed(name: string, execPath: string, cwd: string | undefined, cause: unknown): TaskError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
  return neverStarted(name, `${reason}. ${spawnAdvice(cause, execPath, cwd)}`, cause)
}

/** `ERR_SPAWN_FAILED`: `file`, which a child runs, is not beside this module; a bundle has the module without it. */
export function childFileNotFound(name: string, file: string, cause: unknown): TaskError {
  const reason = `there is no file ${file}, which a child process of corepool runs. Was corepool bundled? ${UNBUNDLE}`
  return neverStarted(name, reason, cause)
}

function neverStarted(name: string, reason: string, cause: unknown): TaskError {
  const fate = { pid: null, exitCode: null, signal: null, reason: 'spawn' } as const
  return new TaskError('ERR_SPAWN_FAILED', `${name} could not be started: ${reason}`, { cause, fate })
}

function spawnAdvice(cause: unknown, execPath: string, cwd: string | undefined): string {
  const code = ownCode(cause)
  if (code === 'EMFILE' || code === 'ENFILE') return 'Too many files are open: start fewer processes at once.'
  if (code === 'EAGAIN' || code === 'ENOMEM') return 'The machine is short of processes or memory: start fewer at once.'
  if (code === 'ERR_ACCESS_DENIED')
    return "Node's permission model allows this program no child processes: start it with --allow-child-process as well."
  const where = cwd === undefined ? '' : ` and the directory "${cwd}"`
  return `Check that "${execPath}"${where} exist and may be used.`
}

/** `ERR_WORKER_DIED`: a signal, or a failure to boot, ended the worker before its target had a value. */
export function workerDied(name: string, fate: WorkerFate): TaskError {
  const end = fate.signal === null ? `exited with code ${fate.exitCode}` : `was ended by ${fate.signal}`
  return new TaskError(
    'ERR_WORKER_DIED',
    `${name} (pid ${fate.pid}) ${end} before its target had a result. ${deathAdvice(fate)}`,
    { fate },
  )
}

function deathAdvice(fate: WorkerFate): string {
  switch (fate.reason) {
    case 'terminated':
      return 'This program called terminate().'
    case 'killed':
      return 'This program called kill().'
    case 'killTimeout':
      return 'This program called terminate() or aborted it, and used force when killTimeout was up.'
    case 'boot':
      return 'It did not get as far as its target: check execPath, execArgv and NODE_OPTIONS.'
    default:
      return signalAdvice(fate.signal)
  }
}

function signalAdvice(signal: WorkerFate['signal']): string {
  switch (signal) {
    case 'SIGKILL':
      return 'Something outside this program killed it; the system does so when memory runs out.'
    case 'SIGABRT':
      return (
        'Node ends itself so when its heap is full, and says so on stderr: ' +
        "execArgv: ['--max-old-space-size=4096'] gives the child 4 GiB."
      )
    default:
      return 'Something outside this program, or the target itself, sent that signal; its stderr may say more.'
  }
}

/**
 * `ERR_EXIT_WITHOUT_RESULT`: the child left by itself, with no value and no error.
 * @param afterTerminate this program had called terminate()
 */
export function exitWithoutResult(name: string, fate: WorkerFate, afterTerminate: boolean): TaskError {
  const why = afterTerminate
    ? 'This program called terminate(), and the target handled SIGTERM by leaving.'
    : 'Either the target called process.exit(), or it awaits something that nothing is left to settle.'
  return new TaskError(
    'ERR_EXIT_WITHOUT_RESULT',
    `${name} (pid ${fate.pid}) exited with code ${fate.exitCode} before its target had a result. ${why}`,
    { fate },
  )
}
