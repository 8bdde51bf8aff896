import { execFile, execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { promisify } from 'node:util'

/** Resources used by a process, all threads included. */
export interface ProcessUsage {
  /** User and system time since its start. Steps of 10 ms on Linux. */
  readonly cpuMicros: number
  /** Resident memory. */
  readonly rssBytes: number
}

const run = promisify(execFile)
const microsPerTick = 1_000_000 / clockTicksPerSecond()

/**
 * Reads the usage of a running process, from `/proc` where there is one and from `ps` elsewhere.
 *
 * @throws when there is no such process.
 */
export async function processUsage(pid: number): Promise<ProcessUsage> {
  return process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid)
}

/** Idle time of all cores of this machine since its start. */
export function idleMicros(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0) * 1000
}

async function fromProc(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'latin1'),
    readFile(`/proc/${pid}/status`, 'latin1'),
  ])
  // The second field is the command in parentheses and may contain spaces: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])
  return { cpuMicros: ticks * microsPerTick, rssBytes: kilobytes * 1024 }
}

async function fromPs(pid: number): Promise<ProcessUsage> {
  const { stdout } = await run('ps', ['-o', 'rss=,time=', '-p', String(pid)])
  const [kilobytes, time] = stdout.trim().split(/\s+/)
  return { cpuMicros: psTimeMicros(time as string), rssBytes: Number(kilobytes) * 1024 }
}

/** `ps` writes `[[days-]hours:]minutes:seconds`, with hundredths on macOS. */
function psTimeMicros(time: string): number {
  const [clock, days = '0'] = time.split('-').reverse() as [string, string?]
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1_000_000
}

function clockTicksPerSecond(): number {
  if (process.platform !== 'linux') return 100
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
}
