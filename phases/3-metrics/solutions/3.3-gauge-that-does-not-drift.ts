/**
 * Exercise 3.3: A gauge that does not drift
 *
 * People wait for a seat in a course that is sold out. The gauge counts them up when they join and down when they leave.
 * After a week it says 212 while 40 are waiting, because some join twice and some leave twice. After each restart it
 * begins at 0, although the list is still there.
 *
 * Do not keep a second count beside the real one. Read the real one, the list's `size`, whenever Prometheus asks.
 *
 * Where to look: `collect` in phases/booking/booking-gauges.ts.
 */
import { EventEmitter } from 'node:events'
import fastifyPlugin from 'fastify-plugin'
import { Gauge } from 'prom-client'

/** The people who wait for a seat. Joining twice or leaving twice changes nothing. */
export class WaitingList extends EventEmitter {
  readonly #people = new Set<string>()

  get size(): number {
    return this.#people.size
  }

  join(person: string): void {
    this.#people.add(person)
    this.emit('join')
  }

  leave(person: string): void {
    this.#people.delete(person)
    this.emit('leave')
  }
}

export const waitingListMetrics = fastifyPlugin<{ list: WaitingList }>(
  async (_app, { list }) => {
    // Exercise 3.3: your part begins
    new Gauge({
      name: 'waiting_list_current',
      help: 'People who wait for a seat.',
      collect() {
        this.set(list.size)
      },
    })
    // Exercise 3.3: your part ends
  },
  { name: 'waiting-list-metrics', dependencies: ['process-metrics'] },
)
