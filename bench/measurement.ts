import { cpus } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Member } from './fleet.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import type { Peer } from './peer.ts'
import { idleMicros, type ProcessUsage, processUsage } from './process-usage.ts'

/** One subject on one path, once. */
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
  /** Kept busy by programs that are no part of the bench, or withheld by the hypervisor. */
  readonly otherCores: number
  readonly rssBytes: number
  readonly answered: number
  /** With those that the end cut off before their answer. */
  readonly sent: number
}

export type Load = Peer<LoadOrder, LoadResult>

/** Lets the server finish with what it has buffered, so that it counts and does not disturb the next one. */
const settleMs = 250

/**
 * Puts load on one server and reads what it cost.
 *
 * @throws when a request fails or is answered with anything but 2xx.
 */
export async function measure(
  { round, path, member }: { round: number; path: string; member: Member },
  load: Load,
  order: Omit<LoadOrder, 'url' | 'grpcMessage'>,
  sinkPid: number,
): Promise<Measurement> {
  const before = await usages(member.pids, sinkPid)
  const result = await load.ask({ ...order, ...member.target(path) })
  expectSuccess(result, member, path)
  await delay(settleMs)
  const after = await usages(member.pids, sinkPid)
  const serverMicros = after.server.cpuMicros - before.server.cpuMicros
  const sinkMicros = after.sink.cpuMicros - before.sink.cpuMicros
  const loadMicros = result.cpuMicros
  const micros = result.seconds * 1_000_000
  return {
    round,
    subject: member.subject.name,
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

/** What was neither idle nor ours. */
function otherCores(before: Usages, after: Usages, ownMicros: number): number {
  const elapsedMicros = after.atMicros - before.atMicros
  const idleCores = (after.idleMicros - before.idleMicros) / elapsedMicros
  return Math.max(0, cpus().length - idleCores - ownMicros / elapsedMicros)
}

function expectSuccess({ answered, refused }: LoadResult, member: Member, path: string): void {
  if (refused === 0 && answered > 0) return
  throw new Error(
    `${member.subject.name} on ${path}: ${answered} answers with 2xx, ${refused} others.\n${member.lastWords()}`,
  )
}
