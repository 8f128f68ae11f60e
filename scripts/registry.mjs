/**
 * A registry of npm's kind on this machine alone: started, filled and stopped by a script. It asks no other registry, so what is
 * not published to it does not exist.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npm } from './npm.mjs'
import { tool } from './tools.mjs'

/** Milliseconds that it is given to end by itself. */
const PATIENCE = 2000

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Starts it.
 * @returns {Promise<{ url: string, settings: string, publish(tarball: string): void, stop(): Promise<void> }>} `settings` is an
 *   .npmrc for who publishes
 */
export async function startRegistry() {
  const folder = mkdtempSync(join(tmpdir(), 'corepool-registry-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const config = join(folder, 'config.yaml')
  writeFileSync(
    config,
    [
      `storage: ${join(folder, 'storage')}`,
      `auth: { htpasswd: { file: ${join(folder, 'htpasswd')} } }`,
      'uplinks: {}',
      "packages: { '**': { access: $all, publish: $anonymous } }",
      'max_body_size: 100mb',
      'log: { type: stdout, format: json, level: error }',
      '',
    ].join('\n'),
  )
  const child = fork(tool('verdaccio'), ['--config', config, '--listen', `127.0.0.1:${port}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // It warns when it runs as root, and of what Node deprecates.
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  const ended = once(child, 'exit')
  const [first] = await Promise.race([once(child, 'message'), ended.then(([code]) => [{ code }])])
  if (first.verdaccio_started !== true) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`the registry did not start: exit code ${first.code}`)
  }
  // Anybody may publish, and npm wants a name all the same.
  const settings = `registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\n`
  return {
    url,
    settings,
    publish(tarball) {
      const home = join(folder, 'publisher')
      mkdirSync(home, { recursive: true })
      writeFileSync(join(home, '.npmrc'), settings)
      // Without one npm looks for a project further up, whose settings it would take.
      writeFileSync(join(home, 'package.json'), '{}')
      npm(home, 'publish', tarball, '--registry', url, '--ignore-scripts')
    },
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
      await ended
      clearTimeout(timer)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
