import type { Language } from './language.ts'
import type { Reply, TelemetryServer } from './telemetry-server.ts'

/** No server can answer. The message says what to do. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

const TIMEOUT_MS = 30_000

const PATHS: Readonly<Record<Language, string>> = { metrics: '/api/v1', logs: '/loki/api/v1' }
const LAB_PATHS: Readonly<Record<Language, string>> = { metrics: '/lab/prometheus/api/v1', logs: '/lab/loki/api/v1' }

/** The Lab of a running app. @param url its address, without a trailing slash */
export function labOf(url: string): TelemetryServer {
  return {
    async send(language, path, parameters) {
      const reply = await fetchReply(
        `${url}${LAB_PATHS[language]}/${path}?${parameters}`,
        `No app answers at ${url}. Start one in another terminal: npm start. PORT says where it listens, and --url names another server.`,
      )
      if (reply.status === 404)
        throw new NoAnswer(
          `The app at ${url} has no Lab, which answers queries. Start it with LAB=on, or name another server: --url http://localhost:9090`,
        )
      return reply
    },
  }
}

/**
 * A Prometheus, a Loki, `npm run query`, or the Lab of a service.
 *
 * @param url its address, without a trailing slash
 */
export function serverAt(url: string): TelemetryServer {
  return {
    async send(language, path, parameters) {
      const noServer = `No server answers at ${url}.`
      const reply = await fetchReply(`${url}${PATHS[language]}/${path}?${parameters}`, noServer)
      if (reply.status !== 404) return reply
      const lab = await fetchReply(`${url}${LAB_PATHS[language]}/${path}?${parameters}`, noServer)
      if (lab.status !== 404) return lab
      throw new NoAnswer(
        `The server at ${url} has neither ${PATHS[language]} nor a Lab, so it cannot be asked for ${language}.`,
      )
    },
  }
}

async function fetchReply(url: string, noServer: string): Promise<Reply> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/json' },
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  } catch (error) {
    throw new NoAnswer(`${noServer} (${reasonFor(error as Error)})`)
  }
}

function reasonFor(error: Error): string {
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException
  return code ?? message
}
