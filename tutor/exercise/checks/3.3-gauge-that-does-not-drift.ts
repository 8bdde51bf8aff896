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
    const list = new WaitingList()
    list.join('ada')
    list.join('grace')
    const server = await servePhase(3, { plugin: [waitingListMetrics, { list }] })
    const gauge = async () => samplesOf(await server.scrape(), 'waiting_list_current')[0]?.value
    const claimGauge = async (title: string, look: string) => {
      const seen = await gauge()
      claim(title, seen === list.size, {
        expected: `waiting_list_current ${list.size}`,
        seen: seen === undefined ? 'no such metric' : String(seen),
        look,
      })
    }

    await claimGauge('the gauge knows who was waiting before the service started', 'where the number comes from')
    list.join('ada')
    list.join('edsger')
    await claimGauge('who joins twice waits once', 'who counts: the list, or the gauge')
    list.leave('grace')
    list.leave('grace')
    list.leave('nobody')
    await claimGauge('who leaves twice is gone once', 'who counts: the list, or the gauge')
    list.leave('ada')
    list.leave('edsger')
    await claimGauge('nobody waits in the end', 'what the gauge says when the list is empty')
  },
})
