import fastifyPlugin from 'fastify-plugin'
import { channels } from '../announcements.ts'
import { onEnd } from './on-end.ts'

/** Logs every step that the application announces: at debug, because there are many. */
export const stepLog = fastifyPlugin(
  async (app) => {
    onEnd(app, channels.step, (step, latency) => {
      if (step.error) app.log.warn({ step: step.name, latency, err: step.error }, 'step failed')
      else app.log.debug({ step: step.name, latency }, 'step completed')
    })
  },
  { name: 'step-log' },
)
