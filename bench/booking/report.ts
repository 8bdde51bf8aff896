import { markdownTable } from '../markdown-table.ts'
import { environment, targetLine } from '../report.ts'
import { median, medianRatio } from '../statistics.ts'
import { type Target, target, targetAtMost } from '../targets.ts'
import type { Discipline, Measurement } from './run.ts'

/** Medians over the rounds, and the ratio to the first contender of the discipline. */
export interface Row {
  readonly discipline: string
  readonly contender: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly ratio: number | undefined
}

/** One row for each contender in each discipline. */
export function summarize(measurements: readonly Measurement[], disciplines: readonly Discipline[]): Row[] {
  return disciplines.flatMap((discipline) =>
    discipline.contenders.map(({ name }) => {
      const own = of(measurements, discipline.title, name)
      const first = discipline.contenders[0]?.name ?? ''
      return {
        discipline: discipline.title,
        contender: name,
        perSecond: median(own.map(({ perSecond }) => perSecond)),
        p50Ms: median(own.map(({ p50Ms }) => p50Ms)),
        p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
        ratio: medianRatio(speeds(own), speeds(of(measurements, discipline.title, first))),
      }
    }),
  )
}

/** Checks the project's performance targets for bookings. */
export function checkTargets(
  measurements: readonly Measurement[],
  names: Record<'spread' | 'crowded', string>,
): Target[] {
  const speed = (contender: string) => speeds(of(measurements, names.spread, contender))
  const p99 = (discipline: string) =>
    of(measurements, discipline, 'phase 0').map(({ round, p99Ms }) => ({ round, value: p99Ms }))
  return [
    target('phase 0 to pgbench, 10 clients', 0.5, medianRatio(speed('phase 0'), speed('pgbench'))),
    target('phase 5 to phase 0, 10 clients', 0.6, medianRatio(speed('phase 5'), speed('phase 0'))),
    targetAtMost(
      'p99 of phase 0 when all want the same batch, to that when they do not',
      3,
      medianRatio(p99(names.crowded), p99(names.spread)),
    ),
  ]
}

/** A table, the environment it was measured in, and the targets. Markdown. */
export function markdownReport(
  rows: readonly Row[],
  targets: readonly Target[],
  rounds: number,
  seconds: number,
): string {
  const { node, cpu, cores } = environment()
  const cells = rows.map((row) => [
    `${row.discipline}: ${row.contender}`,
    Math.round(row.perSecond).toLocaleString('en'),
    row.p50Ms.toFixed(1),
    row.p99Ms.toFixed(1),
    row.ratio?.toFixed(2) ?? '',
  ])
  return `${markdownTable([['', 'per second', 'p50 ms', 'p99 ms', 'to the first'], ...cells])}

Node ${node}, ${cpu}, ${cores} cores, which PostgreSQL, the app and the load generator share. Medians of ${rounds} rounds \
of ${seconds} s, ratios taken round by round. PostgreSQL has its default settings; pgbench sends the statements that the app \
sends, over as many connections as there are clients, the app over at most 10.

${targets.map(targetLine).join('\n')}
`
}

function of(measurements: readonly Measurement[], discipline: string, contender: string): Measurement[] {
  return measurements.filter((taken) => taken.discipline.title === discipline && taken.contender === contender)
}

function speeds(measurements: readonly Measurement[]) {
  return measurements.map(({ round, perSecond }) => ({ round, value: perSecond }))
}
