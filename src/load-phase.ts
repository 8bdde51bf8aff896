import { readdir } from 'node:fs/promises'
import type { Phase } from '../phases/phase.ts'
import { ConfigError } from './config.ts'

const bareServer: Phase = { number: 0, title: 'The bare server', plugins: [] }

/**
 * Returns the phase that the `index` of the folder `phases/N-…` exports.
 *
 * @throws ConfigError when there is no such phase.
 */
export async function loadPhase(number: number): Promise<Phase> {
  if (number === 0) return bareServer
  const phases = new URL('../phases/', import.meta.url)
  const folder = (await readdir(phases)).find((name) => name.startsWith(`${number}-`))
  if (folder === undefined)
    throw new ConfigError('PHASE', `${number} is not a phase`, 'Set PHASE to a number from 0 to 5.')
  const module = (await import(new URL(`${folder}/index.js`, phases).href)) as { default: Phase }
  return module.default
}
