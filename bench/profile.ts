import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CpuProfile, type SelfTime, selfTimes } from './cpu-profile.ts'
import { type BenchContext, startServers } from './measured-servers.ts'
import { type Load, type Measurement, measure } from './measurement.ts'
import type { Options } from './options.ts'
import type { Subject } from './subjects.ts'

const root = new URL('../../', import.meta.url).href
const warmUpSeconds = 2
const listed = 25

/**
 * Runs one subject under V8's profiler for one round, after a warm-up.
 *
 * @returns where its main thread spent its time, and the folder of the profiles.
 */
export async function profileSubject(
  subject: Subject,
  options: Options,
  context: BenchContext,
  load: Load,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'course-profile-'))
  const path = options.paths[0] as string
  const nodeArgs = ['--cpu-prof', '--cpu-prof-dir', folder]
  const [server] = await startServers([subject], [path], context, nodeArgs)
  if (server === undefined) throw new Error(`${subject.name} did not start`)
  const turn = { round: 1, path, server }
  const spec = { connections: options.connections, seconds: options.seconds }
  await measure(turn, load, { ...spec, seconds: warmUpSeconds }, context.sink.pid)
  const from = monotonicMicros()
  const measurement = await measure(turn, load, spec, context.sink.pid)
  const to = monotonicMicros()
  await server.stop()
  const { functions, packages, busyMicros } = selfTimes(await mainThreadProfile(folder, server.pid), from, to, root)
  const requests = measurement.answered
  return [
    heading(subject, path, measurement, busyMicros),
    table('Function', functions.slice(0, listed), busyMicros, requests),
    table('Package', packages.slice(0, listed), busyMicros, requests),
    `Profiles (for Chrome DevTools and speedscope): ${folder}`,
  ].join('\n\n')
}

function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/** Node writes one profile per thread: `CPU.<date>.<time>.<pid>.<thread>.<sequence>.cpuprofile`. */
async function mainThreadProfile(folder: string, pid: number): Promise<CpuProfile> {
  const files = await readdir(folder)
  const file = files.find((name) => name.split('.').slice(3, 5).join('.') === `${pid}.0`)
  if (file === undefined) throw new Error(`The server left no profile in ${folder}: did it have to be killed?`)
  return JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile
}

function heading({ title }: Subject, path: string, measurement: Measurement, busyMicros: number): string {
  const { requestsPerSecond, cpuMicrosPerRequest, answered } = measurement
  return (
    `${title} on GET ${path}, main thread: ${(busyMicros / answered).toFixed(1)} µs a request ` +
    `(process with all threads and the profiler ${cpuMicrosPerRequest.toFixed(1)} µs, ` +
    `${Math.round(requestsPerSecond)} requests/s). The profiler goes by the clock: waiting for a core counts too.`
  )
}

function table(heading: string, times: readonly SelfTime[], busyMicros: number, requests: number): string {
  const lines = times.map(({ name, micros }) => {
    const share = `${((micros / busyMicros) * 100).toFixed(1)} %`
    return `| ${share.padStart(6)} | ${(micros / requests).toFixed(2).padStart(10)} | ${name} |`
  })
  return [`| ${'self'.padStart(6)} | µs/request | ${heading} |`, '| -----: | ---------: | --- |', ...lines].join('\n')
}
