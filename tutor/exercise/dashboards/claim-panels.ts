import { parseExpression } from '../../../query/promql/parse.ts'
import { ParseError } from '../../../query/promql/position.ts'
import type { Claim } from '../exercise.ts'
import { type DashboardJson, type PanelJson, panelsOf } from './dashboard-json.ts'
import { averagedQuantilesLook, hasAveragedQuantiles, USUAL } from './panel-mistakes.ts'
import type { Screening } from './quantity.ts'
import { ask, interpolate, legendOf, type View, viewOf } from './query-panel.ts'

/** Titles, descriptions, units and data sources. */
export function claimReadable(dashboard: DashboardJson, claim: Claim): void {
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
export function claimQueries(dashboard: DashboardJson, shown: Screening, claim: Claim): void {
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

/** Lines that can be told apart. */
export function claimLegends(dashboard: DashboardJson, shown: Screening, claim: Claim): void {
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

export function claimNoAveragedPercentiles(dashboard: DashboardJson, shown: Screening, claim: Claim): void {
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
