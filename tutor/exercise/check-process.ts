/** Runs the check of one exercise, and reports to the process that has started it. */
import { pathToFileURL } from 'node:url'
import { catalogue, compiled, definitionOf, type Entry } from './catalogue.ts'
import type { Claim, Unmet } from './exercise.ts'
import type { Problem, Report } from './verdict.ts'

const [name, modulePath] = process.argv.slice(2) as [string, string]

/** Ends a check at the first claim that does not hold. */
class NotYet extends Error {
  readonly problem: Problem & { kind: 'unmet' }

  constructor(title: string, unmet: Unmet) {
    super(title)
    this.problem = { kind: 'unmet', title, ...unmet }
  }
}

const claim: Claim = (title, holds, unmet) => {
  if (!holds) throw new NotYet(title, unmet)
  process.send?.({ met: title } satisfies Report)
}

/** Says how it went and ends, whatever the check has left behind: a server, timers. */
function end(last: Report): void {
  process.send?.(last, () => process.exit())
}

/** Whatever goes wrong in here is the learner's code's doing, also what is thrown where nobody waits for it. */
function fail(error: unknown): void {
  end({ problem: error instanceof NotYet ? error.problem : { kind: 'thrown', stack: stackOf(error) } })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : `threw ${JSON.stringify(error)}`
}

/** A check can only use what the file exports, and the learner may have renamed it. */
async function requireExports(module: object, { number, solution }: Entry): Promise<void> {
  const wanted = (await import(pathToFileURL(compiled(solution)).href)) as object
  const missing = Object.keys(wanted).filter((name) => !(name in module))
  if (missing.length === 0) return
  throw new NotYet('the file exports what is checked', {
    expected: `an export called ${missing.join(', ')}`,
    seen: `exports called ${Object.keys(module).join(', ') || 'nothing'}`,
    look: `the file as it was handed out: npm run exercise ${number} -- --reset`,
  })
}

process.on('uncaughtException', fail)

const entry = catalogue().find((found) => found.name === name)
if (entry === undefined) throw new Error(`there is no exercise ${name}`)
const exercise = await definitionOf(entry)
try {
  const module = (await import(pathToFileURL(modulePath).href)) as object
  await requireExports(module, entry)
  await exercise.check(module, claim, modulePath)
  end({ done: true })
} catch (error) {
  fail(error)
}
