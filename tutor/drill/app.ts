/**
 * The app with one fault in it, as a process of its own. The drill starts it, says when the fault begins,
 * and takes it along when it ends itself.
 */
import { once } from 'node:events'
import fastifyPlugin from 'fastify-plugin'
import type { Phase } from '../../phases/phase.ts'
import { buildApp } from '../../src/app.ts'
import { serve } from '../../src/platform/serve.ts'
import { diceOf } from './dice.ts'
import type { Incident } from './incident.ts'
import { findIncident } from './incidents.ts'

/** What the app tells the drill. */
export type AppMessage = { readonly url: string } | { readonly beganAt: number }

const { DRILL = '', DRILL_SEED = '' } = process.env
const incident = findIncident(DRILL)
if (incident === undefined || process.send === undefined) throw new Error('This file is started by npm run drill.')

const end = () => process.kill(process.pid, 'SIGTERM')
process.on('disconnect', end)
if (!process.connected) end() // the drill was gone before this line

const begin = once(process, 'message')
await serve(
  (config, phase) => buildApp(config, withFault(phase, incident)),
  ({ url }) => tell({ url }),
)

function withFault(phase: Phase, { fault }: Incident<unknown>): Phase {
  const beginnings: (() => void | Promise<void>)[] = []
  const options = {
    parameters: fault.parameters(diceOf(Number(DRILL_SEED))),
    onBegin: (work: () => void | Promise<void>) => void beginnings.push(work),
  }
  begin.then(async () => {
    const beganAt = Date.now()
    for (const work of beginnings) await work()
    tell({ beganAt })
  })
  return { ...phase, plugins: [...phase.plugins, [fastifyPlugin(fault.plugin, { name: 'fault' }), options]] }
}

function tell(message: AppMessage): void {
  process.send?.(message)
}
