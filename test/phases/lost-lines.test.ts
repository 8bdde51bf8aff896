import { once } from 'node:events'
import t from 'tap'
import { LineWriter } from '../../phases/1-logging/line-writer.ts'
import { partnerScript, startApp } from '../../testkit/app-process.ts'
import { scrape } from '../../testkit/scrape.ts'
import { waitFor } from '../../testkit/wait-for.ts'

t.test('lines that an output rejects are counted, and the count is logged when it recovers', async (t) => {
  let isFull = true
  const written: string[] = []
  const disk = {
    name: 'disk',
    append: async (bytes: Buffer) => {
      if (isFull) throw new Error('no space left')
      written.push(String(bytes))
    },
    appendSync: () => {},
  }
  const console = { ...disk, name: 'console', append: async () => {} }
  const writer = new LineWriter([disk, console])
  const begins = once(process, 'warning')
  for (let i = 0; i < 3; i++) writer.write(`line ${i}\n`)
  await writer.drained()
  writer.write('line 3\n')
  await writer.drained()
  t.match(await begins, [{ name: 'LogWarning', message: 'log lines are lost: disk: no space left' }])
  t.strictSame(writer.dropped(), [
    { output: 'disk', lines: 4 },
    { output: 'console', lines: 0 },
  ])

  const ends = once(process, 'warning')
  isFull = false
  writer.write('line 4\n')
  await writer.drained()
  t.match(await ends, [{ name: 'LogWarning', message: '4 log lines were lost: disk' }])
  t.strictSame(written, ['line 4\n'])

  const again = once(process, 'warning')
  isFull = true
  writer.write('line 5\n')
  await writer.drained()
  t.match(await again, [{ message: /^log lines are lost/ }])
  const last = once(process, 'warning')
  isFull = false
  writer.write('line 6\n')
  await writer.drained()
  t.match(await last, [{ message: '1 log lines were lost: disk' }], 'each time the count of that time')
})

t.test('an app with a full disk reports it in its metrics and at its end', async (t) => {
  const app = await startApp(t, { script: partnerScript, env: { PHASE: '3', LOG_FILE: '/dev/full' } })
  for (let i = 0; i < 20; i++) await (await fetch(`${app.url}/hop`)).text()
  const lost = async () =>
    (await scrape(`${app.url}/metrics`)).value('telemetry_log_lines_dropped_total', { output: '/dev/full' }) ?? 0
  await waitFor('the lines to be counted', async () => (await lost()) >= 20)
  t.match(app.stderr(), 'log lines are lost: /dev/full: ENOSPC')
  t.equal((await app.stop()).code, 0)
  const lines = app.stdout().trimEnd().split('\n').length
  t.match(app.stderr(), `${lines} log lines were lost: /dev/full`, 'as many as standard output has got')
})
