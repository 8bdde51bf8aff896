import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Runs a learner's command to its end, with nothing of the environment but PATH and what is given. */
async function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const main = fileURLToPath(new URL(`../../tutor/${script}`, import.meta.url))
  const child = spawn(process.execPath, [main, ...args], {
    cwd: tmpdir(), // so that a developer's .env is not read
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}

/** `npm run check -- …args` */
export const check = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
  run('check/main.js', args, env)

/** `npm run trace -- …args` */
export const trace = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
  run('trace/main.js', args, env)

/** `npm run ask -- …args` */
export const ask = (args: readonly string[], env?: Readonly<Record<string, string>>) => run('ask/main.js', args, env)
