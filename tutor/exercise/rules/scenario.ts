import type { Instance, Load } from '../queries/service-metrics.ts'
import type { RuleMistake } from './rule-mistake.ts'

/** What happens to services for some time, and what an alert should make of it. Moments are minutes since it begins. */
export interface Scenario {
  /** `when a third of the requests fail` */
  readonly when: string
  readonly instances: readonly Instance[]
  readonly minutes: number
  /** When rules are evaluated for the first time; default 5. Scrapes before that are history. */
  readonly evaluatedFrom?: number
  /** What must page; without it, nothing may. */
  readonly fault?: Fault
  /** Mistakes that show in this scenario. */
  readonly mistakes?: readonly RuleMistake[]
  /** What to look at when none of the usual mistakes is found. */
  readonly look: string
}

export interface Fault {
  /** The service that has it. */
  readonly job: string
  readonly from: number
  /** Later than the scenario's end if it does not end. */
  readonly to: number
  /** By how many minutes after its beginning a page is due, if not what the exercise says. */
  readonly firesWithin?: number
}

/** When rules are evaluated for the first time, if the scenario does not say. */
export const FIRST_EVALUATION = 5

/** Loads of which a share fails: always, or a share for each second. */
export function failing(
  loads: readonly Load[],
  share: number | ((second: number) => number),
  status: string = '500',
): Load[] {
  const shareAt = typeof share === 'number' ? () => share : share
  return loads.flatMap((load) => {
    const rateAt = typeof load.rate === 'number' ? () => load.rate as number : load.rate
    return [
      { ...load, rate: (second: number) => rateAt(second) * (1 - shareAt(second)) },
      { ...load, status, rate: (second: number) => rateAt(second) * shareAt(second) },
    ]
  })
}

/** A share of failures in a part of the time. @param from in minutes, as `to` */
export function between(from: number, to: number, share: number): (second: number) => number {
  return (second) => (second >= from * 60 && second < to * 60 ? share : 0)
}

/** The same with a share that is never the same for long. */
export function unsteady(share: (second: number) => number): (second: number) => number {
  return (second) => share(second) * (1 + 0.2 * Math.sin(second / 50))
}

/** One request every so many seconds. */
export function every(seconds: number): (second: number) => number {
  return (second) => (second % seconds === 0 ? 1 : 0)
}
