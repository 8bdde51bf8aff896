import { inspect, styleText } from 'node:util'
import type { Claim, Finding } from './claim.ts'
import { runningServer, type ServerAccess } from './running-server.ts'

export interface Outcome extends Finding {
  readonly claim: Claim
}

/**
 * Checks the claims one after the other. An error during a check is reported as its observation.
 *
 * @param onOutcome is called with each outcome as it comes
 */
export async function checkClaims(
  claims: readonly Claim[],
  access: ServerAccess,
  onOutcome: (outcome: Outcome) => void = () => {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const claim of claims) {
    const outcome = await checkClaim(claim, access)
    outcomes.push(outcome)
    onOutcome(outcome)
  }
  return outcomes
}

async function checkClaim(claim: Claim, access: ServerAccess): Promise<Outcome> {
  try {
    return { claim, ...(await claim.check(runningServer(access))) }
  } catch (error) {
    return { claim, ok: false, seen: (error as Error).message }
  }
}

/** One line, and for a claim that does not hold also the expectation, the observation and a hint. */
export function describe({ claim, ok, seen }: Outcome): string {
  if (ok) return `${styleText('green', '✓', { stream: process.stdout })} ${claim.title}`
  return [
    `${styleText('red', '✗', { stream: process.stdout })} ${claim.title}`,
    `    expected: ${claim.expected}`,
    `    seen:     ${seenAsText(seen).replaceAll('\n', '\n              ')}`,
    `    hint:     ${claim.hint}`,
  ].join('\n')
}

export function summary(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ ok }) => !ok).length
  if (failed === 0) return `All ${outcomes.length} claims hold.`
  return `${failed} of ${outcomes.length} claims ${failed === 1 ? 'does' : 'do'} not hold.`
}

/** An observation as text, shortened. */
export function seenAsText(seen: unknown): string {
  const text = typeof seen === 'string' ? seen : inspect(seen, { depth: 5, breakLength: 110 })
  return text.length <= 1200 ? text : `${text.slice(0, 1200)}…`
}
