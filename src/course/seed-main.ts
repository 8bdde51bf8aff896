/** `npm run seed -- --courses 1000 --seed 7`: adds courses to the configured database. Safe to run twice. */
import { parseArgs } from 'node:util'
import { type Config, ConfigError, loadConfig } from '../config.ts'
import { openDatabase } from '../platform/open-database.ts'
import { migrations } from './migrations.ts'
import { progressBar } from './progress-bar.ts'
import { type Seeded, seedCourses } from './seed.ts'
import { catalogue } from './seed-data.ts'

interface Arguments {
  readonly count: number
  readonly seed: number
}

function readArguments(): Arguments {
  const { courses, seed } = parse().values
  return {
    count: wholeNumber('--courses', courses, catalogue.length, 100_000),
    seed: wholeNumber('--seed', seed, 1, 999_999),
  }
}

function parse() {
  try {
    return parseArgs({ options: { courses: { type: 'string' }, seed: { type: 'string' } } })
  } catch (error) {
    const problem = (error as Error).message.split('. ')[0] as string
    throw new ConfigError('Arguments', problem, 'Known are --courses and --seed.')
  }
}

function wholeNumber(flag: string, given: string | undefined, otherwise: number, maximum: number): number {
  if (given === undefined) return otherwise
  const number = Number(given)
  if (/^\d+$/.test(given) && number >= 1 && number <= maximum) return number
  throw new ConfigError(flag, `${JSON.stringify(given)} does not work`, `Set it to a number from 1 to ${maximum}.`)
}

async function seedDatabase(config: Config, { count, seed }: Arguments): Promise<Seeded> {
  const database = await openDatabase(config)
  try {
    await database.migrate(migrations)
    return await seedCourses(database, { count, seed, onProgress: (done) => showProgress(done, count) })
  } finally {
    await database.close()
  }
}

/** Without a terminal, the report is the only line. */
function showProgress(done: number, count: number): void {
  if (!process.stdout.isTTY || process.env.TERM === 'dumb') return
  // Some terminals do not report their width.
  const bar = progressBar(done, count, 'courses', process.stdout.columns || undefined)
  process.stdout.write(`\r${bar}${done === count ? '\n' : ''}`)
}

function report({ courses, batches, bookings }: Seeded, count: number, seconds: number): string {
  if (courses === 0) return `Nothing to do: all ${count} courses of this seed are there, or were deleted.\n`
  const before = count - courses
  return [
    `Added ${courses} courses with ${batches} batches and ${bookings} bookings in ${seconds.toFixed(1)} s.`,
    before > 0 ? ` ${before} were there before and stay as they are.` : '',
    '\n',
  ].join('')
}

try {
  const config = loadConfig([])
  if (config.DATABASE_URL === 'memory:') {
    throw new ConfigError('DATABASE_URL', 'memory: is gone when this command ends', 'Leave it unset to seed DATA_DIR.')
  }
  const wanted = readArguments()
  const start = performance.now()
  const seeded = await seedDatabase(config, wanted)
  process.stdout.write(report(seeded, wanted.count, (performance.now() - start) / 1000))
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
