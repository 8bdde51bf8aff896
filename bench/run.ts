import { type Member, type Surroundings, startFleet } from './fleet.ts'
import { type Load, type Measurement, measure } from './measurement.ts'
import type { Options } from './options.ts'
import { type Progress, startProgress } from './progress.ts'
import { type ExportedSpans, SpanLedger } from './span-ledger.ts'
import { shuffled } from './statistics.ts'
import { isMeasuredOn } from './subjects.ts'

/** Everything that was measured. */
export interface RunResult {
  /** In the order in which they were taken. */
  readonly measurements: readonly Measurement[]
  readonly exported: readonly ExportedSpans[]
}

/** Long enough for V8 to have compiled what is hot. */
const warmUpSeconds = 2

/**
 * Measures all subjects on all paths. Rounds are interleaved and their order is random, so that a
 * machine that is slow for a while is slow for all of them.
 */
export async function runBench(options: Options, surroundings: Surroundings, load: Load): Promise<RunResult> {
  const { subjects, paths, rounds } = options
  const turns = paths.flatMap((path) => subjects.filter((subject) => isMeasuredOn(subject, path)))
  const progress = startProgress(turns.length * (rounds + 1))
  try {
    progress.round('starting')
    const fleet = await startFleet(subjects, paths, surroundings)
    const ledger = new SpanLedger(surroundings.sink)

    const takeTurn = async (round: number, path: string, member: Member, seconds: number) => {
      await ledger.begin(member.subject, path)
      const order = { connections: options.connections, seconds }
      const measurement = await measure({ round, path, member }, load, order, surroundings.sink.pid)
      ledger.end(member.subject, measurement.sent)
      progress.step(`${member.subject.name} ${path} ${Math.round(measurement.requestsPerSecond)}/s`)
      return measurement
    }

    const measurements = await takeAllTurns(fleet, options, takeTurn, progress)
    await Promise.all(fleet.map((member) => member.stop()))
    return { measurements, exported: await ledger.finish() }
  } finally {
    progress.done()
  }
}

async function takeAllTurns(
  fleet: readonly Member[],
  { paths, rounds, seconds }: Options,
  takeTurn: (round: number, path: string, member: Member, seconds: number) => Promise<Measurement>,
  progress: Progress,
): Promise<Measurement[]> {
  const on = (path: string) => fleet.filter(({ subject }) => isMeasuredOn(subject, path))
  const measurements: Measurement[] = []
  progress.round('warm-up')
  for (const path of paths) {
    for (const member of on(path)) await takeTurn(0, path, member, Math.min(warmUpSeconds, seconds))
  }
  for (let round = 1; round <= rounds; round++) {
    progress.round(`round ${round} of ${rounds}`)
    for (const path of paths) {
      for (const member of shuffled(on(path))) measurements.push(await takeTurn(round, path, member, seconds))
    }
  }
  return measurements
}
