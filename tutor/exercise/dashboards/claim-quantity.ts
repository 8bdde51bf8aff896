import { parseExpression } from '../../../query/promql/parse.ts'
import type { Claim } from '../exercise.ts'
import type { Difference } from '../queries/difference.ts'
import { compareRows, type Row } from '../queries/rows.ts'
import { type DashboardJson, type PanelJson, panelsOf, type QueryJson, type RowJson } from './dashboard-json.ts'
import { GENERAL, USUAL } from './panel-mistakes.ts'
import type { Quantity, Screening } from './quantity.ts'
import { ask, interpolate, viewOf } from './query-panel.ts'

/** How a query fails a screening. */
interface Miss {
  readonly screening: Screening
  readonly panel: PanelJson
  readonly query: QueryJson
  readonly difference: Difference | undefined
  readonly error: string | undefined
}

/** @returns the panels that show the quantity */
export function claimQuantity(
  quantity: Quantity,
  dashboard: DashboardJson,
  screenings: readonly Screening[],
  claim: Claim,
): readonly PanelJson[] {
  const { what, units, mistakes, look } = quantity
  const title = `a panel shows ${what}`
  const names = Object.keys(units)
  const candidates = panelsOf(dashboard).filter(({ unit }) => names.includes(unit))
  if (candidates.length === 0)
    claim(title, false, {
      expected: `a panel with the unit ${names.join(' or ')}`,
      seen: `the units ${[...new Set(panelsOf(dashboard).map(({ unit }) => unit))].join(', ')}`,
      look: 'the units of Grafana: reqps and ops are per second, percentunit is a share from 0 to 1, s is seconds, none is a number',
    })
  const misses: Miss[] = []
  const right = candidates.filter((panel) =>
    panel.queries.some((query) => {
      const missed = RANGES.map((range) => missOf(quantity, dashboard, panel, query, screenings, range))
      misses.push(...missed.filter((miss) => miss !== undefined))
      return missed.includes(undefined)
    }),
  )
  if (right.length > 0) {
    claim(title, true, { expected: what, seen: what, look })
    return right
  }
  // The query that is right over the most data says best what is missing.
  const best = misses.reduce((a, b) => (screenings.indexOf(b.screening) > screenings.indexOf(a.screening) ? b : a))
  const { screening, panel, query, difference, error } = best
  const expression = parseExpression(interpolate(query.expr, viewOf(dashboard, screening)))
  const finding = { query: { expr: query.expr, expression }, difference, error }
  const mistake = [...USUAL, ...mistakes, ...GENERAL].find(({ isIn }) => isIn(finding))
  claim(title, false, {
    expected: `${what}, ${screening.when}`,
    seen: `"${panel.title}": ${error ?? difference?.seen}`,
    look: mistake?.look ?? look,
    table: difference?.table,
  })
  return []
}

type RangeName = 'rateInterval' | 'range'

/** A rate may be that of the last minute, or of the time shown. */
const RANGES: readonly RangeName[] = ['rateInterval', 'range']

function missOf(
  quantity: Quantity,
  dashboard: DashboardJson,
  panel: PanelJson,
  query: QueryJson,
  screenings: readonly Screening[],
  range: RangeName,
): Miss | undefined {
  for (const screening of screenings) {
    const view = viewOf(dashboard, screening)
    const second = screening.minutes * 60
    const answer = ask(screening.source(), interpolate(query.expr, view), second)
    if ('error' in answer) return { screening, panel, query, difference: undefined, error: answer.error }
    const by = labelsOf(answer.result, quantity)
    const reference = quantity.reference(by.join(', '), screening.jobs.join('|'), `${view[range]}s`)
    const wanted = ask(screening.source(), reference, second)
    if ('error' in wanted) throw new Error(`the reference for ${quantity.what} fails: ${wanted.error}`)
    const factor = quantity.units[panel.unit] as number
    const scaled = wanted.result.map(({ labels, value }) => ({ labels, value: value * factor }))
    const difference = compareRows(scaled, answer.result, {})
    if (difference !== undefined) return { screening, panel, query, difference, error: undefined }
  }
  return undefined
}

/** The labels by which the reference is told apart: those of the result, as far as they may be. */
function labelsOf(rows: readonly Row[], { labels, needs = [] }: Quantity): string[] {
  const present = new Set(
    rows.flatMap((row) =>
      row.labels
        .withoutName()
        .entries()
        .map(([name]) => name),
    ),
  )
  return labels.filter((name) => present.has(name) || needs.includes(name))
}

export function claimThreshold({ what, threshold, units }: Quantity, panels: readonly PanelJson[], claim: Claim): void {
  if (threshold === undefined) return
  const isDrawn = ({ unit, thresholds }: PanelJson) =>
    thresholds.some((value) => Math.abs(value - threshold * (units[unit] as number)) < 1e-9)
  const [{ title, thresholds } = { title: '', thresholds: [] }] = panels
  claim(`the limit for ${what} is drawn`, panels.some(isDrawn), {
    expected: 'the threshold that the task names, in the unit of the panel',
    seen: `"${title}" ${thresholds.length > 0 ? `with thresholds at ${thresholds.join(', ')}` : 'without thresholds'}`,
    look: 'thresholds of the panel: in percentunit, 1 % is 0.01',
  })
}

/** One question per row. */
export function claimRows(
  dashboard: DashboardJson,
  quantities: readonly Quantity[],
  found: readonly (readonly PanelJson[])[],
  claim: Claim,
): void {
  const { rows } = dashboard
  const notAsking = rows.find(({ title }) => !/\p{L}{2}.*\?$/u.test(title.trim()))
  claim('each row asks a question', notAsking === undefined, {
    expected: 'a title that ends with a question mark',
    seen: notAsking?.title ? `a row "${notAsking.title}"` : 'panels above the first row',
    look: 'the titles of the rows: on call, you go from one question to the next',
  })
  const empty = rows.find(({ panels }) => panels.length === 0)
  claim('each question has an answer', empty === undefined, {
    expected: 'a panel in each row',
    seen: `no panel below "${empty?.title}"`,
    look: 'the panels of that row',
  })
  const answersIn = (row: RowJson) =>
    quantities.filter((_one, i) => found[i]?.some((panel) => row.panels.includes(panel)))
  const shared = rows.map(answersIn).find((answers) => answers.length > 1)
  claim('each row asks one question only', shared === undefined, {
    expected: 'a row for each of the questions of the task',
    seen: `one row for ${shared?.map(({ what }) => what).join(', and ')}`,
    look: 'the rows: a panel that answers another question belongs to another row',
  })
}
