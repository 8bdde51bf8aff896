import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { partnerScript } from '../../testkit/app-process.ts'
import { waitFor } from '../../testkit/wait-for.ts'
import { openTerminal } from '../docs/terminal.ts'

const exercise = fileURLToPath(new URL('../../tutor/exercise/main.js', import.meta.url))
const ESCAPE = '\u001b['
const solution = [exercise, '1.1', '--solution']
const env = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm' }

/** Terminal output with these variables. */
async function onTerminal(args: readonly string[], variables: Record<string, string>): Promise<string> {
  const command = [process.execPath, ...args].map((part) => `'${part}'`).join(' ')
  const terminal = openTerminal(command, tmpdir(), { ...env, ...variables })
  await terminal.ended
  return terminal.raw()
}

t.test('a command uses colours on a terminal, unless they are disabled', async (t) => {
  t.match(await onTerminal(solution, {}), ESCAPE)
  const without: Record<string, string>[] = [{ NO_COLOR: '1' }, { TERM: 'dumb' }]
  for (const variables of without) {
    const shown = await onTerminal(solution, variables)
    t.match(shown, /^\+/m, 'it has shown the solution')
    t.notMatch(shown, ESCAPE, JSON.stringify(variables))
  }
})

t.test('a pipe gets none, unless FORCE_COLOR is set', async (t) => {
  const piped = (variables: object) =>
    execFileSync(process.execPath, solution, { cwd: tmpdir(), env: { ...env, ...variables }, encoding: 'utf8' })
  t.notMatch(piped({}), ESCAPE)
  t.match(piped({ FORCE_COLOR: '1' }), ESCAPE)
})

t.test('the log on a terminal', async (t) => {
  const settings = { PHASE: '1', LOG_FILE: '', HOST: '127.0.0.1', PORT: '0' }
  for (const [variables, hasColours] of [[{}, true] as const, [{ NO_COLOR: '1' }, false] as const]) {
    const command = `'${process.execPath}' '${partnerScript}'`
    const terminal = openTerminal(command, tmpdir(), { ...env, ...settings, ...variables })
    await waitFor('the log', () => /listening/.test(terminal.shown()), { seen: () => terminal.raw() })
    t.equal(terminal.raw().includes(ESCAPE), hasColours, JSON.stringify(variables))
    await terminal.interrupt()
  }
})
