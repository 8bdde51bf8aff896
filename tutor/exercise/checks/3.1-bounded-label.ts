import { defineExercise } from '../exercise.ts'
import { samplesOf } from '../samples.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/3-metrics/solutions/3.1-bounded-label.ts')

const NAME = 'app_client_requests_total'
const LOOK = 'what clientOf returns: each different text becomes a series'

export default defineExercise<Module>({
  hints: [
    'A label is bounded when the code decides which values there are, not the caller.',
    'Cut the header at the slash and make its letters small: "iOS/17.2.1" becomes "ios".',
    'Keep a list of the names that you know. If the name is in it return the name, and otherwise "other".',
  ],
  async check({ clientMetrics }, claim) {
    const server = await servePhase(3, { plugin: clientMetrics })
    const counts = async () => {
      const samples = samplesOf(await server.scrape(), NAME)
      return Object.fromEntries(samples.map(({ labels, value }) => [labels.client, value]))
    }

    for (const client of ['ios/17.2.1', 'iOS/18.0', 'android/14', 'Android', 'web/2025.1']) {
      await server.get('/hello', { 'x-client': client })
    }
    await server.get('/hello')
    const known = await counts()
    const together = known.ios === 2 && known.android === 2 && known.web === 1
    claim('requests of one app are counted together, whatever its version', together, {
      expected: 'client="ios" 2, client="android" 2, client="web" 1',
      seen: asText(known),
      look: LOOK,
    })
    claim('a request without the header counts as other', known.other === 1, {
      expected: 'client="other" 1',
      seen: asText(known),
      look: 'the header is undefined when the caller sent none',
    })

    const strangers = [
      'curl/8.5',
      'iosx',
      'my ios',
      'a'.repeat(300),
      ...Array.from({ length: 30 }, (_, i) => `bot-${i}`),
    ]
    for (const client of strangers) await server.get('/hello', { 'x-client': client })
    const all = await counts()
    const unknown = Object.keys(all).filter((client) => !['ios', 'android', 'web', 'other'].includes(client))
    claim('however many values callers think of, there are four series', unknown.length === 0, {
      expected: `no other series than ios, android, web and other after ${strangers.length} strange values`,
      seen: `${unknown.length} more, such as ${unknown
        .slice(0, 3)
        .map((client) => `client="${client.slice(0, 20)}"`)
        .join(', ')}`,
      look: LOOK,
    })
    // The scrapes are requests, too.
    claim('and every request is counted where it belongs', all.ios === 2 && (all.other ?? 0) > strangers.length, {
      expected: `client="ios" 2, and at least ${strangers.length + 1} of client="other"`,
      seen: asText(all),
      look: 'a name that only contains a known one, such as "iosx", is a stranger',
    })
  },
})

function asText(counts: Record<string, number>): string {
  const series = Object.entries(counts).map(([client, value]) => `client="${client}" ${value}`)
  return series.join(', ') || `no series of ${NAME}`
}
