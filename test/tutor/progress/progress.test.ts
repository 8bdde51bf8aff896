import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DrillProgress } from '../../../lab/progress-wire.ts'
import { UsageError } from '../../../tutor/exercise/usage-error.ts'
import { ProgressFile } from '../../../tutor/progress/progress.ts'

const run: DrillProgress = { how: 'questions', at: '2026-01-05T12:00:00.000Z', seconds: 300, tries: 2, seed: 7 }

t.test('processes that write at the same time do not lose each other’s progress', async (t) => {
  const folder = t.testdir({})
  const module = new URL('../../../tutor/progress/progress.js', import.meta.url).href
  const program = `
    const { ProgressFile } = await import(${JSON.stringify(module)})
    const file = new ProgressFile(${JSON.stringify(folder)})
    for (let i = 0; i < 20; i++) file.rememberLesson(process.argv[1] + i, { done: true })`
  const writers = ['a', 'b', 'c'].map((name) =>
    spawn(process.execPath, ['--input-type=module', '-e', program, name], { stdio: 'inherit' }),
  )
  for (const [code] of await Promise.all(writers.map((writer) => once(writer, 'exit')))) t.equal(code, 0)
  t.equal(Object.keys(new ProgressFile(folder).read().lessons).length, 60)
  t.strictSame(readdirSync(join(folder, '.tutor')), ['progress.json'], 'no lock and no half a file is left')
})

t.test('a lesson keeps what is not said again', (t) => {
  const file = new ProgressFile(t.testdir({}))
  t.strictSame(file.read(), { lessons: {}, claims: {}, drills: {} })
  file.rememberLesson('1', { section: 'levels' })
  file.rememberLesson('1', { done: true })
  file.rememberLesson('2', { section: 'ids' })
  file.rememberClaims('1', ['a line for each request'], 4)
  t.strictSame(file.read(), {
    lessons: { 1: { section: 'levels', done: true }, 2: { section: 'ids', done: false } },
    claims: { 1: { passed: ['a line for each request'], of: 4 } },
    drills: {},
  })
  file.clear()
  t.strictSame(file.read(), { lessons: {}, claims: {}, drills: {} })
  t.end()
})

t.test('the best way to solve a drill is kept', (t) => {
  const file = new ProgressFile(t.testdir({}))
  file.rememberDrill('3', run)
  file.rememberDrill('3', { ...run, how: 'given up' })
  t.equal(file.read().drills[3]?.how, 'questions')
  file.rememberDrill('3', { ...run, how: 'found', seed: 8 })
  t.match(file.read().drills[3], { how: 'found', seed: 8 })
  t.end()
})

t.test('a broken file is named, with the remedy', (t) => {
  const folder = t.testdir({ '.tutor': {} })
  writeFileSync(join(folder, '.tutor/progress.json'), '{')
  t.throws(
    () => new ProgressFile(folder).read(),
    new UsageError(`${folder}/.tutor/progress.json cannot be read. Remove it to start over.`),
  )
  t.end()
})
