import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Surroundings } from './fleet.ts'
import { Interrupted, interruption } from './interruption.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import type { Load } from './measurement.ts'
import { OptionError, type Options, readOptions, usage } from './options.ts'
import { startPeer } from './peer.ts'
import { profileSubject } from './profile.ts'
import { jsonReport, markdownReport } from './report.ts'
import { runBench } from './run.ts'
import { startSink } from './sink-client.ts'
import { summarize } from './summary.ts'
import { checkTargets } from './targets.ts'

try {
  process.exitCode = process.argv.includes('--help') ? print(usage) : await run(readOptions(process.argv.slice(2)))
} catch (error) {
  process.exitCode = explain(error)
}

async function run(options: Options): Promise<number> {
  const stopping = new AbortController()
  const folder = await mkdtemp(join(tmpdir(), 'course-bench-'))
  const sink = startSink()
  const load: Load = startPeer<LoadOrder, LoadResult>(new URL('load.js', import.meta.url))
  const surroundings = { folder, sink, signal: stopping.signal, main: options.server }
  try {
    return await Promise.race([perform(options, surroundings, load), interruption()])
  } finally {
    stopping.abort()
    await Promise.all([sink.stop(), load.stop()])
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function perform(options: Options, surroundings: Surroundings, load: Load): Promise<number> {
  if (options.profile !== undefined) return print(await profileSubject(options.profile, options, surroundings, load))
  const result = await runBench(options, surroundings, load)
  const rows = summarize(result, options.subjects, options.paths)
  const targets = checkTargets(result.measurements, rows)
  print(options.json ? jsonReport(options, result, rows, targets) : markdownReport(options, rows, targets))
  return options.assert && targets.some(({ met }) => met === false) ? 1 : 0
}

function print(text: string): number {
  console.log(text)
  return 0
}

function explain(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode
  if (error instanceof OptionError) console.error(`${error.message}\n\n${usage}`)
  else console.error(error instanceof Error ? error.message : error)
  return 1
}
