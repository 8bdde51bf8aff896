import { cpus } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { HelperProcess } from './helper-process.ts'
import type { LoadResult, LoadSpec } from './load.ts'
import type { MeasuredServer } from './measured-servers.ts'
import { idleMicros, type ProcessUsage, processUsage } from './process-usage.ts'

/** One subject on one path in one round. */
export interface Measurement {
  /** From 1. */
  readonly round: number
  readonly subject: string
  readonly path: string
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU time of the server's processes, all threads, per request. */
  readonly cpuMicrosPerRequest: number
  /** Cores kept busy; 1 is one core all the time. */
  readonly serverCores: number
  readonly loadCores: number
  readonly sinkCores: number
  /** Used by other programs, or withheld by the hypervisor. */
  readonly otherCores: number
  readonly rssBytes: number
  readonly answered: number
  /** Includes requests in flight at the end. */
  readonly sent: number
}

export type Load = HelperProcess<LoadSpec, LoadResult>

/** Lets the server flush its buffers, so that their cost counts here and not in the next measurement. */
const settleMs = 250

/**
 * Puts load on one server and measures its cost.
 *
 * @throws when a request fails or is answered with anything but 2xx.
 */
export async function measure(
  { round, path, server }: { round: number; path: string; server: MeasuredServer },
  load: Load,
  spec: Omit<LoadSpec, 'url' | 'grpcMessage'>,
  sinkPid: number,
): Promise<Measurement> {
  const before = await usages(server.pids, sinkPid)
  const result = await load.request({ ...spec, ...server.target(path) })
  expectSuccess(result, server, path)
  await delay(settleMs)
  const after = await usages(server.pids, sinkPid)
  const serverMicros = after.server.cpuMicros - before.server.cpuMicros
  const sinkMicros = after.sink.cpuMicros - before.sink.cpuMicros
  const loadMicros = result.cpuMicros
  const micros = result.seconds * 1_000_000
  return {
    round,
    subject: server.subject.name,
    path,
    requestsPerSecond: result.answered / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicrosPerRequest: serverMicros / result.answered,
    serverCores: serverMicros / micros,
    loadCores: loadMicros / micros,
    sinkCores: sinkMicros / micros,
    otherCores: otherCores(before, after, serverMicros + sinkMicros + loadMicros),
    rssBytes: after.server.rssBytes,
    answered: result.answered,
    sent: result.sent,
  }
}

interface Usages {
  readonly server: ProcessUsage
  readonly sink: ProcessUsage
  readonly idleMicros: number
  readonly atMicros: number
}

async function usages(serverPids: readonly number[], sinkPid: number): Promise<Usages> {
  const [sink, ...servers] = await Promise.all([sinkPid, ...serverPids].map(processUsage))
  return {
    server: sum(servers),
    sink: sink as ProcessUsage,
    idleMicros: idleMicros(),
    atMicros: performance.now() * 1000,
  }
}

function sum(usages: readonly ProcessUsage[]): ProcessUsage {
  return usages.reduce((total, { cpuMicros, rssBytes }) => ({
    cpuMicros: total.cpuMicros + cpuMicros,
    rssBytes: total.rssBytes + rssBytes,
  }))
}

/** Cores that were neither idle nor used by the bench. */
function otherCores(before: Usages, after: Usages, ownMicros: number): number {
  const elapsedMicros = after.atMicros - before.atMicros
  const idleCores = (after.idleMicros - before.idleMicros) / elapsedMicros
  return Math.max(0, cpus().length - idleCores - ownMicros / elapsedMicros)
}

function expectSuccess({ answered, refused }: LoadResult, server: MeasuredServer, path: string): void {
  if (refused === 0 && answered > 0) return
  throw new Error(
    `${server.subject.name} on ${path}: ${answered} answers with 2xx, ${refused} others.\n${server.stderrTail()}`,
  )
}
