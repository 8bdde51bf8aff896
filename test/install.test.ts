import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { startApp } from '../testkit/app-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)

t.test('no path is taken from URL.pathname, which has %20 for spaces and a slash before Windows drives', async (t) => {
  const sources = tracked.filter((name) => /\.(ts|tsx|mjs|cjs)$/.test(name))
  t.ok(sources.length > 300, 'the sources have been found')
  const wrong = sources.filter((name) =>
    /import\.meta\.url\)\s*\.pathname/.test(readFileSync(join(root, name), 'utf8')),
  )
  t.same(wrong, [], 'use import.meta.dirname or fileURLToPath')
})

t.test('installs, starts and passes its checks in a folder with an unusual name', async (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'course-app-install-'))
  t.teardown(() => rmSync(parent, { recursive: true, force: true, maxRetries: 3 }))
  const clone = join(parent, 'ü #1 100% dir')
  for (const name of tracked) {
    mkdirSync(dirname(join(clone, name)), { recursive: true })
    cpSync(join(root, name), join(clone, name))
  }

  // The packages are already installed; `npm ci` ends with `prepare`, which builds.
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  const install = await run(clone, 'npm', ['run', 'prepare'])
  t.equal(install.code, 0, 'npm run prepare', { output: install.output })
  t.ok(readdirSync(join(clone, 'dist')).includes('lab'), 'it has built the page')

  const app = await startApp(t, {
    script: join(clone, 'dist/src/main.js'),
    args: ['--phase', '1', '--log-level', 'debug'],
  })
  t.equal((await fetch(`${app.url}/hello`)).status, 200)
  t.match(await (await fetch(app.url)).text(), '<!doctype html>', 'the Lab')

  const env = { ...process.env, PORT: new URL(app.url).port, LOG_FILE: app.logFile }
  const check = await run(clone, 'npm', ['run', '--silent', 'check', '--', '1'], env)
  t.equal(check.code, 0, 'npm run check', { output: check.output })
  t.match(check.output, '✓')
})

async function run(cwd: string, command: string, args: readonly string[], env = process.env) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, output: `${stdout}${stderr}` }
}
