import { Engine } from '../../../query/promql/engine.ts'
import { parseExpression } from '../../../query/promql/parse.ts'
import type { SeriesSource } from '../../../query/series/series.ts'
import { resultOf } from '../queries/check-scenarios.ts'
import type { Row } from '../queries/rows.ts'
import { START } from '../queries/service-metrics.ts'
import type { DashboardJson } from './dashboard-json.ts'
import type { Screening } from './quantity.ts'

/** What a viewer of a dashboard has chosen. */
export interface View {
  readonly variables: ReadonlyMap<string, string>
  /** Seconds that the time range has; it ends where the data do. */
  readonly range: number
  /** Seconds that `$__rate_interval` stands for. */
  readonly rateInterval: number
}

/** What a viewer of a screening has chosen. */
export function viewOf({ variables }: DashboardJson, { jobs, minutes, rateInterval = 60 }: Screening): View {
  const chosen = jobs.length === 1 ? (jobs[0] as string) : `(${jobs.join('|')})`
  return { variables: new Map([...variables, ['job', chosen]]), range: minutes * 60, rateInterval }
}

/** A query's text with values in place of its variables, as Grafana sends it. Unknown variables stay. */
export function interpolate(expr: string, { variables, range, rateInterval }: View): string {
  const values = new Map([
    ...variables,
    ['__rate_interval', `${rateInterval}s`],
    ['__interval', `${rateInterval / 4}s`],
    ['__range', `${range}s`],
    ['__range_s', String(range)],
  ])
  return expr.replaceAll(
    /\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)(?::\w+)?\]\]/g,
    (all, plain?: string, braced?: string, old?: string) => values.get((plain ?? braced ?? old) as string) ?? all,
  )
}

/** A learner's query is small. What takes longer is a mistake. */
const LIMITS = { samples: 5_000_000, time: 3000 }

/**
 * @param second when it is asked, since `START`
 * @throws {ParseError}
 */
export function ask(source: SeriesSource, text: string, second: number): ReturnType<typeof resultOf<readonly Row[]>> {
  const expression = parseExpression(text)
  return resultOf(() => {
    const { result } = new Engine(source, { limits: LIMITS }).instant({ text, expression }, START + second * 1000)
    return result.type === 'vector'
      ? result.series.map(({ labels, samples: [sample] }) => ({ labels, value: sample?.[1] ?? Number.NaN }))
      : []
  })
}

/** `{{route}}` filled in for a series. */
export function legendOf(format: string, { labels }: Row): string {
  return format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_all, name: string) => labels.get(name)).trim()
}
