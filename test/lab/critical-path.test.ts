import t from 'tap'
import { criticalPath, timeOnPath } from '../../lab/analysis/critical-path.ts'
import type { Span } from '../../lab/wire.ts'

/** A span from `start` to `end`, whose id is its name. */
function span(name: string, parent: string | null, start: number, end: number): Span {
  return {
    trace_id: 'a'.repeat(32),
    span_id: name,
    parent_span_id: parent,
    parent_is_remote: false,
    service: 'x',
    name,
    kind: 'internal',
    start,
    duration: end - start,
    status: 'unset',
    attributes: {},
    events: [],
    links: [],
    cut: false,
  }
}

/** `root 0-10, a 10-40`. */
function pathOf(...spans: readonly Span[]): string {
  return criticalPath(spans)
    .map(({ spanId, start, end }) => `${spanId} ${start}-${end}`)
    .join(', ')
}

const root = span('root', null, 0, 100)

t.test('a root alone', (t) => {
  t.equal(pathOf(root), 'root 0-100')
  t.end()
})

t.test('children one after another, and the parent between them', (t) => {
  const path = pathOf(root, span('a', 'root', 10, 40), span('b', 'root', 50, 90))
  t.equal(path, 'root 0-10, a 10-40, root 40-50, b 50-90, root 90-100')
  t.end()
})

t.test('children that touch', (t) => {
  t.equal(pathOf(root, span('a', 'root', 0, 50), span('b', 'root', 50, 100)), 'a 0-50, b 50-100')
  t.end()
})

t.test('of parallel children the one that ends last', (t) => {
  const path = pathOf(root, span('short', 'root', 10, 60), span('long', 'root', 10, 90), span('inner', 'long', 20, 80))
  t.equal(path, 'root 0-10, long 10-20, inner 20-80, long 80-90, root 90-100')
  t.end()
})

t.test('an overlapping child that ended after the later one had begun is not waited for', (t) => {
  const path = pathOf(root, span('a', 'root', 0, 60), span('b', 'root', 40, 90), span('c', 'root', 5, 30))
  t.equal(path, 'root 0-5, c 5-30, root 30-40, b 40-90, root 90-100')
  t.end()
})

t.test('an overlap below the resolution of the clock is none', (t) => {
  const path = pathOf(root, span('a', 'root', 10, 50.75), span('b', 'root', 50, 90), span('c', 'root', 20, 52))
  t.equal(path, 'root 0-10, a 10-50, b 50-90, root 90-100')
  t.end()
})

t.test('a child that outlives its parent counts until the end of the parent', (t) => {
  const path = pathOf(root, span('a', 'root', 20, 80), span('late', 'a', 30, 150), span('later', 'late', 90, 120))
  t.equal(path, 'root 0-20, a 20-30, late 30-80, root 80-100')
  t.end()
})

t.test('a child that begins after the end of its parent is nothing that anything waited for', (t) => {
  t.equal(pathOf(root, span('job', 'root', 100, 400), span('mail', 'root', 120, 130)), 'root 0-100')
  t.end()
})

t.test('a child that began before its parent, by another clock', (t) => {
  t.equal(pathOf(root, span('early', 'root', -5, 30), span('before', 'root', -9, -2)), 'early 0-30, root 30-100')
  t.end()
})

t.test('spans without duration, and the same times twice', (t) => {
  const path = pathOf(root, span('nothing', 'root', 50, 50), span('a', 'root', 10, 90), span('b', 'root', 10, 90))
  t.equal(path.replace(/\b[ab] /, '? '), 'root 0-10, ? 10-90, root 90-100', 'one of the two')
  t.end()
})

t.test('without its root, from the earliest span; a second top span is not on it', (t) => {
  t.equal(
    pathOf(span('a', 'elsewhere', 10, 50), span('b', 'elsewhere', 60, 70), span('c', 'a', 20, 30)),
    'a 10-20, c 20-30, a 30-50',
  )
  t.equal(pathOf(), '')
  t.equal(pathOf(span('x', 'y', 0, 1), span('y', 'x', 0, 1)), '', 'a cycle has no root')
  t.end()
})

t.test('covers the whole request without gaps, whatever the tree', (t) => {
  let seed = 7
  const random = (max: number) => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed % max
  }
  for (let round = 0; round < 200; round++) {
    const spans = [root]
    for (let i = 0; i < 30; i++) {
      const parent = spans[random(spans.length)] as Span
      const start = random(120) - 10
      spans.push(span(`s${i}`, parent.span_id, start, start + random(60)))
    }
    const path = criticalPath(spans)
    t.equal(path[0]?.start, 0)
    t.equal(path.at(-1)?.end, 100)
    t.ok(
      path.every(({ start, end }, i) => end > start && (i === 0 || start === path[i - 1]?.end)),
      'no gap, no overlap',
    )
    t.equal(
      [...timeOnPath(path).values()].reduce((sum, time) => sum + time, 0),
      100,
    )
  }
  t.end()
})
