/** Templates of alerts: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ */
import { parseDuration } from '../promql/literals.ts'
import { quote } from '../quote.ts'
import { compareText, type Labels } from '../series/labels.ts'
import { compileExpression } from '../series/matcher.ts'
import { TemplateError } from '../template/errors.ts'
import { escapeQuery } from '../template/escape-query.ts'
import { type TemplateFunction, takes } from '../template/functions.ts'
import { replaceAll } from '../template/replace-all.ts'
import { Template } from '../template/template.ts'
import { title } from '../template/title.ts'
import { Struct, TemplateList, TemplateMap, type TemplateValue, typeName } from '../template/value.ts'
import { Unsupported } from '../unsupported.ts'
import { GoDuration, GoTime } from './go-time.ts'
import { humanize, humanize1024, humanizeDuration, humanizePercentage, short } from './humanize.ts'
import type { RuleQueryFunction, RuleSample } from './samples.ts'

/** What templates of all alerts see. */
export interface Surroundings {
  readonly query: RuleQueryFunction
  /** Milliseconds since 1970. */
  readonly time: number
  readonly externalLabels: ReadonlyMap<string, string>
  readonly externalUrl: string
}

const DEFINITIONS =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}'
const DATA =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }'
const RESULT = 'template.queryResult'
const SAMPLE = '*template.sample'
/** Go's times are nanoseconds in 63 bits. */
const LATEST = 2 ** 63

/** A template of a label or an annotation. */
export class AlertTemplate {
  readonly #template: Template
  readonly #name: string
  #surroundings: Surroundings | undefined

  /**
   * @param alert the name of the alert, for messages
   * @throws the message of Go's parser
   * @throws {Unsupported} naming what is not supported
   */
  constructor(alert: string, text: string) {
    this.#name = `__alert_${alert}`
    const functions = functionsOf(() => this.#surroundings as Surroundings)
    this.#template = new Template(DEFINITIONS + text, this.#name, functions)
  }

  /** As Prometheus, it gives a message in place of the text when the template fails. */
  fill({ labels, value }: RuleSample, surroundings: Surroundings): string {
    this.#surroundings = surroundings
    const { externalLabels, externalUrl } = surroundings
    const data = new Struct(DATA, {
      Labels: mapOf(labels),
      ExternalLabels: new TemplateMap(externalLabels),
      ExternalURL: externalUrl,
      Value: value,
    })
    try {
      return this.#template.fill(data)
    } catch (error) {
      if (error instanceof TemplateError)
        return `<error expanding template: error executing template ${this.#name}: ${error.message}>`
      if (error instanceof Unsupported) return `<error expanding template: ${error.message}>`
      throw error
    }
  }
}

/** @throws as {@link AlertTemplate} does */
export function parseAlertTemplate(alert: string, text: string): AlertTemplate {
  return new AlertTemplate(alert, text)
}

function mapOf(labels: Labels): TemplateMap {
  return new TemplateMap(new Map(labels.entries()))
}

function functionsOf(surroundings: () => Surroundings): ReadonlyMap<string, TemplateFunction> {
  return new Map<string, TemplateFunction>([
    ...PURE,
    [
      'query',
      takes('string', (text: string) => {
        const { query, time } = surroundings()
        return new TemplateList(query(text, time).map(sampleOf), RESULT)
      }),
    ],
    ['now', takes('', () => surroundings().time / 1000)],
    ['externalURL', takes('', () => surroundings().externalUrl)],
    ['pathPrefix', takes('', () => pathOf(surroundings().externalUrl))],
  ])
}

/** Functions whose result depends on their arguments only. */
const PURE: readonly (readonly [string, TemplateFunction])[] = [
  ['first', takes(RESULT, ({ items }: TemplateList) => items[0] ?? fail('first() called on vector with no elements'))],
  ['label', takes(`string ${SAMPLE}`, (name: string, sample: Struct) => labelsIn(sample).get(name))],
  ['value', takes(SAMPLE, (sample: Struct) => sample.fields.Value as TemplateValue)],
  ['strvalue', takes(SAMPLE, (sample: Struct) => labelsIn(sample).get('__value__'))],
  ['sortByLabel', takes(`string ${RESULT}`, sortByLabel)],
  [
    'args',
    takes('any...', (...values: TemplateValue[]) => {
      return new TemplateMap(new Map(values.map((value, i) => [`arg${i}`, value])), 'map[string]interface {}')
    }),
  ],
  ['reReplaceAll', takes('string string string', replace)],
  ['match', takes('string string', matches)],
  ['safeHtml', takes('string', (text: string) => text)],
  ['title', takes('string', title)],
  ['toUpper', takes('string', (text: string) => text.toUpperCase())],
  ['toLower', takes('string', (text: string) => text.toLowerCase())],
  ['graphLink', takes('string', (query: string) => `/graph?g0.expr=${escapeQuery(query)}&g0.tab=0`)],
  ['tableLink', takes('string', (query: string) => `/graph?g0.expr=${escapeQuery(query)}&g0.tab=1`)],
  ['stripPort', takes('string', (text: string) => splitHostPort(text)?.host ?? text)],
  ['stripDomain', takes('string', stripDomain)],
  ['humanize', takes('any', (value: TemplateValue) => humanize(toFloat(value)))],
  ['humanize1024', takes('any', (value: TemplateValue) => humanize1024(toFloat(value)))],
  ['humanizeDuration', takes('any', (value: TemplateValue) => humanizeDuration(toFloat(value)))],
  ['humanizePercentage', takes('any', (value: TemplateValue) => humanizePercentage(toFloat(value)))],
  ['humanizeTimestamp', takes('any', humanizeTimestamp)],
  ['toTime', takes('any', (value: TemplateValue) => toTime(toFloat(value)))],
  ['toDuration', takes('any', (value: TemplateValue) => new GoDuration(toFloat(value)))],
  ['parseDuration', takes('string', toSeconds)],
  ['urlQueryEscape', takes('string', escapeQuery)],
]

function sampleOf({ labels, value }: RuleSample): Struct {
  return new Struct(SAMPLE, { Labels: mapOf(labels), Value: value })
}

function labelsIn(sample: Struct): TemplateMap {
  return sample.fields.Labels as TemplateMap
}

function sortByLabel(name: string, { items }: TemplateList): TemplateList {
  const by = (item: TemplateValue): string => String(labelsIn(item as Struct).get(name))
  return new TemplateList(
    [...items].sort((a, b) => compareText(by(a), by(b))),
    RESULT,
  )
}

function replace(pattern: string, replacement: string, text: string): string {
  try {
    return replaceAll(pattern, text, replacement)
  } catch (error) {
    throw new Error(`regexp: Compile(${quote(pattern, '`')}): ${(error as Error).message}`)
  }
}

function matches(pattern: string, text: string): boolean {
  return compileExpression(pattern).matcher(text).find()
}

function fail(reason: string): never {
  throw new Error(reason)
}

function toFloat(value: TemplateValue): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') throw new Error(`can't convert ${typeName(value)} to float`)
  if (/^[+-]?inf(?:inity)?$/i.test(value))
    return value.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^nan$/i.test(value)) return Number.NaN
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) return Number(value)
  throw new Error(`strconv.ParseFloat: parsing ${quote(value)}: invalid syntax`)
}

function toTime(seconds: number): GoTime {
  if (!Number.isFinite(seconds)) throw new Error('value is NaN or Inf')
  if (Math.abs(seconds * 1e9) > LATEST)
    throw new Error(`${seconds} cannot be represented as a nanoseconds timestamp since it overflows int64`)
  return new GoTime(Math.trunc(seconds * 1000))
}

function humanizeTimestamp(value: TemplateValue): string {
  const seconds = toFloat(value)
  return Number.isFinite(seconds) ? toTime(seconds).print() : short(seconds)
}

function toSeconds(text: string): number {
  const ms = parseDuration(text.replace(/^-/, ''))
  if (ms === undefined) throw new Error(`not a valid duration string: ${quote(text)}`)
  return (text.startsWith('-') ? -ms : ms) / 1000
}

/** @returns undefined when there is no port */
function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const [, bracketed, plain, port = ''] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text) ?? []
  const host = bracketed ?? plain
  return host === undefined ? undefined : { host, port }
}

function stripDomain(text: string): string {
  const { host, port } = splitHostPort(text) ?? { host: text, port: '' }
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(host) || host.includes(':')) return text
  const [name = ''] = host.split('.')
  return port === '' ? name : `${name}:${port}`
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/^\/$/, '') : ''
}
