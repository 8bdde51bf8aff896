import type { Booking, BookingService } from '../../../src/course/booking.ts'
import type { Fault } from '../fault.ts'

interface Parameters {
  /** The command whose bookings are compared with all earlier ones. */
  readonly command: 'createBooking' | 'reserveBooking' | 'completeBooking'
}

/**
 * A comparison stops after this time, so that the app stays usable during a drill: with about two bookings a second,
 * the thread is free for nearly half of the time, even on a slow machine.
 */
export const MAX_COMPARISON_MS = 250

/** A duplicate check that compares each booking with all earlier ones, letter by letter. */
export const blockedEventLoop: Fault<Parameters> = {
  parameters: (random) => ({ command: random.pick(['createBooking', 'reserveBooking', 'completeBooking']) }),

  plugin: async (app, { parameters: { command }, onBegin }) => {
    const seen: string[] = []

    function lookForDuplicates(booking: Booking): void {
      const text = JSON.stringify(booking)
      const end = performance.now() + MAX_COMPARISON_MS
      for (const other of seen) {
        if (performance.now() > end) break
        editDistance(text, other)
      }
      seen.push(text)
    }

    onBegin(() => {
      const service = app.course.bookings
      const work = service[command].bind(service) as (...given: never[]) => Promise<Booking>
      const checked = async (...given: never[]) => {
        const booking = await work(...given)
        lookForDuplicates(booking)
        return booking
      }
      Object.assign(service, { [command]: checked } satisfies Partial<BookingService>)
    })
  },
}

/** https://en.wikipedia.org/wiki/Levenshtein_distance */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (above[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    above = row
  }
  return above[b.length] as number
}
