import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { dashboards, filesIn, type Rule, root } from '../prometheus/shipped.ts'

const RULES = 'docker/loki/rules/fake'

/** The trace in the queries of panels. */
export const TRACE = '0af7651916cd43dd8448eb211c80319c'

/** The queries of the rules for Loki. */
export const ruleQueries = filesIn(RULES, '.yml').flatMap((file) => {
  const { groups } = parse(readFileSync(join(root, file), 'utf8')) as { groups: { rules: Rule[] }[] }
  return groups.flatMap((group) => group.rules.map(({ expr }) => expr))
})

/** The queries of panels with lines. */
export const panelQueries = dashboards.flatMap((dashboard) =>
  dashboard.panels
    .filter(({ datasource }) => datasource?.uid === 'loki')
    .flatMap(({ targets = [] }) => targets.map(({ expr = '' }) => expr.replaceAll('$trace_id', TRACE))),
)

/** Those of the documents, written as code that begins with a selector of streams. */
export const documentQueries = ['README.md', ...filesIn('docs', '.md')].flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/`(\{(?:service|level)[=!][^`]*)`/g)].map(
    ([, query = '']) => query,
  ),
)
