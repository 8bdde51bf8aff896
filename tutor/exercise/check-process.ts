/** Runs the check of one exercise and reports to the parent process. */
import { pathToFileURL } from 'node:url'
import { catalogue, compiledPath, definitionOf, type Entry } from './catalogue.ts'
import { claimWith, UnmetClaim } from './claims.ts'
import type { Report } from './verdict.ts'

const [name, modulePath] = process.argv.slice(2) as [string, string]

const claim = claimWith((title) => process.send?.({ met: title } satisfies Report))

/** Reports the result and exits, even if the check has left a server or timers. */
function finish(last: Report): void {
  process.send?.(last, () => process.exit())
}

/** Every error here comes from the learner's code, including unhandled ones. */
function fail(error: unknown): void {
  finish({ problem: error instanceof UnmetClaim ? error.problem : { kind: 'thrown', stack: stackOf(error) } })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : `threw ${JSON.stringify(error)}`
}

/** A check needs the exports of the file, which the learner may have renamed. */
async function requireExports(module: object, { number, solution }: Entry): Promise<void> {
  const wanted = (await import(pathToFileURL(compiledPath(solution)).href)) as object
  const missing = Object.keys(wanted).filter((name) => !(name in module))
  if (missing.length === 0) return
  throw new UnmetClaim('the file exports what is checked', {
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
  finish({ done: true })
} catch (error) {
  fail(error)
}
