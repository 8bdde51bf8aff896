import { sql } from 'drizzle-orm'
import type { Fault } from '../fault.ts'
import { addOldBookings } from '../old-bookings.ts'

interface Parameters {
  /** The column that loses its index. */
  readonly column: keyof typeof INDEXES
}

const INDEXES = { user_id: 'bookings_by_user', status: 'bookings_by_status' } as const

/** A developer drops an index that a list needs. */
export const missingIndex: Fault<Parameters> = {
  parameters: (random) => ({ column: random.pick(['user_id', 'status']) }),

  plugin: async (app, { parameters: { column }, onBegin }) => {
    app.addHook('onReady', () => addOldBookings(app.database, 80_000))

    onBegin(async () => {
      await app.database.run((queries) => queries.execute(sql.raw(`drop index ${INDEXES[column]}`)))
    })
  },
}
