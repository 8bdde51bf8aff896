import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))

const TELEMETRY = /^(pino|pino-.*|prom-client|fastify-metrics|@opentelemetry\/.*)$/

interface Import {
  readonly file: string
  readonly from: string
  readonly typeOnly: boolean
}

/** All imports and re-exports, static and dynamic, of the TypeScript files below a folder. */
function importsBelow(folder: string): Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => importsOf(join(folder, name), readFileSync(join(root, folder, name), 'utf8')))
}

function importsOf(file: string, source: string): Import[] {
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)
  const calls = source.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g)
  return [
    ...[...statements].map(([, type, from]) => ({ file, from: from as string, typeOnly: type !== undefined })),
    ...[...calls].map(([, from]) => ({ file, from: from as string, typeOnly: false })),
  ]
}

function targetOf({ file, from }: Import): string {
  return relative(root, resolve(root, dirname(file), from))
}

function telemetryIn(imports: readonly Import[]): string[] {
  return imports.filter(({ from }) => TELEMETRY.test(from)).map(({ file, from }) => `${file} imports ${from}`)
}

/** Includes type imports, because copied files must compile elsewhere. */
function reachingOut(imports: readonly Import[]): string[] {
  return imports
    .filter((found) => found.from.startsWith('.') && !targetOf(found).startsWith('phases/'))
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

/** The application imports from `phases/` only announcements, including those of bookings, and the types of a phase. */
function reachingIntoPhases(imports: readonly Import[]): string[] {
  return imports
    .filter((found) => found.from.startsWith('.') && targetOf(found).startsWith('phases/'))
    .filter(
      (found) => !ANNOUNCEMENTS.includes(targetOf(found)) && !(targetOf(found) === 'phases/phase.ts' && found.typeOnly),
    )
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

const ANNOUNCEMENTS = ['phases/announcements.ts', 'phases/booking/announcements.ts']

/** The domain's folder can be left out, because only the lists of plugins import from it. */
function reachingIntoBooking(imports: readonly Import[]): string[] {
  return imports
    .filter((found) => found.from.startsWith('.') && targetOf(found).startsWith('phases/booking/'))
    .filter(({ file }) => !file.startsWith('phases/booking/') && !/^phases\/\d-[^/]+\/index\.ts$/.test(file))
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

/** The files an adopter copies: without exercises, and without parts specific to this application. */
function carriedAway(): string[] {
  return readdirSync(join(root, 'phases'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('phases', name))
    .filter((name) => name.endsWith('.ts') && !/^phases\/booking\/|\/(exercises|solutions|demos)\//.test(name))
    .filter((name) => name !== 'phases/app-name.ts' && !name.endsWith('/index.ts'))
}

/** Names of this application and of its domain, in code and in comments. */
function naming(file: string, source: string): string[] {
  return source
    .split('\n')
    .flatMap((line, i) =>
      /course|booking|\bseats?\b|\bprices?\b/i.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [],
    )
}

/** Remedies that work only in this repository: adopted code has neither its README nor its scripts. */
function pointingHome(file: string, source: string): string[] {
  return (source.match(/.*(README|npm run|\bRun phase).*/g) ?? []).map((line) => `${file}: ${line.trim()}`)
}

/** Operator paths in a list. Instead, a route declares that it is not traced. */
function listingPaths(file: string, source: string): string[] {
  const lists = source.matchAll(/(?:new Set\()?\[\s*['"`]\/[^\]]*\]/g)
  return [...lists].map(([list]) => `${file}: ${list}`)
}

function reachingAhead(imports: readonly Import[]): string[] {
  const numberOf = (path: string) => Number(/^phases\/(\d)-/.exec(path)?.[1])
  return imports
    .filter((found) => found.from.startsWith('.') && numberOf(targetOf(found)) > numberOf(found.file))
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

/** The Lab works in any service, because it uses only what a phase's plugins add to Fastify. */
function needingPhases(imports: readonly Import[]): string[] {
  return imports
    .filter((found) => found.from.startsWith('.') && targetOf(found).startsWith('phases/') && !found.typeOnly)
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

/** The folders from which each folder may import, types included. */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  phases: [],
  src: ['phases', 'lab'],
  lab: ['phases', 'query'],
  testkit: ['phases', 'src'],
  tutor: ['phases', 'lessons', 'src', 'lab', 'query', 'testkit'],
  query: [],
  lessons: ['grafana'],
  bench: ['phases', 'src', 'query', 'testkit'],
  load: ['src', 'bench'],
  grafana: [],
  test: ['phases', 'lessons', 'src', 'lab', 'testkit', 'tutor', 'bench', 'load', 'grafana', 'query'],
}

function reachingAcross(imports: readonly Import[]): string[] {
  const folderOf = (path: string) => path.split('/')[0] as string
  return imports
    .filter((found) => found.from.startsWith('.') && folderOf(targetOf(found)) !== folderOf(found.file))
    .filter((found) => !DEPENDENCIES[folderOf(found.file)]?.includes(folderOf(targetOf(found))))
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

/** Files of HTTP that gRPC must not reach: the routes and their error responses. */
const HTTP = /^src\/(course\/http\/|endpoints\/(?!hop-service)|platform\/(problem|refusal|server|validation)\.ts)/

/** Import paths from files of gRPC to files of HTTP, direct or indirect. */
function reachingHttp(imports: readonly Import[]): string[] {
  const targets = targetsIn(imports)
  const seen = new Set<string>()
  const walk = (file: string, path: readonly string[]): string[] => {
    if (seen.has(file)) return []
    if (HTTP.test(file)) return [[...path, file].join(' → ')]
    seen.add(file)
    return (targets.get(file) ?? []).flatMap((target) => walk(target, [...path, file]))
  }
  return [...targets.keys()].filter((file) => file.includes('/grpc/')).flatMap((file) => walk(file, []))
}

/** The first cycle that a depth-first walk finds from each file, as a path that ends where it begins. */
function cyclesIn(imports: readonly Import[]): string[] {
  const targets = targetsIn(imports)
  const cycles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (path.includes(file) || done.has(file)) return
    for (const target of targets.get(file) ?? []) walk(target, [...path, file])
    done.add(file)
  }
  for (const file of targets.keys()) walk(file, [])
  return cycles
}

/** Imported files by importing file. */
function targetsIn(imports: readonly Import[]): Map<string, string[]> {
  const targets = new Map<string, string[]>()
  for (const found of imports.filter(({ from }) => from.startsWith('.'))) {
    targets.set(found.file, [...(targets.get(found.file) ?? []), targetOf(found)])
  }
  return targets
}

t.test('src/ imports no logger, no metrics and no tracing library', (t) => {
  const imports = importsBelow('src')
  t.ok(imports.length > 50, 'the imports have been found')
  t.strictSame(telemetryIn(imports), [])
  t.end()
})

t.test('phases/ imports nothing outside phases/, types included', (t) => {
  t.strictSame(reachingOut(importsBelow('phases')), [])
  t.end()
})

t.test('a phase imports from itself and from earlier phases', (t) => {
  t.strictSame(reachingAhead(importsBelow('phases')), [])
  t.end()
})

t.test('only the lists of plugins import from phases/booking, so that it can be left out', (t) => {
  t.strictSame(reachingIntoBooking(importsBelow('phases')), [])
  t.end()
})

t.test('adopted code names neither this application nor its domain, and lists no paths', (t) => {
  const files = carriedAway()
  t.ok(files.length > 50, 'the files have been found')
  const sources = files.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const)
  t.strictSame(
    sources.flatMap(([file, source]) => naming(file, source)),
    [],
  )
  t.strictSame(
    sources.flatMap(([file, source]) => listingPaths(file, source)),
    [],
  )
  t.strictSame(
    sources.flatMap(([file, source]) => pointingHome(file, source)),
    [],
  )
  t.end()
})

t.test('src/ imports from phases/ only announcements and the types of a phase', (t) => {
  t.strictSame(reachingIntoPhases(importsBelow('src')), [])
  t.end()
})

t.test('dependencies between folders point one way', (t) => {
  for (const folder of Object.keys(DEPENDENCIES)) t.strictSame(reachingAcross(importsBelow(folder)), [], folder)
  t.end()
})

t.test('gRPC reaches no file of HTTP', (t) => {
  t.strictSame(reachingHttp(importsBelow('src')), [])
  t.end()
})

t.test('there are no import cycles, type imports included', (t) => {
  t.strictSame(cyclesIn(Object.keys(DEPENDENCIES).flatMap(importsBelow)), [])
  t.end()
})

t.test('lab/ imports only types from phases/', (t) => {
  const imports = importsBelow('lab')
  t.ok(imports.length > 100, 'the imports have been found')
  t.strictSame(needingPhases(imports), [])
  t.end()
})

t.test('finds forbidden imports in every form', (t) => {
  const forms = `
import { pino } from 'pino'
import {
  trace,
} from '@opentelemetry/api'
export { register } from 'prom-client'
const late = await import('fastify-metrics')
`
  t.equal(telemetryIn(importsOf('src/app.ts', forms)).length, 4)
  t.equal(reachingOut(importsOf('phases/1-logging/a.ts', "import type { X } from '../../src/config.ts'\n")).length, 1)
  t.equal(reachingAcross(importsOf('src/a.ts', "import { x } from '../testkit/b.ts'\n")).length, 1)
  t.equal(reachingAcross(importsOf('testkit/a.ts', "import type { X } from '../test/b.ts'\n")).length, 1)
  t.strictSame(
    reachingHttp([
      ...importsOf('src/course/grpc/a.ts', "import { b } from '../b.ts'\n"),
      ...importsOf('src/course/b.ts', "import type { C } from './http/c.ts'\n"),
    ]),
    ['src/course/grpc/a.ts → src/course/b.ts → src/course/http/c.ts'],
  )
  t.strictSame(
    cyclesIn([
      ...importsOf('src/a.ts', "import type { B } from './b.ts'\n"),
      ...importsOf('src/b.ts', "const c = await import('./c.ts')\n"),
      ...importsOf('src/c.ts', "export { a } from './a.ts'\n"),
    ]),
    ['src/a.ts → src/b.ts → src/c.ts → src/a.ts'],
  )
  t.equal(reachingAcross(importsOf('lab/a.ts', "import type { X } from '../src/config.ts'\n")).length, 1)
  t.equal(needingPhases(importsOf('lab/a.ts', "import { x } from '../phases/phase.ts'\n")).length, 1)
  t.equal(needingPhases(importsOf('lab/a.ts', "import type { X } from '../phases/phase.ts'\n")).length, 0)
  t.equal(reachingIntoPhases(importsOf('src/a.ts', "import { x } from '../phases/phase.ts'\n")).length, 1)
  t.equal(reachingIntoPhases(importsOf('src/a.ts', "import type { X } from '../phases/phase.ts'\n")).length, 0)
  t.equal(reachingIntoPhases(importsOf('src/a.ts', "import { x } from '../phases/booking/on-booking.ts'\n")).length, 1)
  const booking = "import { bookingLog } from '../booking/booking-log.ts'\n"
  t.equal(reachingIntoBooking(importsOf('phases/2-request-logging/a.ts', booking)).length, 1)
  t.equal(reachingIntoBooking(importsOf('phases/2-request-logging/index.ts', booking)).length, 0)
  t.equal(naming('a.ts', "const tracer = getTracer('course-app')\n// a booking\n").length, 2)
  t.equal(listingPaths('a.ts', "const UNTRACED = new Set(['/metrics', '/livez'])").length, 1)
  t.equal(reachingAhead(importsOf('phases/1-logging/a.ts', "import x from '../2-request-logging/b.ts'\n")).length, 1)
  t.end()
})
