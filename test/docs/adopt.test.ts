import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { root } from './documents.ts'
import { testThatFollows } from './follow.ts'

const document = 'docs/adopt.md'

t.test('it is short', (t) => {
  const words = readFileSync(join(root, document), 'utf8').trim().split(/\s+/)
  t.ok(words.length <= 900, `${words.length} words`)
  t.end()
})

testThatFollows(document)
