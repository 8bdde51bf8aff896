import type { Instance, Load } from './service-metrics.ts'

/** One of the servers of the course's app. */
export function server(
  number: number,
  loads: readonly Load[],
  rest: Omit<Instance, 'instance' | 'loads'> = {},
): Instance {
  return { instance: `10.0.0.${number}:8080`, loads, ...rest }
}

/** A server that gets so many times the requests of another one. */
export function times(factor: number, loads: readonly Load[]): Load[] {
  return loads.map((load) => ({ ...load, rate: (second) => factor * rateAt(load, second) }))
}

/** Loads that begin, or end, at a moment. */
export function during(from: number, to: number, loads: readonly Load[]): Load[] {
  return loads.map((load) => ({
    ...load,
    rate: (second) => (second >= from && second < to ? rateAt(load, second) : 0),
  }))
}

function rateAt({ rate }: Load, second: number): number {
  return typeof rate === 'function' ? rate(second) : rate
}
