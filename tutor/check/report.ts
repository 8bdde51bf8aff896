import { inspect, styleText } from 'node:util'
import type { Claim, Finding } from './claim.ts'
import { runningServer, type ServerAccess } from './running-server.ts'

export interface Outcome extends Finding {
  readonly claim: Claim
}

/** Checks the claims one after the other. An error during a check is reported as its observation. */
export async function checkClaims(claims: readonly Claim[], access: ServerAccess): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const claim of claims) outcomes.push(await checkClaim(claim, access))
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
  const shown = typeof seen === 'string' ? seen : inspect(seen, { depth: 5, breakLength: 110 })
  return [
    `${styleText('red', '✗', { stream: process.stdout })} ${claim.title}`,
    `    expected: ${claim.expected}`,
    `    seen:     ${shortened(shown).replaceAll('\n', '\n              ')}`,
    `    hint:     ${claim.hint}`,
  ].join('\n')
}

export function summary(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ ok }) => !ok).length
  if (failed === 0) return `All ${outcomes.length} claims hold.`
  return `${failed} of ${outcomes.length} claims ${failed === 1 ? 'does' : 'do'} not hold.`
}

function shortened(text: string): string {
  return text.length <= 1200 ? text : `${text.slice(0, 1200)}…`
}
