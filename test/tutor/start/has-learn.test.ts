import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { hasLearn } from '../../../tutor/start/has-learn.ts'

const here = process.cwd()
const folder = await mkdtemp(join(tmpdir(), 'course-app-learn-'))
process.chdir(folder) // so that a developer's .env is not read
t.teardown(async () => {
  process.chdir(here)
  await rm(folder, { recursive: true, force: true })
})

t.test('Learn is there where only this machine reaches the page', (t) => {
  for (const host of ['127.0.0.1', '127.0.0.2', 'localhost', '::1']) t.ok(hasLearn(['--host', host], {}), host)
  for (const host of ['0.0.0.0', '::', '192.168.0.7', '127.0.0.1.example']) t.notOk(hasLearn([], { HOST: host }), host)
  t.ok(hasLearn([], {}))
  t.ok(hasLearn(['--phase', '3', '--port=9000'], { HOST: '', LAB: '' }), 'an empty variable is none')
  t.equal(hasLearn(['--stack'], {}), process.platform !== 'linux', 'containers reach it on Linux')
  t.ok(hasLearn(['--stack', '--host', '127.0.0.1'], {}))
  t.end()
})

t.test('and not in production, without the Lab, or in the course service', (t) => {
  t.notOk(hasLearn([], { NODE_ENV: 'production' }))
  t.notOk(hasLearn(['--lab', 'on'], { NODE_ENV: 'production' }))
  t.notOk(hasLearn(['--lab', 'off'], { LAB: 'on' }), 'arguments win')
  t.notOk(hasLearn(['--role', 'course'], {}))
  t.ok(hasLearn(['--role', 'gateway'], {}))
  t.end()
})

t.test('.env is read, and the environment wins over it', async (t) => {
  await writeFile('.env', 'LAB=off\n')
  t.notOk(hasLearn([], {}))
  t.ok(hasLearn([], { LAB: 'on' }))
  await writeFile('.env', 'NODE_ENV=production\n')
  t.notOk(hasLearn([], {}))
})
