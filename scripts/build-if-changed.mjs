// Compiles when a source is newer than the last build. The check takes a few milliseconds, where tsc takes a second to
// find that nothing has changed.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const STAMP = 'dist/.built'
const SOURCES = [
  'src',
  'phases',
  'lab',
  'lessons',
  'test',
  'testkit',
  'bench',
  'tutor',
  'grafana/generator',
  'load',
  'query',
  'scripts/build-page.mjs',
  'tsconfig.json',
  'package-lock.json',
]

process.chdir(join(import.meta.dirname, '..'))

function changedAt(path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0
  // `npm run exercise` compiles exercises. A folder's own mtime shows added and removed files.
  const names = readdirSync(path).filter((name) => name !== 'exercises')
  return names.reduce((latest, name) => Math.max(latest, changedAt(`${path}/${name}`)), stats.mtimeMs)
}

if (Math.max(...SOURCES.map(changedAt)) > changedAt(STAMP)) {
  const { status } = spawnSync('npm run --silent build', { stdio: 'inherit', shell: true })
  if (status === 0) writeFileSync(STAMP, '')
  process.exitCode = status ?? 1
}
