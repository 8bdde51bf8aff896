import fastifyPlugin from 'fastify-plugin'
import { Gauge } from 'prom-client'
import { defineExercise } from '../exercise.ts'
import { samplesOf } from '../samples.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/3-metrics/solutions/3.3-gauge-that-does-not-drift.ts')

export default defineExercise<Module>({
  hints: [
    'A gauge may have a function collect. prom-client calls it each time that the metrics are asked for.',
    'In collect, `this` is the gauge: this.set(…). It must be a function with a name of its own, not an arrow.',
    'collect() { this.set(list.size) } in the options of the gauge, and no listeners on the list.',
  ],
  async check({ WaitingList, waitingListMetrics }, claim) {
    /** A list whose entries can expire without an event. */
    class ExpiringList extends WaitingList {
      isQuiet = false
      override emit(...event: Parameters<typeof WaitingList.prototype.emit>): boolean {
        return !this.isQuiet && super.emit(...event)
      }
    }
    const list = new ExpiringList()
    const people = Array.from({ length: 8 }, () => crypto.randomUUID())
    const [first = '', second = '', third = '', fourth = ''] = people
    for (const person of people) list.join(person)

    let duringScrape = () => {}
    const plugin = fastifyPlugin(async (app) => {
      // Collected before the learner's gauge, in the same scrape.
      new Gauge({ name: 'check_scrapes', help: 'Changes the list during a scrape.', collect: () => duringScrape() })
      await app.register(waitingListMetrics, { list })
    })
    const server = await servePhase(3, { plugin })
    const claimGauge = async (title: string, look: string) => {
      const seen = samplesOf(await server.scrape(), 'waiting_list_current')[0]?.value
      claim(title, seen === list.size, {
        expected: `waiting_list_current ${list.size}`,
        seen: seen === undefined ? 'no such metric' : `waiting_list_current ${seen}`,
        look,
      })
    }

    await claimGauge('the gauge knows who was waiting before the service started', 'where the number comes from')
    duringScrape = () => list.join(crypto.randomUUID())
    await claimGauge(
      'the gauge is as new as the scrape',
      'when the size is read: a timer, or a hook that runs before the scrape, has read an older one',
    )
    duringScrape = () => {}
    list.join(first)
    list.join(crypto.randomUUID())
    await claimGauge('a person who joins twice waits once', 'who counts: the list, or the gauge')
    list.leave(second)
    list.leave(second)
    list.leave('a stranger')
    await claimGauge('a person who leaves twice is gone once', 'who counts: the list, or the gauge')
    list.isQuiet = true
    list.leave(third)
    list.leave(fourth)
    await claimGauge(
      'the gauge does not depend on being told',
      'who sets the gauge: two entries have expired, and the list has sent no event about it',
    )
  },
})
