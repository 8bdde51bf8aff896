import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { SinkProtocol } from './sink.ts'

/** A server that the bench measures. */
export interface Subject {
  readonly name: string
  readonly title: string
  /** Arguments of `node`. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** How it exports its spans; none are sampled out. */
  readonly exports?: SinkProtocol
  /** Not the course app: it serves a copy of one of its courses, from the file `COURSE_FILE`. */
  readonly copiesCourse?: true
  /** The only path it is measured on; default all. */
  readonly onlyPath?: string
  /** Courses are requested over gRPC, not HTTP. */
  readonly overGrpc?: true
  /** A course service it calls, started first. */
  readonly upstream?: Subject
}

export const coursePath = '/v1/courses/{course_id}'

/** The subject that the others are compared to. */
export const baseName = 'phase0'

/** Phase 5 with the Lab on and no open page. */
export const labName = 'lab'

const stockServer = fileURLToPath(new URL('../../bench/stock/server.cjs', import.meta.url))
const everySpan = { OTEL_SERVICE_NAME: 'bench', OTEL_TRACES_SAMPLER: 'parentbased_always_on' }

/** As in `npm start`: more room for short-lived objects, so that fewer are copied before they die. */
const semiSpace = '--max-semi-space-size=32'

/**
 * All subjects in the order of the table.
 *
 * @param main the course app's built `main.js`
 */
export function allSubjects(main: string): Subject[] {
  return [
    phase(main, 0, 'bare server'),
    phase(main, 1, 'logging'),
    phase(main, 2, 'request logging'),
    phase(main, 3, 'metrics'),
    phase(main, 4, 'tracing', 'jaeger'),
    phase(main, 5, 'unified', 'otlp'),
    withLab(phase(main, 5, 'unified, with the Lab', 'otlp')),
    overGrpc(main),
    gateway(main),
    stock,
    fastifyAlone,
  ]
}

export function isMeasuredOn({ onlyPath }: Subject, path: string): boolean {
  return onlyPath === undefined || onlyPath === path
}

/** Subjects measured without `--only`. */
export function defaultNames(): string[] {
  return ['phase0', 'phase1', 'phase2', 'phase3', 'phase4', 'phase5', 'grpc', 'gateway', 'stock']
}

function phase(main: string, number: number, title: string, exports?: SinkProtocol): Subject {
  return {
    name: `phase${number}`,
    title: `Phase ${number}: ${title}`,
    command: [semiSpace, main],
    env: { PHASE: String(number), DATABASE_URL: 'memory:', LAB: 'off', ...everySpan },
    exports,
  }
}

/** Phases are measured as in production, without the Lab. This subject shows its cost. Only with `--only`. */
function withLab(subject: Subject): Subject {
  return { ...subject, name: labName, env: { ...subject.env, LAB: 'on' } }
}

function overGrpc(main: string): Subject {
  return { ...phase(main, 0, 'the same over gRPC'), name: 'grpc', onlyPath: coursePath, overGrpc: true }
}

/** REST in one process, which calls the course service in another. */
function gateway(main: string): Subject {
  const bare = phase(main, 0, 'through a gateway')
  return {
    ...bare,
    name: 'gateway',
    env: { ...bare.env, ROLE: 'gateway' },
    onlyPath: coursePath,
    upstream: { ...bare, name: 'course', env: { ...bare.env, ROLE: 'course' } },
  }
}

/**
 * OpenTelemetry exports metrics by OTLP once a minute, its default. Its logs exporter is off: pino already writes to
 * stdout and file, and a third output would only slow it down.
 */
const stock: Subject = {
  name: 'stock',
  title: 'Stock: auto-instrumentations-node, pino, fastify-metrics',
  // By path, because `--require` would resolve the name from the temporary folder that servers run in.
  command: [
    '--require',
    createRequire(import.meta.url).resolve('@opentelemetry/auto-instrumentations-node/register'),
    stockServer,
  ],
  env: {
    TELEMETRY: 'on',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    ...everySpan,
  },
  exports: 'otlp',
  copiesCourse: true,
}

/** The stock server without telemetry, to show the cost of the course app's bare server. Only with `--only`. */
const fastifyAlone: Subject = {
  name: 'fastify',
  title: 'Fastify alone',
  command: [stockServer],
  env: {},
  copiesCourse: true,
}
