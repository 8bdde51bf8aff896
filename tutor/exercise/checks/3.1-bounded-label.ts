import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
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
    const send = async (clients: readonly string[]) => {
      for (const client of clients) await server.get('/hello', { 'x-client': client })
    }
    const counts = async () => {
      const samples = samplesOf(await server.scrape(), NAME)
      return Object.fromEntries(samples.map(({ labels, value }) => [labels.client, value]))
    }

    const expected = { ios: randomInt(2, 5), android: randomInt(2, 5), web: randomInt(2, 5) }
    for (const [name, count] of Object.entries(expected)) {
      const spellings = [name, name.toUpperCase(), randomCase(name)]
      await send(Array.from({ length: count }, (_, i) => `${spellings[i % 3]}${i === 0 ? '' : `/${newVersion()}`}`))
    }
    const { other, ...known } = await counts()
    claim('requests of one app are counted together, whatever its version', isDeepStrictEqual(known, expected), {
      expected: asText(expected),
      seen: asText(known),
      look: LOOK,
    })
    await server.get('/hello')
    await send([''])
    const without = (await counts()).other ?? 0
    // The previous scrape was a request without the header, too.
    claim('a request without the header counts as other', without === (other ?? 0) + 3, {
      expected: `client="other" ${(other ?? 0) + 3}`,
      seen: `client="other" ${without}`,
      look: 'the header is undefined when the caller sent none',
    })

    const lookalikes = ['iosx/1', 'my ios', 'x/ios', '/web', 'webkit/605', 'android-tv/9', 'ios android']
    const inherited = ['constructor/1', 'toString', '__proto__']
    const bots = Array.from({ length: 30 }, () => `bot-${crypto.randomUUID()}`)
    const strangers = [...lookalikes, ...inherited, ...bots, 'a'.repeat(300)]
    await send(strangers)
    const { other: others = 0, ...rest } = await counts()
    const unknown = Object.keys(rest).filter((client) => !Object.hasOwn(expected, client))
    claim('however many values callers think of, there are four series', unknown.length === 0, {
      expected: `no other series than ios, android, web and other after ${strangers.length} strange values`,
      seen: `${unknown.length} more, such as ${unknown
        .slice(0, 3)
        .map((client) => `client="${client.slice(0, 20)}"`)
        .join(', ')}`,
      look: LOOK,
    })
    const isRight = isDeepStrictEqual(rest, expected) && others > strangers.length
    claim('and every request is counted where it belongs', isRight, {
      expected: `${asText(expected)} as before, and at least ${strangers.length + 1} of client="other"`,
      seen: asText({ ...rest, other: others }),
      look: 'a name that only contains a known one, or begins with it: it belongs to a stranger',
    })
  },
})

function newVersion(): string {
  return [`${randomInt(30)}.${randomInt(20)}`, `beta-${randomInt(9)}`, `${randomInt(9)}/debug`][randomInt(3)] as string
}

function randomCase(name: string): string {
  return name.replaceAll(/./g, (letter) => (randomInt(2) === 0 ? letter : letter.toUpperCase()))
}

function asText(counts: Record<string, number>): string {
  const series = Object.entries(counts).map(([client, value]) => `client="${client}" ${value}`)
  return series.join(', ') || `no series of ${NAME}`
}
