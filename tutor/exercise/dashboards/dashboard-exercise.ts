import { parseExpression } from '../../../query/promql/parse.ts'
import { ParseError } from '../../../query/promql/position.ts'
import { type Claim, defineExercise, type Exercise, type ShownData } from '../exercise.ts'
import type { Difference } from '../queries/difference.ts'
import { compareRows, type Row } from '../queries/rows.ts'
import { type DashboardJson, type PanelJson, type QueryJson, type RowJson, readDashboard } from './dashboard-json.ts'
import { averagedQuantilesLook, GENERAL, hasAveragedQuantiles, USUAL } from './panel-mistakes.ts'
import type { Quantity, Screening } from './quantity.ts'
import { ask, interpolate, legendOf, type View } from './query-panel.ts'

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

function panelsOf({ rows }: DashboardJson): PanelJson[] {
  return rows.flatMap(({ panels }) => panels)
}

function viewOf({ variables }: DashboardJson, { jobs, minutes, rateInterval = 60 }: Screening): View {
  const chosen = jobs.length === 1 ? (jobs[0] as string) : `(${jobs.join('|')})`
  return { variables: new Map([...variables, ['job', chosen]]), range: minutes * 60, rateInterval }
}

/** Titles, descriptions, units and data sources. */
function claimReadable(dashboard: DashboardJson, claim: Claim): void {
  const panels = panelsOf(dashboard)
  const isTitle = ({ title }: PanelJson) =>
    /\p{L}{3}/u.test(title) && !/_|[{}()[\]]|^(new )?panel( title)?\b/i.test(title)
  const titles = panels.map(({ title }) => title)
  const untitled = panels.find((panel) => !isTitle(panel))
  const twice = titles.find((title, i) => titles.indexOf(title) !== i)
  claim('each panel has a title that says what it shows', untitled === undefined && twice === undefined, {
    expected: 'titles in words, each once: a question, or the name of what is shown',
    seen: untitled ? `the title "${untitled.title}"` : `two panels with the title "${twice}"`,
    look: 'the titles of the panels',
  })
  const unexplained = panels.find(({ title, description }) => wordsIn(description) < 8 || description === title)
  claim('each panel has a description that says how to read it', unexplained === undefined, {
    expected: 'what is normal, and what is not: eight words at least',
    seen: `"${unexplained?.title}" has ${unexplained?.description ? `"${unexplained.description}"` : 'no description'}`,
    look: 'description of the panel, which Grafana shows behind the (i)',
  })
  const without = panels.find(({ unit }) => unit === '')
  claim('each panel has a unit', without === undefined, {
    expected: 'a unit of Grafana, such as reqps, percentunit or s',
    seen: `"${without?.title}" has none`,
    look: 'unit of the panel: 0.25 may be a quarter of a second or a quarter of the requests',
  })
  const foreign = panels.find(
    ({ dataSources }) => !dataSources.every((uid) => uid === 'prometheus' || /^\$\{?\w+\}?$/.test(uid)),
  )
  const sourceless = panels.find(({ dataSources }) => dataSources.length === 0)
  const wrong = foreign ?? sourceless
  claim('each panel asks the data source that is provisioned', wrong === undefined, {
    expected: 'the uid of grafana/provisioning/datasources, prometheus, or a variable',
    seen: `"${wrong?.title}" asks ${wrong?.dataSources.join(', ') || 'none'}`,
    look: 'datasource of the panel: an id that another Grafana has made up exists only there',
  })
}

function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /\p{L}{2}|\d/u.test(word)).length
}

/** Queries that can be asked, and that find something. */
function claimQueries(dashboard: DashboardJson, shown: Screening, claim: Claim): void {
  const silent = panelsOf(dashboard).find(({ queries }) => queries.length === 0)
  claim('each panel has a query', silent === undefined, {
    expected: 'a query: a panel without one answers nothing',
    seen: `"${silent?.title}" has none`,
    look: 'that panel: remove it, or give it a query',
  })
  const view = viewOf(dashboard, shown)
  const failed = panelsOf(dashboard)
    .flatMap(({ title, queries }) => queries.map(({ expr }) => ({ title, expr, problem: whyEmpty(expr, view, shown) })))
    .find(({ problem }) => problem !== undefined)
  claim('each query finds data', failed === undefined, {
    expected: 'at least one series over the data that you can look at',
    seen: `"${failed?.title}": ${failed?.problem}`,
    look: failed === undefined ? '' : lookAtEmpty(failed.expr, view),
  })
}

/** @returns undefined when the query finds something */
function whyEmpty(expr: string, view: View, { source, minutes }: Screening): string | undefined {
  const text = interpolate(expr, view)
  const [unknown] = /\$\{?\w+\}?/.exec(text) ?? []
  if (unknown !== undefined) return `there is no variable ${unknown}`
  const problem = problemWith(text)
  if (problem !== undefined) return problem
  const answer = ask(source(), text, minutes * 60)
  if ('error' in answer) return answer.error
  return answer.result.length > 0 ? undefined : 'no series'
}

function lookAtEmpty(expr: string, view: View): string {
  const text = interpolate(expr, view)
  if (problemWith(text) !== undefined) return `the query: ${expr}`
  const finding = { query: { expr, expression: parseExpression(text) }, difference: undefined, error: undefined }
  return USUAL.find(({ isIn }) => isIn(finding))?.look ?? `the query: ${expr}`
}

function problemWith(text: string): string | undefined {
  try {
    parseExpression(text)
    return undefined
  } catch (error) {
    if (error instanceof ParseError) return error.message
    throw error
  }
}

/** How a query fails a screening. */
interface Miss {
  readonly screening: Screening
  readonly panel: PanelJson
  readonly query: QueryJson
  readonly difference: Difference | undefined
  readonly error: string | undefined
}

/** @returns the panels that show the quantity */
function claimQuantity(
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

function claimThreshold({ what, threshold, units }: Quantity, panels: readonly PanelJson[], claim: Claim): void {
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
function claimRows(
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

/** Lines that can be told apart. */
function claimLegends(dashboard: DashboardJson, shown: Screening, claim: Claim): void {
  const view = viewOf(dashboard, shown)
  const problem = panelsOf(dashboard)
    .map(({ title, queries }) => {
      const names = queries.flatMap(({ expr, legend }) => {
        const answer = ask(shown.source(), interpolate(expr, view), shown.minutes * 60)
        return 'result' in answer ? answer.result.map((row) => legendOf(legend, row)) : []
      })
      const twice = names.find((name, i) => names.indexOf(name) !== i)
      if (names.some((name) => name === '' || name === '__auto')) return `"${title}" has a line without a name`
      return twice === undefined ? undefined : `"${title}" has several lines called "${twice}"`
    })
    .find((found) => found !== undefined)
  claim('the lines of each panel can be told apart', problem === undefined, {
    expected: 'a legend that is different for each series, such as {{route}}',
    seen: problem ?? 'different names',
    look: 'legend of the query',
  })
}

function claimNoAveragedPercentiles(dashboard: DashboardJson, shown: Screening, claim: Claim): void {
  const view = viewOf(dashboard, shown)
  const panel = panelsOf(dashboard).find(({ queries }) =>
    queries.some(({ expr }) => hasAveragedQuantiles(parseExpression(interpolate(expr, view)))),
  )
  claim('no panel averages percentiles', panel === undefined, {
    expected: 'percentiles of buckets that were added up',
    seen: `"${panel?.title}" puts percentiles together`,
    look: averagedQuantilesLook,
  })
}
