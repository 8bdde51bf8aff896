import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyPlugin from 'fastify-plugin'
import type { Config } from '../config.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The partner service: a child process, or the server at `PARTNER_URL`. */
    partner: {
      /** Its base URL. Starts the child process if it is not running. */
      url(): Promise<string>
      /** The base URL of the running child process; undefined if there is none. */
      runningAt(): string | undefined
    }
  }
}

interface Partner {
  readonly child: ChildProcess
  readonly url: Promise<string>
  /** Its base URL, once it is ready. */
  readyAt: string | undefined
}

/** Starts the partner service with the app and stops it after the app's last request, unless `PARTNER_URL` is set. */
export const partnerProcess = fastifyPlugin<{ config: Config }>(
  async (app, { config }) => {
    const { PARTNER_URL } = config
    if (PARTNER_URL !== undefined) {
      app.decorate('partner', { url: async () => PARTNER_URL.replace(/\/$/, ''), runningAt: () => undefined })
      return
    }
    let running: Partner | undefined
    let closing = false

    function start(): Partner {
      const child = fork(fileURLToPath(new URL('main.js', import.meta.url)), [], { env: environmentOf(config) })
      const partner: Partner = { child, readyAt: undefined, url: addressOf(child) }
      child.once('message', (message) => {
        partner.readyAt = (message as { url: string }).url
      })
      child.once('exit', () => {
        running = undefined
      })
      running = partner
      return partner
    }

    app.decorate('partner', { url: () => (running ?? start()).url, runningAt: () => running?.readyAt })
    // Not earlier, because starting both at once would delay the app.
    app.addHook('onListen', async () => {
      start().url.catch((err: unknown) => {
        if (!closing) app.log.warn({ err }, 'the partner service does not start')
      })
    })
    app.addHook('onClose', async () => {
      closing = true
      if (running) await stop(running)
    })
  },
  { name: 'partner-process' },
)

async function addressOf(child: ChildProcess): Promise<string> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the partner process ended with code ${code} before it was ready`)
  })
  const [message] = await Promise.race([once(child, 'message'), ended])
  return (message as { url: string }).url
}

async function stop({ child, readyAt }: Partner): Promise<void> {
  const exited = once(child, 'exit')
  child.kill(readyAt === undefined ? 'SIGKILL' : 'SIGTERM') // has nothing to finish while it starts
  await exited
}

/** The app's phase and settings, but a separate name, port and log file. */
function environmentOf(config: Config): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PHASE: String(config.PHASE),
    HOST: '127.0.0.1',
    PORT: '0',
    LAB: config.LAB,
    LOG_LEVEL: config.LOG_LEVEL,
    LOG_FILE: config.LOG_FILE && join(dirname(config.LOG_FILE), 'partner.log'),
    OTEL_SERVICE_NAME: 'partner',
  }
}
