import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { UsageError } from '../exercise/usage-error.ts'
import type { Dependencies } from './install-command.ts'
import type { Endings } from './phase-files.ts'

/** The service that a phase is written into. */
export interface Service {
  /** Its package's name without the scope, in letters, digits and hyphens. */
  readonly name: string
  /** Where the files go, absolute. Not there yet, or empty. */
  readonly into: string
  readonly isCommonJs: boolean
  readonly endings: Endings
  /** What it has installed. */
  readonly installed: Dependencies
}

/**
 * Looks at a service and at the folder in it that the files are to go to.
 *
 * @param folder the service's own, absolute
 * @param into relative to it
 * @throws UsageError when nothing can be written there
 */
export function readService(folder: string, into: string): Service {
  const manifest = readManifest(folder)
  const isCommonJs = manifest.type !== 'module'
  return {
    name: nameOf(manifest.name ?? basename(folder)),
    into: emptyFolder(folder, into),
    isCommonJs,
    endings: endingsFor(isCommonJs, folder),
    installed: manifest,
  }
}

interface Manifest extends Dependencies {
  readonly name?: string
  readonly type?: string
}

function readManifest(folder: string): Manifest {
  if (!existsSync(folder)) throw new UsageError(`${folder} does not exist. Name the folder of your service.`)
  if (!statSync(folder).isDirectory()) throw new UsageError(`${folder} is no folder. Name the folder of your service.`)
  const path = join(folder, 'package.json')
  if (!existsSync(path)) {
    throw new UsageError(`${folder} has no package.json. Name the folder of your service, or run npm init there first.`)
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`)
  }
}

function nameOf(packageName: string): string {
  const name = packageName.replace(/^@[^/]*\//, '').replace(/[^A-Za-z0-9]+/g, '-')
  return name.replace(/^-|-$/g, '') || 'my-service'
}

/** @throws UsageError when the folder is outside of the service, or something is there already. */
function emptyFolder(service: string, into: string): string {
  const path = resolve(service, into)
  const inside = relative(service, path)
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new UsageError(`--into ${into} is not a folder inside ${service}. Try --into src/observability.`)
  }
  const steps = inside.split(sep).map((_, index, all) => join(service, ...all.slice(0, index + 1)))
  const file = steps.find((step) => existsSync(step) && !statSync(step).isDirectory())
  if (file) throw new UsageError(`${file} is a file. Choose another folder with --into.`)
  if (existsSync(path) && readdirSync(path).length > 0) {
    throw new UsageError(`${path} is not empty. Remove it, or choose another folder with --into.`)
  }
  return path
}

/**
 * The phases are ES modules, which a file `.mts` always is, also in a CommonJS package. An import names the compiled
 * file, `.js`. Where Node runs TypeScript itself, or the compiler rewrites imports, it names the source, `.ts`.
 */
function endingsFor(isCommonJs: boolean, folder: string): Endings {
  const settings = join(folder, 'tsconfig.json')
  const namesSources =
    !existsSync(settings) ||
    /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(readFileSync(settings, 'utf8'))
  if (isCommonJs) return { file: '.mts', import: namesSources ? '.mts' : '.mjs' }
  return { file: '.ts', import: namesSources ? '.ts' : '.js' }
}
