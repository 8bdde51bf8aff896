import { cpus, totalmem } from 'node:os'
import { markdownTable } from './markdown-table.ts'
import type { Options } from './options.ts'
import type { RunResult } from './run.ts'
import { median } from './statistics.ts'
import type { Row } from './summary.ts'
import { minExported, type Target } from './targets.ts'

/** Background load of an otherwise idle machine. */
const maxOtherCores = 0.2

/** A table per path, the environment it was measured in, and the targets. Markdown. */
export function markdownReport(options: Options, rows: readonly Row[], targets: readonly Target[]): string {
  const { node, cpu, cores } = environment()
  const tables = options.paths.map((path) => table(path, rows)).join('\n\n')
  return `${tables}

Node ${node}, ${cpu}, ${cores} cores. ${options.connections} connections, medians of ${options.rounds} rounds of \
${options.seconds} s, ratios taken round by round. CPU is the server's, all threads. "limited by" says which side \
had no more to give: the server, the load generator, or the machine, all of whose cores were busy.
${aboutStock(rows)}${warnings(rows)}
${targets.map(targetLine).join('\n')}
`
}

/** Machine-readable: all rounds, the medians, the targets and the environment. */
export function jsonReport(
  { rounds, seconds, connections, paths }: Options,
  { measurements, exported }: RunResult,
  rows: readonly Row[],
  targets: readonly Target[],
): string {
  const options = { rounds, seconds, connections, paths }
  return JSON.stringify({ environment: environment(), options, rows, targets, measurements, exported }, null, 2)
}

export function environment() {
  const processors = cpus()
  return {
    date: new Date().toISOString(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? 'unknown CPU',
    cores: processors.length,
    memoryBytes: totalmem(),
  }
}

const columns: readonly (readonly [heading: string, cell: (row: Row) => string])[] = [
  ['requests/s', (row) => Math.round(row.requestsPerSecond).toLocaleString('en')],
  ['p99 ms', (row) => row.p99Ms.toFixed(1)],
  ['to phase 0', (row) => row.ratio?.toFixed(2) ?? ''],
  ['CPU µs/request', (row) => row.cpuMicrosPerRequest.toFixed(0)],
  ['memory MB', (row) => (row.rssBytes / 1e6).toFixed(0)],
  ['spans exported', exportedCell],
  ['limited by', (row) => row.limitedBy],
]

function table(path: string, rows: readonly Row[]): string {
  return markdownTable([
    [`GET ${path}`, ...columns.map(([heading]) => heading)],
    ...rows.filter((row) => row.path === path).map((row) => [row.title, ...columns.map(([, cell]) => cell(row))]),
  ])
}

function exportedCell({ exported }: Row): string {
  if (exported === undefined) return ''
  const percent = `${(Math.min(1, exported) * 100).toFixed(1)} %`
  return exported < minExported ? `${percent} (!)` : percent
}

function aboutStock(rows: readonly Row[]): string {
  if (!rows.some(({ subject }) => subject === 'stock')) return ''
  return `
Stock is what the packages' READMEs give: the default instrumentations, spans by OTLP/gRPC, OpenTelemetry metrics by \
OTLP once a minute, its logs exporter off, pino's transports to stdout and file, fastify-metrics with its defaults. It \
answers with a course from memory and has no embedded database, which is most of the memory of the phases.
`
}

function warnings(rows: readonly Row[]): string {
  const dropped = rows.some(({ exported }) => exported !== undefined && exported < minExported)
  const disturbed = median(rows.map(({ otherCores }) => otherCores))
  return [
    ...(dropped ? ['(!) It dropped spans. Dropping is cheap: with all of them exported it would be slower.'] : []),
    ...(disturbed > maxOtherCores
      ? [`(!) Other programs took ${disturbed.toFixed(1)} of the cores meanwhile. Measure again when they are done.`]
      : []),
  ]
    .map((line) => `\n${line}\n`)
    .join('')
}

/** A target and its measured value. Markdown. */
export function targetLine({ title, wanted, atMost, measured, met }: Target): string {
  const bound = `${atMost ? 'at most' : 'at least'} ${wanted}`
  if (measured === undefined) return `- not measured: ${title}, ${bound}`
  return `- ${met ? 'pass' : 'FAIL'}: ${title} ${measured.toFixed(2)}, ${bound}`
}
