import type { Language } from '../../wire.ts'

/** The periods that a query can be run over; `now` is an instant. */
export const PERIODS = { now: 0, '1m': 60, '5m': 300, '15m': 900 } as const
export type Period = keyof typeof PERIODS

export type Shown = 'result' | 'explain'

/** All that is in the address. */
export interface Question {
  readonly language: Language
  readonly query: string
  readonly over: Period
  readonly show: Shown
}

/** For `addresses.ask`. */
export function toParameters({ language, query, over, show }: Question): Record<string, string> {
  return { language, query, over, ...(show === 'explain' ? { show } : {}) }
}

/** Undefined when there is no query. Unknown values are replaced by defaults. */
export function fromParameters(parameters: URLSearchParams): Question | undefined {
  const query = parameters.get('query') ?? ''
  if (query === '') return undefined
  const over = parameters.get('over') ?? ''
  return {
    language: parameters.get('language') === 'logql' ? 'logql' : 'promql',
    query,
    over: Object.hasOwn(PERIODS, over) ? (over as Period) : '5m',
    show: parameters.get('show') === 'explain' ? 'explain' : 'result',
  }
}
