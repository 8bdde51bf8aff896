import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runUnitTests } from '../../query/rules/run-unit-tests.ts'
import { findProgram, needs } from '../../testkit/installed.ts'
import { filesIn, RULES, read } from '../prometheus/shipped.ts'
import { mutations, type Subject, subjectsOf } from './rule-mutations.ts'

/**
 * How many of the mutated files are compared: `MUTATIONS=all npm test -- rule-mutations` takes some minutes. Files that
 * follow each other are not alike, so a part of them has mutations of every kind.
 */
const ASKED = process.env.MUTATIONS === 'all' ? Number.POSITIVE_INFINITY : Number(process.env.MUTATIONS ?? 120)

interface Mutated {
  readonly what: string
  readonly file: string
}

const testFiles = filesIn(RULES, '.test.yml')

t.test('files of tests that ship pass', (t) => {
  for (const file of testFiles) t.same(runUnitTests(file), { failures: [], warnings: [] }, file)
  t.ok(testFiles.length > 2)
  t.end()
})

t.test('promtool and ours say the same of mutated rules and tests', needs('promtool'), (t) => {
  const folder = t.testdir({})
  const all = testFiles.flatMap((file) => {
    const text = read(file)
    const [, names = ''] = /^rule_files: \[(.*)\]$/m.exec(text) ?? []
    const rules = names.split(', ').map((name) => read(join(RULES, name)))
    return subjectsOf(text, rules).map((subject) => ({ file, subject }))
  })
  const mutated: Mutated[] = []
  const pairs = mutations.flatMap((mutation, i) =>
    all.map((one, j) => ({ mutation, ...one, order: (i * 7 + j * 31) % 997 })),
  )
  for (const { mutation, file, subject } of pairs.sort((a, b) => a.order - b.order)) {
    if (mutated.length >= ASKED) break
    const copy = structuredClone(subject)
    if (!mutation.apply(copy)) continue
    const name = `${file} ${copy.tests.tests[0]?.name}: ${mutation.what}`
    mutated.push({ what: name, file: write(folder, mutated.length, copy) })
  }
  const real = runPromtool(mutated.map(({ file }) => file))
  let failed = 0
  for (const { what, file } of mutated) {
    const { failures } = runUnitTests(file)
    const expected = real.get(file)
    if (failures.length > 0) failed++
    t.equal(failures.length > 0 ? 'fails' : 'passes', expected?.passes ? 'passes' : 'fails', what)
  }
  t.comment(`${mutated.length} compared, of which ${failed} fail`)
  t.ok(failed > mutated.length / 3 && failed < mutated.length, 'some fail, and not all')
  t.end()
})

function write(folder: string, number: number, { rules, tests }: Subject): string {
  const names = [`rules-${number}.yml`, ...tests.rule_files.filter((name) => name.startsWith('missing'))]
  writeFileSync(join(folder, `rules-${number}.yml`), JSON.stringify(rules, undefined, 1))
  const file = join(folder, `test-${number}.yml`)
  writeFileSync(file, JSON.stringify({ ...tests, rule_files: names }, undefined, 1))
  return file
}

/** One process for all files, because it takes long to start. */
function runPromtool(files: readonly string[]): Map<string, { readonly passes: boolean; readonly output: string }> {
  const program = findProgram('promtool') as string
  const { stdout } = spawnSync('sh', ['-c', 'exec "$0" test rules "$@" 2>&1', program, ...files], {
    encoding: 'utf8',
    maxBuffer: 500_000_000,
  })
  const parts = stdout.split(/^Unit Testing: +/m).slice(1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      const output = part.slice(end + 1)
      return [part.slice(0, end), { passes: output.startsWith('  SUCCESS'), output }]
    }),
  )
}
