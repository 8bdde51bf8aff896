import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'

const ASSETS = join(import.meta.dirname, '../../lab/page/assets')

/** Compressed, in bytes. */
function sizeOf(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(join(ASSETS, name))).length, 0)
}

/** A script and those that it imports before it runs. */
function withImports(name: string): string[] {
  const source = readFileSync(join(ASSETS, name), 'utf8')
  const imported = [...source.matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)].map(([, found]) => found as string)
  return [name, ...imported.flatMap(withImports)]
}

t.test('the page is small at first, and the editor comes when it is asked for', (t) => {
  const first = [...new Set(withImports('page.js')), 'page.css']
  const size = sizeOf(first)
  t.ok(size < 100_000, `${first.join(', ')}: ${size} bytes`)
  const editor = readdirSync(ASSETS).filter((name) => /^ask\b.*\.(?:js|css)$/.test(name))
  t.equal(editor.length, 2, 'a script and a style sheet')
  t.notOk(editor.some((name) => first.includes(name)))
  t.ok(size + sizeOf(editor) < 300_000, `${editor.join(', ')}: ${sizeOf(editor)} bytes`)
  t.end()
})
