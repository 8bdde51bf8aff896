import { fileURLToPath } from 'node:url'
import { startApp } from '../../testkit/app-process.ts'
import { startJaegerReceiver } from '../../testkit/jaeger-receiver.ts'
import { startOtlpReceiver } from '../../testkit/otlp-receiver.ts'
import { claimsOf } from './claims-of.ts'
import { phaseOf } from './lessons.ts'
import { checkClaims, type Outcome } from './report.ts'
import { noSpans } from './span-source.ts'
import type { Scope } from './teardowns.ts'

export interface FreshServerOptions {
  /** The lesson whose claims are checked. */
  readonly lesson: number
  /** The phase to run; default that of the lesson. */
  readonly phase?: number
  /** How long to poll for an observation; default 10 000. */
  readonly timeoutMs?: number
}

/**
 * Starts a phase on free ports, with its data in memory and its log in a temporary folder, and checks claims.
 * The server stops when `scope` ends.
 */
export async function checkFreshServer(options: FreshServerOptions, scope: Scope): Promise<Outcome[]> {
  const { lesson, phase = phaseOf(lesson), timeoutMs = 10_000 } = options
  const receiver = phase === 4 ? await startJaegerReceiver(scope) : await startOtlpReceiver(scope)
  const app = await startApp(scope, {
    env: {
      PHASE: String(phase),
      LOG_LEVEL: 'debug',
      EXTERNAL_TIMEOUT_MS: '10000',
      LAB_RULES: rulesOf(lesson),
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
  return await checkClaims(await claimsOf(lesson), {
    url: app.url,
    logFile: app.logFile,
    spans: phase < 4 ? noSpans : spans,
    timeoutMs,
  })
}

/** Lesson 7 checks an alert that its reader has written. */
function rulesOf(lesson: number): string {
  return lesson === 7 ? fileURLToPath(new URL('../../../lessons/7-alerting/finished.rules.yml', import.meta.url)) : ''
}
