import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHelper } from './helper-process.ts'
import { Interrupted, interruption } from './interruption.ts'
import type { LoadResult, LoadSpec } from './load.ts'
import type { BenchContext } from './measured-servers.ts'
import type { Load } from './measurement.ts'
import { OptionError, type Options, readOptions, usage } from './options.ts'
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
  const load: Load = startHelper<LoadSpec, LoadResult>(new URL('load.js', import.meta.url))
  const context = { folder, sink, signal: stopping.signal, main: options.server }
  try {
    return await Promise.race([perform(options, context, load), interruption()])
  } finally {
    stopping.abort()
    await Promise.all([sink.stop(), load.stop()])
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function perform(options: Options, context: BenchContext, load: Load): Promise<number> {
  if (options.profile !== undefined) return print(await profileSubject(options.profile, options, context, load))
  const result = await runBench(options, context, load)
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
