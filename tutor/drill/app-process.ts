import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { AppMessage } from './app.ts'

export interface AppOptions {
  readonly incident: string
  readonly seed: number
  readonly port: number
  readonly grpcPort: number
  readonly logs: string
  /** Receives its spans: `http://127.0.0.1:4317`. */
  readonly otlpEndpoint: string
}

/** The app in which the incident happens. */
export interface App {
  readonly url: string
  /** Begins the incident. @returns the time */
  begin(): Promise<Date>
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Shuts it down gracefully. */
  stop(): Promise<void>
}

/** The app failed; the message is its stderr. */
export class AppFailed extends Error {
  override readonly name = 'AppFailed'
}

/**
 * Starts the app with a fault: phase 5, its data in memory, its log in files only.
 *
 * @throws AppFailed when it does not start, for example because its port is in use
 */
export async function startApp(options: AppOptions): Promise<App> {
  const child = fork(fileURLToPath(new URL('app.js', import.meta.url)), [], {
    env: environment(options),
    execArgv: ['--enable-source-maps'],
    cwd: options.logs, // so that a developer's .env is not read
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C must reach only the drill, which then stops the app.
    detached: true,
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = Promise.all([once(child, 'exit'), once(child.stderr as Readable, 'close')]).then(() => {})
  const failure = async () => {
    await ended
    throw new AppFailed(stderr.trim())
  }
  const { url } = await Promise.race([nextMessage(child, 'url'), failure()])
  return {
    url,
    ended,
    async begin() {
      child.send('begin')
      const { beganAt } = await Promise.race([nextMessage(child, 'beganAt'), failure()])
      return new Date(beganAt)
    },
    async stop() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

async function nextMessage<K extends string>(
  child: ChildProcess,
  key: K,
): Promise<Extract<AppMessage, Record<K, unknown>>> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [AppMessage]
    if (key in message) return message as Extract<AppMessage, Record<K, unknown>>
  }
}

/** The developer's own settings for the app do not apply to the drill. */
function environment({ incident, seed, port, grpcPort, logs, otlpEndpoint }: AppOptions): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LOG_LEVEL } = process.env
  return {
    PATH,
    HOME,
    ...(TMPDIR ? { TMPDIR } : {}),
    LOG_LEVEL: LOG_LEVEL || 'info',
    DRILL: incident,
    DRILL_SEED: String(seed),
    PHASE: '5',
    ROLE: 'all',
    HOST: '127.0.0.1',
    PORT: String(port),
    GRPC_PORT: String(grpcPort),
    DATABASE_URL: 'memory:',
    EXTERNAL_TIMEOUT_MS: '10000',
    // The overload guard would answer 503 at once and so hide how long callers wait.
    MAX_EVENT_LOOP_DELAY_MS: '0',
    OTEL_SERVICE_NAME: 'course-app',
    LOG_FILE: join(logs, 'app.log'),
    LOG_FILE_MAX_BYTES: String(64 * 1024 * 1024),
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: otlpEndpoint,
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_BSP_SCHEDULE_DELAY: '250',
  }
}
