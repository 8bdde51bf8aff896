import { readdir } from 'node:fs/promises'
import type { Claim } from './claim.ts'

/** The claims of a phase's lesson: what `phases/N-…/checks.ts` exports. */
export async function claimsOf(phase: number): Promise<readonly Claim[]> {
  const phases = new URL('../../phases/', import.meta.url)
  const folder = (await readdir(phases)).find((name) => name.startsWith(`${phase}-`))
  if (folder === undefined) throw new Error(`there is no phase ${phase}`)
  const module = (await import(new URL(`${folder}/checks.js`, phases).href)) as { default: readonly Claim[] }
  return module.default
}
