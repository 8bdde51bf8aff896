import { startApp } from '../../testkit/app-process.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { claimsOf } from './claims-of.ts'
import { lookAtAll, type Outcome } from './report.ts'
import { noSpans } from './span-source.ts'
import type { Scope } from './teardowns.ts'

export interface FreshServerOptions {
  /** The phase that runs. */
  readonly phase: number
  /** The phase whose claims are looked at; the one that runs unless given. */
  readonly claims?: number
  /** How long to wait for something to show, in milliseconds. 10 000 unless given. */
  readonly patience?: number
}

/**
 * Starts a phase on free ports, with its data in memory and its log in a temporary folder, and looks at claims.
 * It stops when `scope` ends.
 */
export async function checkFreshServer(options: FreshServerOptions, scope: Scope): Promise<Outcome[]> {
  const { phase, claims = phase, patience = 10_000 } = options
  const receiver = phase === 4 ? await startJaegerReceiver(scope) : await startOtlpReceiver(scope)
  const app = await startApp(scope, {
    env: {
      PHASE: String(phase),
      LOG_LEVEL: 'debug',
      EXTERNAL_TIMEOUT_MS: '10000',
      OTEL_EXPORTER_JAEGER_ENDPOINT: receiver.endpoint,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  })
  const { received } = receiver
  const spans = {
    name: receiver.endpoint,
    ofTrace: async (id: string) => received.all.filter(({ traceId }) => traceId === id),
  }
  return await lookAtAll(await claimsOf(claims), {
    url: app.url,
    logFile: app.logFile,
    spans: phase < 4 ? noSpans : spans,
    patience,
  })
}
