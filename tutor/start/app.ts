/** The app with Learn, in a process of its own. Its parent starts it, restarts it in another phase, and ends with it. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Phase } from '../../phases/phase.ts'
import { buildApp } from '../../src/app.ts'
import { printBanner } from '../../src/banner.ts'
import type { Config } from '../../src/config.ts'
import { failureIn, type Serving, startServer } from '../../src/platform/serve.ts'
import { learn } from '../learn/plugin.ts'
import type { AppMessage, StartMessage } from './messages.ts'

if (process.send === undefined) throw new Error('This file is started by npm start.')

const end = () => process.kill(process.pid, 'SIGTERM')
process.on('disconnect', end)
if (!process.connected) end() // the parent ended before this line

const [{ failed }] = (await once(process, 'message')) as [StartMessage]
try {
  const serving = await startServer(withLearn)
  await tell({ listening: placeOf(serving) })
  printBanner(serving)
} catch (error) {
  const reason = failureIn(error)
  process.stderr.write(`${reason}\n`)
  await tell({ failed: reason })
  process.exit(1)
}

function withLearn(config: Config, phase: Phase): FastifyInstance {
  const app = buildApp(config, phase)
  app.register(learn, {
    phases: {
      phase: phase.number,
      failed,
      switchTo: (number, settings) => void tell({ switchTo: number, settings }),
    },
  })
  return app
}

function placeOf({ app, phase, grpcAddress }: Serving): Extract<AppMessage, { listening: unknown }>['listening'] {
  const { port } = app.server.address() as AddressInfo
  return {
    phase: phase.number,
    port,
    grpcPort: grpcAddress === undefined ? null : Number(grpcAddress.split(':').at(-1)),
  }
}

/** @returns when it has been sent, or cannot be because the parent has ended */
function tell(message: AppMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve())
    else resolve()
  })
}
