/**
 * The app with one fault, in a separate process. The drill starts it and tells it when the fault begins; it ends when
 * the drill does.
 */
import { once } from 'node:events'
import fastifyPlugin from 'fastify-plugin'
import type { Phase } from '../../phases/phase.ts'
import { buildApp } from '../../src/app.ts'
import { serve } from '../../src/platform/serve.ts'
import type { Incident } from './incident.ts'
import { findIncident } from './incidents.ts'
import { seededRandom } from './random.ts'

/** Sent by the app to the drill. */
export type AppMessage = { readonly url: string } | { readonly beganAt: number }

const { DRILL = '', DRILL_SEED = '' } = process.env
const incident = findIncident(DRILL)
if (incident === undefined || process.send === undefined) throw new Error('This file is started by npm run drill.')

const end = () => process.kill(process.pid, 'SIGTERM')
process.on('disconnect', end)
if (!process.connected) end() // the drill ended before this line

const begin = once(process, 'message')
await serve(
  (config, phase) => buildApp(config, withFault(phase, incident)),
  ({ url }) => sendMessage({ url }),
)

function withFault(phase: Phase, { fault }: Incident<unknown>): Phase {
  const onBeginHandlers: (() => void | Promise<void>)[] = []
  const options = {
    parameters: fault.parameters(seededRandom(Number(DRILL_SEED))),
    onBegin: (work: () => void | Promise<void>) => void onBeginHandlers.push(work),
  }
  begin.then(async () => {
    const beganAt = Date.now()
    for (const work of onBeginHandlers) await work()
    sendMessage({ beganAt })
  })
  return { ...phase, plugins: [...phase.plugins, [fastifyPlugin(fault.plugin, { name: 'fault' }), options]] }
}

function sendMessage(message: AppMessage): void {
  process.send?.(message)
}
