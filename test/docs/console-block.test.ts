import t from 'tap'
import { consoleBlocks, linesOf } from '../../tutor/learn/console-block.ts'
import { hasSaid, isAsSaid, withIdsOfDocument, withKnownIds } from '../../tutor/learn/expected-output.ts'

const DOCUMENT = `
\`\`\`console
$ curl one \\
> two
first
second
$ quiet
\`\`\`

\`\`\`sh
not a console
\`\`\`

<!-- not run: takes minutes -->

\`\`\`console
$ npm run bench
\`\`\`

\`\`\`console
what the server shows
\`\`\`

\`\`\`yaml
# rules/mine.yml, at the end
- alert: Down
\`\`\`

\`\`\`yaml
# not a file
\`\`\`
`

t.test('finds blocks and their steps', async (t) => {
  const [first, second, third, fourth, ...more] = consoleBlocks(DOCUMENT)
  t.strictSame(
    first?.steps.map(({ command, output }) => ({ command, output })),
    [
      { command: 'curl one \\\ntwo', output: 'first\nsecond' },
      { command: 'quiet', output: '' },
    ],
  )
  t.equal(first?.notRun, undefined)
  t.equal(second?.notRun, 'takes minutes')
  t.match(third?.steps, [{ command: undefined, output: 'what the server shows' }])
  t.match(fourth?.steps, [{ file: 'rules/mine.yml', isAppended: true, output: /alert: Down$/ }])
  t.strictSame(more, [])
  t.strictSame(linesOf(first?.steps ?? []), DOCUMENT.split('\n').slice(2, 7), 'and written as they were')
  t.throws(() => consoleBlocks('```console\n$ x'), /has no end/)
})

t.test('only values that vary between runs may differ', async (t) => {
  const said = '{"time":"2026-11-22T21:10:45.235Z","status":200,"latency":5.067}'
  const known = () => new Map<string, string>()
  t.ok(isAsSaid(said, '{"time":"2027-01-01T00:00:00.001Z","status":200,"latency":12}\n', known()))
  t.notOk(isAsSaid(said, '{"time":"2027-01-01T00:00:00.001Z","status":500,"latency":12}\n', known()))
  t.notOk(isAsSaid(said, `${said}\nmore`, known()))
  t.notOk(isAsSaid('', 'curl: (7) Failed to connect', known()))
  t.ok(isAsSaid('a\n…\nz', 'a\nb\nc\nz\n', known()))
  t.notOk(isAsSaid('a\n…\nz', 'a\nb\nc\n', known()))
  t.ok(isAsSaid('a\n…', 'a\nb\nwithout a newline', known()))
  t.ok(isAsSaid('stack at (…/error.ts:1:2)…', 'stack at (/home/me/error.ts:1:2) and more', known()))
  t.ok(hasSaid('two\nthree', 'one\ntwo\nthree\nfour', known()))
  t.notOk(hasSaid('two\nfour', 'one\ntwo\nthree\nfour', known()))
  t.ok(isAsSaid('x{le="0.005"} 1.5', 'x{le="0.005"} 1.7', known()))
  t.notOk(isAsSaid('x{le="0.005"} 1.5', 'x{le="0.01"} 1.5', known()))
  t.ok(isAsSaid('route   value\n/hello   0.25', 'route     value\n/hello   0.2512', known()), 'columns of a table')
  t.notOk(isAsSaid('route   value', 'route value', known()))
  t.ok(isAsSaid('From 17:15:30 to 17:20:30', 'From 09:00:00 to 09:05:00', known()))
  t.ok(isAsSaid('GET  ███  3.1 ms', 'GET    █   12.9 ms', known()), 'bars of a waterfall')
})

t.test('an id stands for one id of this run', async (t) => {
  const [trace, other, span] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(16)]
  const known = new Map<string, string>()
  t.ok(isAsSaid(`00-${trace}-${span}-01`, `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, known))
  t.equal(withKnownIds(`grep ${trace}`, known), `grep ${'1'.repeat(32)}`)
  t.equal(withIdsOfDocument('1'.repeat(32), known), trace)
  t.ok(isAsSaid(`id ${trace}`, `id ${'1'.repeat(32)}`, known))
  t.notOk(isAsSaid(`id ${trace}`, `id ${'3'.repeat(32)}`, known))
  t.notOk(isAsSaid(`${other} ${other}`, `${'4'.repeat(32)} ${'5'.repeat(32)}`, known))
  const typed = 'd'.repeat(32)
  t.equal(withKnownIds(typed, known), typed)
  t.notOk(isAsSaid(typed, '6'.repeat(32), known), 'an id that was typed is what it is')
})
