import type { Language } from './language.ts'

/** What a server sent. */
export interface Reply {
  readonly status: number
  /** Parsed JSON, or text. */
  readonly body: unknown
}

/** A server with the APIs of Prometheus, for metrics, and Loki, for logs. */
export interface TelemetryServer {
  /** @param path below `/api/v1/` or `/loki/api/v1/` */
  send(language: Language, path: string, parameters: URLSearchParams): Promise<Reply>
}
