import { ExportCounter, type ExportedSpans } from './export-counter.ts'
import { type BenchContext, type MeasuredServer, startServers } from './measured-servers.ts'
import { type Load, type Measurement, measure } from './measurement.ts'
import type { Options } from './options.ts'
import { type Progress, startProgress } from './progress.ts'
import { shuffled } from './statistics.ts'
import { isMeasuredOn } from './subjects.ts'

/** Everything that was measured. */
export interface RunResult {
  /** In the order they were taken. */
  readonly measurements: readonly Measurement[]
  readonly exported: readonly ExportedSpans[]
}

/** Long enough for V8 to compile the hot code. */
const warmUpSeconds = 2

/**
 * Measures all subjects on all paths. Rounds are interleaved in random order, so that a temporarily slow machine
 * affects all subjects.
 */
export async function runBench(options: Options, context: BenchContext, load: Load): Promise<RunResult> {
  const { subjects, paths, rounds } = options
  const turns = paths.flatMap((path) => subjects.filter((subject) => isMeasuredOn(subject, path)))
  const progress = startProgress(turns.length * (rounds + 1))
  try {
    progress.round('starting')
    const servers = await startServers(subjects, paths, context)
    const exportCounter = new ExportCounter(context.sink)

    const takeTurn = async (round: number, path: string, server: MeasuredServer, seconds: number) => {
      await exportCounter.begin(server.subject, path)
      const spec = { connections: options.connections, seconds }
      const measurement = await measure({ round, path, server }, load, spec, context.sink.pid)
      exportCounter.end(server.subject, measurement.sent)
      progress.step(`${server.subject.name} ${path} ${Math.round(measurement.requestsPerSecond)}/s`)
      return measurement
    }

    const measurements = await takeAllTurns(servers, options, takeTurn, progress)
    await Promise.all(servers.map((server) => server.stop()))
    return { measurements, exported: await exportCounter.finish() }
  } finally {
    progress.done()
  }
}

async function takeAllTurns(
  servers: readonly MeasuredServer[],
  { paths, rounds, seconds }: Options,
  takeTurn: (round: number, path: string, server: MeasuredServer, seconds: number) => Promise<Measurement>,
  progress: Progress,
): Promise<Measurement[]> {
  const on = (path: string) => servers.filter(({ subject }) => isMeasuredOn(subject, path))
  const measurements: Measurement[] = []
  progress.round('warm-up')
  for (const path of paths) {
    for (const server of on(path)) await takeTurn(0, path, server, Math.min(warmUpSeconds, seconds))
  }
  for (let round = 1; round <= rounds; round++) {
    progress.round(`round ${round} of ${rounds}`)
    for (const path of paths) {
      for (const server of shuffled(on(path))) measurements.push(await takeTurn(round, path, server, seconds))
    }
  }
  return measurements
}
