import { execFileSync } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { documentWith } from '../../../tutor/learn/lessons.ts'
import { runCommand, whyNot } from '../../../tutor/learn/run-command.ts'

const LOG = [
  '{"level":"info","time":"2026-01-05T12:00:00.000Z","message":"server listening"}',
  '{"level":"error","time":"2026-01-05T12:00:01.000Z","message":"request failed","headers":{"a":"b","c":"d"},"id":"x+y"}',
  '{"level":"info","time":"2026-01-05T12:00:02.000Z","message":"request completed","status":200}',
  '{"level":"error","time":"2026-01-05T12:00:03.000Z","message":"request completed","status":500}',
  '',
].join('\n')

/** Only text programs, so that a shell can run them, too. */
const TEXT_COMMANDS = [
  `grep '"level":"error"' logs/app.log`,
  `grep -c '"level":"error"' logs/app.log`,
  `grep -o '"level":"[a-z]*"' logs/app.log | sort | uniq -c`,
  `grep -o '"headers":{[^}]*}' logs/app.log`,
  `grep -E '"status":(200|500)' logs/app.log | grep -v info`,
  `grep -i 'SERVER LISTENING' logs/app.log | wc -l`,
  'grep -h completed logs/app.log logs/partner.log | tail -n 1',
  'grep -c completed logs/app.log logs/partner.log',
  `grep -o 'x+y' logs/app.log`,
  `grep -o '"status":[0-9]\\+' logs/app.log | sort -rn | head -1`,
  'tail -n 2 logs/app.log',
  'head -n 1 logs/app.log; wc -l < logs/app.log',
  'for level in info error; do grep -c "level\\":\\"$level" logs/app.log; done',
]

t.test('text programs print what those of a shell print', async (t) => {
  const folder = t.testdir({ logs: { 'app.log': LOG, 'partner.log': LOG } })
  for (const command of TEXT_COMMANDS.filter((text) => !text.includes('<'))) {
    const expected = execFileSync('sh', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: process.env.PATH },
    })
    const { output } = await runCommand(command, contextOf(folder))
    t.equal(output, expected, command)
  }
})

t.test('curl sends to this server what it is told to, whatever its port', async (t) => {
  const seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method, url, headers } = request
    seen.push({ ...(method && { method }), ...(url && { url }), headers, body })
    response.setHeader('x-request-id', 'id-1').end('answer\n')
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const context = { ...contextOf(t.testdir({})), ownUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }

  const plain = await runCommand('curl localhost:8080/hello', context)
  t.equal(plain.output, 'answer\n')
  t.match(plain.requests, [{ method: 'GET', path: '/hello', status: 200, request_id: 'id-1' }])
  t.match(seen.pop(), { method: 'GET', headers: { host: 'localhost:8080' } })

  t.match(
    (await runCommand('curl -si localhost:8080/hello | grep -i x-request-id', context)).output,
    /^x-request-id: id-1\n$/i,
  )
  seen.pop()
  await runCommand(
    `curl -s -X PUT -H 'x-a: "} {' -A me localhost:8080/v1 -d '{"a":1}' -H 'content-type: application/json'`,
    context,
  )
  t.match(seen.pop(), {
    method: 'PUT',
    body: '{"a":1}',
    headers: { 'x-a': '"} {', 'user-agent': 'me', 'content-type': 'application/json' },
  })
  await runCommand(`curl -s localhost:8080/q --data-urlencode 'query=a{b="c"}[3s]'`, context)
  t.match(seen.pop(), { method: 'POST', body: 'query=a%7Bb%3D%22c%22%7D%5B3s%5D' })
  await runCommand(`curl -sG localhost:8080/q --data-urlencode 'query=a b'`, context)
  t.match(seen.pop(), { method: 'GET', url: '/q?query=a%20b' })
  seen.length = 0
  await runCommand('for i in $(seq 3); do curl -s localhost:8080/no/$i > /dev/null; done', context)
  t.strictSame(
    seen.map(({ url }) => url),
    ['/no/1', '/no/2', '/no/3'],
  )
  const atOnce = await runCommand(
    '(for i in 1 2; do curl -s -H "x-request-id: at-$i" localhost:8080/ & done; wait)',
    context,
  )
  t.equal(atOnce.output, 'answer\nanswer\n')
})

t.test('nothing else is run', async (t) => {
  const refused = [
    'curl http://example.com/',
    'curl localhost:8080.example.com/',
    'curl localhost:8080@example.com/',
    'curl -o /etc/passwd localhost:8080/hello',
    'curl localhost:8080/lab/api/learn/run',
    'curl -K secrets localhost:8080/',
    'cat /etc/passwd',
    'cat logs/../../secret.log',
    'grep x ../.env',
    'echo $(id)',
    'echo `id`',
    'rm -rf /',
    'rm -f logs/app.log logs/other.log',
    'ls /',
    'npm run ask -- --url http://example.com up',
    'npm install something',
    'node -e 1',
    'node dist/src/main.js',
    'curl -s localhost:8080/hello > notes.txt',
    'curl localhost:8080/hello && rm x',
    'sleep 1000',
    'while sleep 1; do curl localhost:8080/hello; done',
    'LD_PRELOAD=x curl localhost:8080/hello',
    '$HOME/program',
    'for i in $(seq 9999); do curl localhost:8080/hello; done',
  ]
  for (const command of refused) {
    t.type(whyNot(command), 'string', command)
    await t.rejects(runCommand(command, contextOf(t.testdir({}))), { name: 'NotUnderstood' }, command)
  }
})

t.test('the lessons can be followed without a terminal, except where they say so', (t) => {
  for (const id of ['1', '2', '3', '4', '5']) {
    const blocks = documentWith(id)?.blocks ?? []
    const steps = blocks.flatMap((block) => (block.kind === 'console' ? block.steps : []))
    t.ok(steps.length > 5, `lesson ${id} has steps`)
    const terminal = steps.filter(({ how }) => how.by === 'terminal').map(({ command }) => command)
    t.strictSame(terminal, id === '5' ? ['npm run check'] : [], `lesson ${id}`)
  }
  t.end()
})

t.test('a rendered document has no HTML of its own, and links that lead somewhere', (t) => {
  for (const id of ['1', '2', '3', '4', '5', '6', '7', 'README', 'alerts', 'adopt']) {
    const document = documentWith(id)
    const html = document?.blocks.map((block) => (block.kind === 'console' ? '' : block.html)).join('') ?? ''
    t.notMatch(html, /<script|<img|<iframe|\son\w+=|javascript:/i, id)
    const anchors = new Set(document?.blocks.flatMap((block) => (block.kind === 'heading' ? [block.anchor] : [])))
    for (const [, page, anchor = ''] of html.matchAll(/href="#\/learn\/([\w]+)(?:#([^"]*))?"/g)) {
      const target = page === id ? document : documentWith(page as string)
      const known =
        page === id
          ? anchors
          : new Set(target?.blocks.flatMap((block) => (block.kind === 'heading' ? [block.anchor] : [])))
      t.ok(target !== undefined && (anchor === '' || known.has(anchor)), `${id} links to ${page}#${anchor}`)
    }
    t.notMatch(html, /<a title=/, `${id} has no link to what is not there`)
  }
  t.end()
})

function contextOf(folder: string) {
  return {
    ownUrl: 'http://127.0.0.1:1',
    logFile: join(folder, 'logs/app.log'),
    since: '',
    environment: {},
    signal: new AbortController().signal,
  }
}
