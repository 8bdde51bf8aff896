import t from 'tap'
import type { LogLine } from '../../../../testkit/log-file.ts'
import { waitFor } from '../../../../testkit/wait-for.ts'
import { CALM, causeIs, type DrillProcess, muchLater, startDrill, startOf, tryDebrief } from '../drill-process.ts'

t.test('5: a metric with a series per request', async (t) => {
  const drill = await startDrill(t, ['5', '--seed', '15', '--calm', CALM])
  const series = (found: Awaited<ReturnType<DrillProcess['metrics']>>) =>
    [...found.families.values()]
      .map(({ name, samples }) => ({ name, samples }))
      .filter(({ name }) => !/^(nodejs|process)_/.test(name))
  const before = await drill.metrics()
  const largest = series(before).filter(({ name }) => !/^(http|db|cache|grpc|booking|target|telemetry)_/.test(name))
  t.equal(largest.length, 1, 'one metric is new')
  const { name = '', samples = [] } = largest[0] ?? {}
  const labels = Object.keys(samples[0]?.labels ?? {})
  const valuesOf = (label: string) => new Set(samples.map((sample) => sample.labels[label])).size
  const [worst = '', other = ''] = labels.toSorted((a, b) => valuesOf(b) - valuesOf(a))
  t.ok(valuesOf(worst) > 3 * valuesOf(other), `${worst} has ${valuesOf(worst)} values, ${other} ${valuesOf(other)}`)
  const grown = await waitFor('more series', async () => {
    const now = (await drill.metrics()).samples(name).length
    return now > samples.length + 15 && now
  })
  t.ok(grown > samples.length)
  const [first] = await drill.scrapes()
  t.equal(first?.samples(name).length, 0, 'at first it is not there')

  await drill.citeInVain('`scrape_samples_scraped`', /not about the metric|grows/)
  await drill.cite(`\`count(${name})\``)
  await drill.askForQuestions()
  await drill.answer('http_server_request_count_total', name)
  await drill.answer(other, worst)
  const lines = await drill.requests({})
  const counted = samples.reduce((sum, { value }) => sum + value, 0)
  const began = startOf(lines.at(-Math.min(counted, lines.length)) as LogLine)
  await drill.answer(muchLater(began), began)
  await causeIs(drill, /It grows for as long/)
  await causeIs(drill, /Drop the label/)
  await tryDebrief(t, drill)
})
