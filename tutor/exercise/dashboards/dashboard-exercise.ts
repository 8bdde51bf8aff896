import { defineExercise, type Exercise, type ShownData } from '../exercise.ts'
import { claimLegends, claimNoAveragedPercentiles, claimQueries, claimReadable } from './claim-panels.ts'
import { claimQuantity, claimRows, claimThreshold } from './claim-quantity.ts'
import { panelsOf, readDashboard } from './dashboard-json.ts'
import type { Quantity, Screening } from './quantity.ts'

/** What an exercise's module exports. */
export interface DashboardModule {
  readonly dashboard: unknown
}

/** An exercise whose answer is a dashboard. It is judged by what its panels show over data. */
export interface DashboardExercise {
  readonly hints: readonly string[]
  readonly quantities: readonly Quantity[]
  /** The first is that of `data`. */
  readonly screenings: readonly [Screening, ...Screening[]]
  /** Whether each quantity is the answer of a row of its own, whose title is a question. */
  readonly rowForEach: boolean
  readonly data: () => ShownData
}

/** An exercise that builds the learner's dashboard and asks its queries, mostly over data that the learner has not seen. */
export function defineDashboardExercise(exercise: DashboardExercise): Exercise<DashboardModule> {
  const { hints, quantities, screenings, rowForEach, data } = exercise
  return defineExercise<DashboardModule>({
    hints,
    data,
    async check({ dashboard }, claim) {
      const built = readDashboard(dashboard)
      claim('the file exports a dashboard with panels', built !== undefined && panelsOf(built).length > 0, {
        expected: 'a dashboard that is built',
        seen: built === undefined ? 'something else' : 'no panels',
        look: 'what dashboardOf gives',
      })
      if (built === undefined) return
      claimReadable(built, claim)
      claimQueries(built, screenings[0], claim)
      const found = quantities.map((quantity) => claimQuantity(quantity, built, screenings, claim))
      for (const [i, quantity] of quantities.entries()) claimThreshold(quantity, found[i] ?? [], claim)
      if (rowForEach) claimRows(built, quantities, found, claim)
      claimLegends(built, screenings[0], claim)
      claimNoAveragedPercentiles(built, screenings[0], claim)
    },
  })
}
