import { readdirSync } from 'node:fs'
import { UsageError } from '../exercise/usage-error.ts'
import { type Module, packagesIn, reachableFrom, withImportsEnding } from './module-graph.ts'

/** What the target takes: the endings of files, and of the files that an import names. */
export interface Endings {
  readonly file: '.ts' | '.mts'
  readonly import: '.js' | '.mjs' | '.ts' | '.mts'
}

export interface PhaseFiles {
  /** Named from the folder that they are written to. */
  readonly files: readonly Module[]
  /** What they import, each once. */
  readonly packages: readonly string[]
}

/** What each ejected folder holds besides its phase: what is announced, and what registers a phase. */
const ALWAYS = ['announcements.ts', 'register.ts']

/**
 * Finds the folder of a phase: `5-unified`.
 *
 * @param phases the folder `phases/`
 * @throws UsageError when there is no such phase
 */
export function phaseFolder(phases: string, number: string): string {
  const folders = readdirSync(phases).filter((name) => /^\d-/.test(name))
  const phase = folders.find((name) => name.startsWith(`${number}-`))
  if (phase === undefined) throw new UsageError(`There is no phase ${number}. Choose one from 1 to ${folders.length}.`)
  return phase
}

/**
 * The files of a phase as they are written into a service: without the booking domain, under the service's name.
 *
 * @param phases the folder `phases/`
 * @param phase the phase's own folder: `5-unified`
 */
export function phaseFiles(phases: string, phase: string, serviceName: string, endings: Endings): PhaseFiles {
  const modules = reachableFrom(phases, [`${phase}/index.ts`, ...ALWAYS], (name, text) => {
    if (name === 'app-name.ts') return text.replace(/(?<=APP_NAME = ')[^']*/, serviceName)
    return name.endsWith('/index.ts') ? withoutBookings(text) : text
  })
  const domain = modules.find(({ name }) => name.startsWith('booking/'))
  if (domain) throw new Error(`phases/${domain.name} is imported by a file that is no index.ts`)

  return {
    files: modules.map(({ name, text }) => ({
      name: name.replace(/\.ts$/, endings.file),
      text: withImportsEnding(text, endings.import),
    })),
    packages: [...new Set(modules.flatMap(packagesIn))].sort(),
  }
}

/** A phase's table of contents without what it imports from `../booking/`: the imports, and the names in its lists. */
export function withoutBookings(index: string): string {
  const imports = /^import \{ ([^}]+) \} from '\.\.\/booking\/.*'\n/gm
  const names = [...index.matchAll(imports)].flatMap(([, list]) => (list as string).split(', '))
  return names.reduce(
    (text, name) => text.replace(new RegExp(`\\n *${name},(?=\\n)|, ${name}\\b|\\b${name}, `), ''),
    index.replaceAll(imports, ''),
  )
}
