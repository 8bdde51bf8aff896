import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { type AppOptions, type AppProcess, startApp } from '../../../testkit/app-process.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { childrenOf } from '../../partner/child-processes.ts'

/** What `npm start` runs. */
export const startScript = fileURLToPath(new URL('../../../tutor/start/main.js', import.meta.url))

/** Starts the app as `npm start` does: as the child of a parent that can restart it. */
export function startParent(t: Pick<Test, 'teardown'>, options: AppOptions = {}): Promise<AppProcess> {
  return startApp(t, { ...options, script: startScript, stopTimeout: 10_000 })
}

/** The pid of the app, the parent's only child. */
export async function appOf({ pid }: AppProcess): Promise<number> {
  const [app, ...more] = await childrenOf(pid)
  if (app === undefined || more.length > 0) throw new Error(`the parent has ${more.length} children beside ${app}`)
  return app
}

/** Asks for a phase as the page does. */
export function askFor({ url }: AppProcess, phase: unknown, headers: Record<string, string> = { origin: url }) {
  return fetch(`${url}/lab/api/learn/phase`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ phase }),
  })
}

/** The state of a server that was started after `instance`. */
export function restarted({ url, stderr }: AppProcess, instance: string) {
  return waitFor(
    'the server to be there again',
    async () => {
      const state = await stateOf(url).catch(() => undefined)
      return state !== undefined && state.instance !== instance ? state : undefined
    },
    { timeout: 60_000, seen: stderr },
  )
}

export async function stateOf(url: string): Promise<{ instance: string; learn: boolean; phase: { number: number } }> {
  const response = await fetch(`${url}/lab/api/state`, { headers: { connection: 'close' } })
  return (await response.json()) as { instance: string; learn: boolean; phase: { number: number } }
}

/** Switches to a phase and waits for it. */
export async function switchTo(app: AppProcess, phase: number): Promise<void> {
  const { instance } = await stateOf(app.url)
  const { status } = await askFor(app, phase)
  if (status !== 202) throw new Error(`answered with ${status}`)
  const state = await restarted(app, instance)
  if (state.phase.number !== phase) throw new Error(`the server is in phase ${state.phase.number}\n${app.stderr()}`)
}
