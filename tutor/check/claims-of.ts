import { readdir } from 'node:fs/promises'
import type { Claim } from './claim.ts'

/** The claims of a lesson, exported by `claims/N-….ts`. */
export async function claimsOf(lesson: number): Promise<readonly Claim[]> {
  const folder = new URL('claims/', import.meta.url)
  const file = (await readdir(folder)).find((name) => name.startsWith(`${lesson}-`) && name.endsWith('.js'))
  if (file === undefined) throw new Error(`there is no lesson ${lesson}`)
  const module = (await import(new URL(file, folder).href)) as { default: readonly Claim[] }
  return module.default
}
