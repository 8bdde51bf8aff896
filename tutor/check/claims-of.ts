import { readdir } from 'node:fs/promises'
import type { Claim } from './claim.ts'

/** The claims of a phase's lesson, exported by `claims/N-….ts`. */
export async function claimsOf(phase: number): Promise<readonly Claim[]> {
  const folder = new URL('claims/', import.meta.url)
  const file = (await readdir(folder)).find((name) => name.startsWith(`${phase}-`) && name.endsWith('.js'))
  if (file === undefined) throw new Error(`there is no phase ${phase}`)
  const module = (await import(new URL(file, folder).href)) as { default: readonly Claim[] }
  return module.default
}
