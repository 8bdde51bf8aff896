/**
 * Checks the claims of one lesson in a process of its own: in the server's process, its own instrumentation would trace
 * the requests of the check. It is told of the server by the environment, as `npm run check` is.
 */
import type { CheckEvent } from '../../lab/lesson-wire.ts'
import { ConfigError, loadConfig } from '../../src/config.ts'
import { bypassProxyOnLoopback } from '../../src/platform/no-proxy.ts'
import { claimsOf } from '../check/claims-of.ts'
import { checkLearnersServer, OtherPhase } from '../check/learners-server.ts'
import { NoSpanSource } from '../check/open-span-source.ts'
import { seenAsText } from '../check/report.ts'
import { Teardowns } from '../check/teardowns.ts'
import { NoServer } from '../check/which-phase.ts'

/** Errors whose message is enough for the user. */
const USER_ERRORS = [ConfigError, NoServer, OtherPhase, NoSpanSource]

bypassProxyOnLoopback()
process.on('disconnect', () => process.exit())

const lesson = Number(process.argv[2])
const scope = new Teardowns()
try {
  const claims = await claimsOf(lesson)
  tell({ event: 'claims', titles: claims.map(({ title }) => title) })
  await checkLearnersServer(
    lesson,
    loadConfig([]),
    scope,
    (text) => tell({ event: 'note', text: text.trim() }),
    ({ claim: { title, expected, hint }, ok, seen }) =>
      tell({ event: 'outcome', title, ok, expected, seen: seenAsText(seen), hint }),
  )
  tell({ event: 'end' })
} catch (error) {
  if (!USER_ERRORS.some((kind) => error instanceof kind)) throw error
  tell({ event: 'problem', text: (error as Error).message })
} finally {
  await scope.run()
}
process.disconnect?.()

function tell(event: CheckEvent): void {
  process.send?.(event)
}
