import { cpus } from 'node:os'
import type { ExportedSpans } from './export-counter.ts'
import type { Measurement } from './measurement.ts'
import type { RunResult } from './run.ts'
import { median, medianRatio, type RoundValue } from './statistics.ts'
import { baseName, isMeasuredOn, type Subject } from './subjects.ts'

/**
 * Which side was saturated. `machine`: the bench used all cores, so no single side was the limit. `others`: other
 * programs took the cores.
 */
export type Limit = 'server' | 'load' | 'machine' | 'others' | 'none'

/** A subject on a path: medians over the rounds. */
export interface Row {
  readonly path: string
  readonly subject: string
  readonly title: string
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Requests per second compared to phase 0, round by round; undefined when phase 0 was not measured. */
  readonly ratio: number | undefined
  readonly cpuMicrosPerRequest: number
  readonly rssBytes: number
  /** Share of the requests whose spans arrived, 0 to 1; undefined for a subject that sends none. */
  readonly exported: number | undefined
  readonly serverCores: number
  readonly loadCores: number
  readonly sinkCores: number
  readonly otherCores: number
  readonly limitedBy: Limit
}

/** One row for each subject on each path, paths first. */
export function summarize(
  { measurements, exported }: RunResult,
  subjects: readonly Subject[],
  paths: readonly string[],
): Row[] {
  return paths.flatMap((path) => {
    const onPath = measurements.filter((measurement) => measurement.path === path)
    const base = speeds(onPath, baseName)
    return subjects
      .filter((subject) => isMeasuredOn(subject, path))
      .map((subject) => ({
        path,
        subject: subject.name,
        title: subject.title,
        ...medians(onPath.filter((measurement) => measurement.subject === subject.name)),
        ratio: medianRatio(speeds(onPath, subject.name), base),
        exported: subject.exports === undefined ? undefined : shareExported(exported, subject.name, path),
      }))
  })
}

function medians(own: readonly Measurement[]) {
  const middle = (pick: (measurement: Measurement) => number) => median(own.map(pick))
  const cores = {
    serverCores: middle(({ serverCores }) => serverCores),
    loadCores: middle(({ loadCores }) => loadCores),
    sinkCores: middle(({ sinkCores }) => sinkCores),
    otherCores: middle(({ otherCores }) => otherCores),
  }
  return {
    requestsPerSecond: middle(({ requestsPerSecond }) => requestsPerSecond),
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
    cpuMicrosPerRequest: middle(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest),
    rssBytes: middle(({ rssBytes }) => rssBytes),
    ...cores,
    limitedBy: limit(cores),
  }
}

/** Requests per second of one subject by round. */
export function speeds(measurements: readonly Measurement[], subject: string): RoundValue[] {
  return measurements
    .filter((measurement) => measurement.subject === subject)
    .map(({ round, requestsPerSecond }) => ({ round, value: requestsPerSecond }))
}

function shareExported(exported: readonly ExportedSpans[], subject: string, path: string): number {
  const own = exported.filter((entry) => entry.subject === subject && entry.path === path)
  const requests = own.reduce((sum, entry) => sum + entry.requests, 0)
  const spans = own.reduce((sum, entry) => sum + entry.spans, 0)
  return Math.min(1, spans / requests)
}

type Cores = Pick<Row, 'serverCores' | 'loadCores' | 'sinkCores' | 'otherCores'>

/** A thread counts as saturated when it is busy nine tenths of the time. */
const busy = 0.9

function limit({ serverCores, loadCores, sinkCores, otherCores }: Cores): Limit {
  if (serverCores >= busy && serverCores >= loadCores) return 'server'
  if (loadCores >= busy) return 'load'
  const taken = serverCores + loadCores + sinkCores + otherCores
  if (taken < busy * cpus().length) return 'none'
  return otherCores > 0.25 ? 'others' : 'machine'
}
