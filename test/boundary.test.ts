import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))

const TELEMETRY = /^(pino|pino-.*|prom-client|fastify-metrics|@opentelemetry\/.*)$/

/** What a phase may use of the application, beside types. */
const OPEN_TO_PHASES = ['src/signals.ts', 'src/phase.ts']

interface Import {
  readonly file: string
  readonly from: string
  readonly typeOnly: boolean
}

/** All imports and re-exports, static and dynamic, of the TypeScript files below a folder. */
function importsBelow(folder: string): Import[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
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

function reachingIntoSrc(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, typeOnly }) => from.startsWith('.') && !typeOnly)
    .filter((found) => targetOf(found).startsWith('src/') && !OPEN_TO_PHASES.includes(targetOf(found)))
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

function reachingAhead(imports: readonly Import[]): string[] {
  const numberOf = (path: string) => Number(/^phases\/(\d)-/.exec(path)?.[1])
  return imports
    .filter((found) => found.from.startsWith('.') && numberOf(targetOf(found)) > numberOf(found.file))
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

/** Learner tools and tests are for whoever learns and develops; what runs in production, and what is copied, needs neither. */
function reachingIntoTools(imports: readonly Import[]): string[] {
  return imports
    .filter((found) => found.from.startsWith('.') && /^(tutor|test|bench)\//.test(targetOf(found)))
    .filter((found) => !(found.typeOnly && CHECKS.test(found.file) && targetOf(found) === 'tutor/check/claim.ts'))
    .filter(({ file }) => !FOR_LEARNERS.test(file))
    .map((found) => `${found.file} imports ${targetOf(found)}`)
}

const CHECKS = /^phases\/\d-[^/]+\/checks\.ts$/
const FOR_LEARNERS = /^phases\/\d-[^/]+\/(exercises|solutions)\//

t.test('src/ announces: it imports no logger, no metrics and no tracing library', (t) => {
  const imports = importsBelow('src')
  t.ok(imports.length > 50, 'the imports have been found')
  t.strictSame(telemetryIn(imports), [])
  t.end()
})

t.test('a phase uses types of src/, and its signals', (t) => {
  t.strictSame(reachingIntoSrc(importsBelow('phases')), [])
  t.end()
})

t.test('a phase imports from itself and from earlier phases', (t) => {
  t.strictSame(reachingAhead(importsBelow('phases')), [])
  t.end()
})

t.test('neither needs the tools of learners and tests; checks.ts uses their types', (t) => {
  t.strictSame(reachingIntoTools([...importsBelow('src'), ...importsBelow('phases')]), [])
  t.end()
})

t.test('a forbidden import is found in whichever form', (t) => {
  const forms = `
import { pino } from 'pino'
import {
  trace,
} from '@opentelemetry/api'
export { register } from 'prom-client'
const late = await import('fastify-metrics')
`
  t.equal(telemetryIn(importsOf('src/app.ts', forms)).length, 4)
  t.equal(reachingIntoSrc(importsOf('phases/1-logging/a.ts', "import { x } from '../../src/config.ts'\n")).length, 1)
  t.equal(
    reachingIntoSrc(importsOf('phases/1-logging/a.ts', "import type { X } from '../../src/config.ts'\n")).length,
    0,
  )
  const check = "import { x } from '../../tutor/check/claim.ts'\n"
  t.equal(reachingIntoTools(importsOf('phases/1-logging/checks.ts', check)).length, 1)
  t.equal(reachingIntoTools(importsOf('phases/1-logging/checks.ts', check.replace('{', 'type {'))).length, 0)
  t.equal(reachingIntoTools(importsOf('phases/1-logging/a.ts', check.replace('{', 'type {'))).length, 1)
  t.equal(reachingAhead(importsOf('phases/1-logging/a.ts', "import x from '../2-request-logging/b.ts'\n")).length, 1)
  t.end()
})
