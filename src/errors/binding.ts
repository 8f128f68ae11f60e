/** Why there is no native addon, and the command that mends it. Worded here; found out in native/diagnosis. */
import { CorepoolError } from './classes.ts'

/** What to do where corepool was bundled, and something needs a file of it. */
export const UNBUNDLE = 'Keep it out of the bundle: esbuild --external:corepool, or the same option of your bundler.'

/** What keeps the addon from being loaded. `install` is the command that installs the right one. */
export type BindingProblem =
  | { readonly kind: 'declined' }
  | { readonly kind: 'unsupported'; readonly platform: string; readonly supported: readonly string[] }
  | { readonly kind: 'missing'; readonly package: string; readonly others: readonly string[]; readonly install: string }
  | { readonly kind: 'bundled'; readonly file: string }
  | { readonly kind: 'absent'; readonly path: string }
  | {
      readonly kind: 'version'
      readonly path: string
      readonly found: string
      readonly wanted: string
      readonly install: string
    }
  | { readonly kind: 'stranger'; readonly path: string }
  | { readonly kind: 'glibc'; readonly path: string; readonly needed: string; readonly found: string }
  | {
      readonly kind: 'libc'
      readonly path: string
      readonly built: Libc
      readonly found: Libc
      readonly install: string
    }
  | {
      readonly kind: 'architecture'
      readonly path: string
      readonly built: string
      readonly found: string
      readonly install: string
    }
  | { readonly kind: 'damaged'; readonly path: string; readonly install: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly mend: string }
  | { readonly kind: 'noexec'; readonly path: string; readonly mount: string }
  | { readonly kind: 'asar'; readonly path: string; readonly unpack: string }
  | { readonly kind: 'no-addons' }
  | { readonly kind: 'permission-addons'; readonly flag: string }
  | { readonly kind: 'permission-read'; readonly path: string; readonly flag: string }
  | { readonly kind: 'deno'; readonly permission: string }
  | { readonly kind: 'other'; readonly path: string; readonly message: string }

/** The C libraries of Linux. */
export type Libc = 'glibc' | 'musl'

/** What is wrong, as the rest of a sentence, and what to do, as a sentence. */
function words(problem: BindingProblem): [reason: string, remedy: string] {
  switch (problem.kind) {
    case 'declined':
      return ['COREPOOL_BINDING=none asks for plain JavaScript', 'Unset it: unset COREPOOL_BINDING']
    case 'unsupported':
      return [
        `there is none for ${problem.platform}, only for ${problem.supported.join(', ')}`,
        'In a clone of the repository, npm start builds one where Rust is installed: name its file in COREPOOL_BINDING.',
      ]
    case 'missing':
      return [
        `the package ${problem.package} is not installed` +
          (problem.others.length === 0
            ? ' (optional dependencies were left out, or the lock file was written without them)'
            : ` (but ${problem.others.join(', ')} is: node_modules was made for another platform)`),
        `Install it: ${problem.install}`,
      ]
    case 'bundled':
      return [`corepool was bundled into ${problem.file}, which has no addon beside it`, UNBUNDLE]
    case 'absent':
      return [`there is no file ${problem.path}`, 'Correct the path.']
    case 'version':
      return [
        `${problem.path} is of version ${problem.found}, and corepool of ${problem.wanted}`,
        `Install the one that belongs to it: ${problem.install}`,
      ]
    case 'stranger':
      return [`${problem.path} is no addon of corepool`, 'Name a file corepool.*.node of this version.']
    case 'glibc':
      return [
        `${problem.path} needs glibc ${problem.needed}, and this system has ${problem.found}`,
        'Use a newer system or container image (FROM node:22-slim), or build the addon on this one: npm start in a clone.',
      ]
    case 'libc':
      return [
        `${problem.path} is built for ${problem.built}, and this system has ${problem.found} (was node_modules copied from another image?)`,
        `Install the right one: ${problem.install}`,
      ]
    case 'architecture':
      return [
        `${problem.path} is built for ${problem.built}, and this Node for ${problem.found} (was node_modules copied from another machine?)`,
        `Install the right one: ${problem.install}`,
      ]
    case 'damaged':
      return [
        `${problem.path} is damaged: it is cut short, or no library`,
        `Remove it and install it again: ${problem.install}`,
      ]
    case 'unreadable':
      return [`this user may not read ${problem.path}`, `Let it: ${problem.mend}`]
    case 'noexec':
      return [
        `${problem.path} lies on ${problem.mount}, which is mounted noexec: no code may be loaded from there`,
        `Install elsewhere, or as root: mount -o remount,exec ${problem.mount}`,
      ]
    case 'asar':
      return [
        `${problem.path} lies in an asar archive, out of which the system cannot load it`,
        `Unpack it, in the configuration of electron-builder: "asarUnpack": ["${problem.unpack}"]`,
      ]
    case 'no-addons':
      return ['Node runs with --no-addons', 'Leave that option out (also of NODE_OPTIONS).']
    case 'permission-addons':
      return [
        `Node runs with its permission model (${problem.flag}), which allows no addons`,
        `Allow them: node ${problem.flag} --allow-addons`,
      ]
    case 'permission-read':
      return [
        `Node runs with its permission model (${problem.flag}), which does not let it read ${problem.path}`,
        `Allow it: node ${problem.flag} --allow-addons --allow-fs-read=${problem.path}`,
      ]
    case 'deno':
      return [
        `Deno was not given the permission ${problem.permission}`,
        'Give it: deno run --allow-ffi --allow-read --allow-env --allow-sys',
      ]
    case 'other':
      return [
        `${problem.path} cannot be loaded: ${problem.message}`,
        'This is no cause that corepool knows of: please report it.',
      ]
  }
}

/** `ERR_BINDING_LOAD`: the native binding that COREPOOL_BINDING names cannot be loaded. */
export function bindingNotLoaded(path: string, problem: BindingProblem, cause: unknown): CorepoolError {
  const [reason, remedy] = words(problem)
  return new CorepoolError(
    'ERR_BINDING_LOAD',
    `The native binding that COREPOOL_BINDING names, ${path}, cannot be loaded: ${reason}. ${remedy} ` +
      '(Or unset the variable to use the binding that is installed; COREPOOL_BINDING=none is plain JavaScript.)',
    { cause },
  )
}

/** `ERR_BINDING_LOAD`: something was asked for that plain JavaScript cannot do. `what` begins the sentence. */
export function bindingNeeded(what: string, problem: BindingProblem, cause: unknown): CorepoolError {
  const [reason, remedy] = words(problem)
  return new CorepoolError(
    'ERR_BINDING_LOAD',
    `${what} needs the native addon of corepool, and there is none here: ${reason}. ${remedy}`,
    cause === undefined ? undefined : { cause },
  )
}

/** For the functions by which the build loads a part of the package at first use. */
export function partNotFound(file: string, part: string, cause: unknown): CorepoolError {
  const message = `${file} does not find its part ${part}: was corepool bundled into it? ${UNBUNDLE}`
  return new CorepoolError('ERR_NOT_SUPPORTED', message, { cause })
}
