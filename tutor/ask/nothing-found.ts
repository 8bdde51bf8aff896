import { LogParseError } from '../../query/logql/errors.ts'
import { parseLogQuery } from '../../query/logql/parse.ts'
import { ParseError } from '../../query/promql/position.ts'
import type { Matcher } from '../../query/series/matcher.ts'
import { Unsupported } from '../../query/unsupported.ts'
import { metricSelectors } from './language.ts'
import type { Question } from './options.ts'
import type { TelemetryServer } from './telemetry-server.ts'

/** Names in a query that the server does not know are the usual reason for an empty answer. */
export async function reasonsForNothing(question: Question, server: TelemetryServer): Promise<string[]> {
  try {
    return question.language === 'logs'
      ? await unknownStreamLabels(question.query, server)
      : await unknownNames(question.query, server)
  } catch (error) {
    // The server knows more of the language than is known here.
    if (error instanceof ParseError || error instanceof LogParseError || error instanceof Unsupported) return []
    throw error
  }
}

async function unknownNames(query: string, server: TelemetryServer): Promise<string[]> {
  const selectors = metricSelectors(query).filter(({ name }) => name !== '')
  const known = await namesFrom(server, 'metrics', 'label/__name__/values')
  const unknown = selectors.filter(({ name }) => !known.includes(name)).map(({ name }) => `No series is named ${name}.`)
  const labels = await Promise.all(
    selectors.filter(({ name }) => known.includes(name)).map((selector) => unknownLabels(selector, server)),
  )
  return [...new Set([...unknown, ...labels.flat()])]
}

async function unknownLabels(
  { name, matchers }: { readonly name: string; readonly matchers: readonly Matcher[] },
  server: TelemetryServer,
): Promise<string[]> {
  const known = await namesFrom(server, 'metrics', 'labels', { 'match[]': name })
  return required(matchers)
    .filter((label) => !known.includes(label))
    .map((label) => `${name} has no label ${label}. It has ${listed(known.filter((other) => other !== '__name__'))}.`)
}

async function unknownStreamLabels(query: string, server: TelemetryServer): Promise<string[]> {
  const known = await namesFrom(server, 'logs', 'labels')
  const [, selector = ''] = /(\{[^}]*\})/.exec(query) ?? []
  const parsed = parseLogQuery(selector)
  if (parsed.kind !== 'log') return []
  return required(parsed.matchers)
    .filter((label) => !known.includes(label))
    .map(
      (label) =>
        `No stream has the label ${label}. Streams have ${listed(known)}. A field of the line is found by | json | ${label}="…".`,
    )
}

/** The labels without which nothing is selected. */
function required(matchers: readonly Matcher[]): string[] {
  return matchers.filter((matcher) => matcher.name !== '__name__' && !matcher.matches('')).map(({ name }) => name)
}

async function namesFrom(
  server: TelemetryServer,
  language: Question['language'],
  path: string,
  parameters: Record<string, string> = {},
): Promise<readonly string[]> {
  const { status, body } = await server.send(language, path, new URLSearchParams(parameters))
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`)
  return (body as { readonly data: readonly string[] }).data
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
