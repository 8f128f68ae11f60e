/** What a function finds in the child under the names that its file has: the file's `require`, and globals. */
import { expect, test } from 'vitest'
import { program, runNode, runProgram } from './fixtures/run-program.ts'

test('require() works where the file is CommonJS, and resolves from there', async () => {
  expect(await runProgram(program('requires.cjs'))).toMatchObject({ stdout: 'false\nacorn.js\n', stderr: '' })
})

const seen = (name: string) =>
  `In the child process "${name}" is the global, and not what the file of the target imports`

test('an error that comes from a global in the place of an import of the same name says so', async () => {
  const { stdout } = await runProgram(program('same-names.mjs'))
  const told = (complaint: string, name: string) => ({
    message: expect.stringMatching(new RegExp(`^${complaint}.*\\. ${seen(name)}`)),
    isShown: true,
  })
  expect(JSON.parse(stdout)).toEqual({
    otherModule: told('crypto\\.createHash is not a function', 'crypto'),
    otherFunction: { code: 'ERR_INVALID_ARG_TYPE', ...told('The "callback" argument must be', 'setTimeout') },
    otherResult: told('.*\\.at is not a function', 'fetch'),
    sameGlobal: true,
    ownError: { message: 'of its own: object', isShown: true },
    ownFunction: {
      code: 'ERR_TARGET_CAPTURES',
      message: expect.stringContaining('uses "escape" (line 1, column 7)'),
      isShown: true,
    },
    ownConstant: {
      code: 'ERR_TARGET_CAPTURES',
      message: expect.stringContaining('There the name is the global, and not what its file declares'),
      isShown: true,
    },
  })
})

test('in a program without file, whose names include the modules of Node, likewise', async () => {
  const text = `
    const { Process } = require('corepool')
    const p = new Process({ target: () => crypto.createHash('sha1'), stdio: 'ignore' })
    p.start().result.catch((error) => console.log(error.message))`
  const { stdout } = await runNode(['--input-type=commonjs', '-e', text])
  expect(stdout).toContain(`crypto.createHash is not a function. ${seen('crypto')}`)
})
