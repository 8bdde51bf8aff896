/** What each stage of a log query does to a line and its labels. */
import { RE2JS } from 're2js'
import { comparison } from '../promql/arithmetic.ts'
import { TemplateError } from '../template/errors.ts'
import { Unsupported } from '../unsupported.ts'
import { LogParseError } from './errors.ts'
import type {
  JsonStage,
  LabelChoice,
  LabelFilter,
  LabelFormatStage,
  LineFilterStage,
  LogfmtStage,
  PatternStage,
  Stage,
} from './expression.ts'
import { parseJsonPath } from './json-path.ts'
import { eachMember, JsonError, type JsonValue, unescapeJson, valueAt } from './json-reader.ts'
import { type EarlyFilter, ERROR, ERROR_DETAILS, type LineLabels } from './line-labels.ts'
import { CapturePattern, FilterPattern } from './line-pattern.ts'
import { LogfmtReader } from './logfmt-reader.ts'
import { labelsOf } from './parser-hints.ts'
import { LineTemplate } from './template.ts'
import { parseBytes, parseFloat64, parseGoDuration } from './units.ts'

/** A stage, ready to be run. */
export interface RunnableStage {
  /** @returns the line, perhaps another one, or undefined when it is filtered out */
  run(line: string, labels: LineLabels): string | undefined
  /** The labels that it names. */
  readonly uses: readonly string[]
  /** What a parser before it can check at once. */
  readonly early?: EarlyFilter
}

/** @throws {LogParseError} as Loki does for what its grammar accepts and a stage does not. @throws {Unsupported} */
export function checkStage(stage: Stage, text: string): void {
  try {
    runnable(stage)
  } catch (error) {
    if (error instanceof Unsupported) throw error
    const { message } = error as Error
    const isParser = stage.kind === 'pattern' || stage.kind === 'regexp'
    throw new LogParseError(
      isParser ? `invalid ${stage.kind} parser: ${message}` : `stage '${text}' : ${message}`,
      undefined,
      stage.range.from,
    )
  }
}

export function runnable(stage: Stage): RunnableStage {
  switch (stage.kind) {
    case 'lineFilter':
      return lineFilter(stage)
    case 'json':
      return stage.expressions.length === 0 ? { run: extractMembers, uses: [] } : jsonPaths(stage)
    case 'logfmt':
      return stage.expressions.length === 0 ? logfmt(stage) : logfmtPaths(stage)
    case 'pattern':
      return pattern(stage)
    case 'regexp':
      return regexp(stage)
    case 'labelFilter':
      return labelFilter(stage.filter)
    case 'lineFormat':
      return lineFormat(stage.template)
    case 'labelFormat':
      return labelFormat(stage)
    case 'drop':
      return { run: (line, labels) => drop(stage.labels, line, labels), uses: [] }
    case 'keep':
      return { run: (line, labels) => keep(stage.labels, line, labels), uses: [] }
    case 'decolorize':
      return { run: (line) => line.replace(COLORS, ''), uses: [] }
  }
}

function lineFilter({ operator, texts }: LineFilterStage): RunnableStage {
  const tests = texts.map((text) => lineTest(operator.charAt(1), text))
  const wanted = operator.startsWith('|')
  return { run: (line) => (tests.some((test) => test(line)) === wanted ? line : undefined), uses: [] }
}

/** @param kind `=`, `~` or `>` */
function lineTest(kind: string, text: string): (line: string) => boolean {
  if (kind === '=') return (line) => line.includes(text)
  if (kind === '>') {
    const pattern = new FilterPattern(text)
    return (line) => pattern.test(line)
  }
  const expression = RE2JS.compile(text)
  return (line) => expression.test(line)
}

const JSON_ERROR = 'JSONParserErr'

/** `json`: every member becomes a label, those of inner objects with the outer name before them. */
function extractMembers(line: string, labels: LineLabels): string | undefined {
  const { hints } = labels
  if (hints.isNothingRequired) return line
  let passes = true
  const visit = (prefix: readonly string[], key: string, value: JsonValue): boolean => {
    if (value.type === 'object') {
      const inner = [...prefix, key]
      if (hints.shouldExtractPrefix(joinKeys(inner)))
        return eachMember(value.text, (name, member) => visit(inner, name, member))
    } else if (value.type !== 'array' && value.type !== 'null') {
      passes = extract(prefix.length === 0 ? sanitize(key) : joinKeys([...prefix, key]), textOf(value), labels)
      if (!passes) return false
    }
    return !hints.isAllExtracted
  }
  try {
    eachMember(line, (key, value) => visit([], key, value))
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    labels.setParserError(JSON_ERROR, error.message)
  }
  return passes ? line : undefined
}

/** @returns whether the line still passes */
function extract(name: string, value: string, labels: LineLabels): boolean {
  if (name === '') return true
  const label = labels.nameFor(name)
  const { hints } = labels
  if (!hints.shouldExtract(label) || hints.isExtracted(label)) return true
  labels.set(label, value)
  return hints.mayContinue(label, labels)
}

function textOf({ type, text }: JsonValue): string {
  return type === 'string' ? (unescapeJson(text) ?? '') : text
}

/** A label's name has letters, digits and underscores. */
function sanitize(key: string): string {
  const name = key.trim().replace(/[^A-Za-z0-9_]/gu, '_')
  return /^\d/.test(name) ? `_${name}` : name
}

function joinKeys(keys: readonly string[]): string {
  const joined = keys
    .map((key) => key.trim().replace(/[^A-Za-z0-9_]/gu, '_'))
    .filter((key) => key !== '')
    .join('_')
  return /^\d/.test(joined) ? `_${joined}` : joined
}

function jsonPaths({ expressions }: JsonStage): RunnableStage {
  const paths = expressions.map(({ label, expression }) => ({ label, path: parsed(expression, parseJsonPath) }))
  return {
    uses: [],
    run(line, labels) {
      if (line === '' || labels.hints.isNothingRequired) return line
      if (!/^["{[]/.test(line)) {
        labels.setParserError(JSON_ERROR, '')
        return line
      }
      let found = 0
      for (const { label, path } of paths) {
        const value = valueAt(line, path)
        if (value === undefined) continue
        found++
        labels.set(labels.nameFor(label), extractedText(value))
      }
      if (found < paths.length)
        for (const { label } of paths) if (labels.get(label) === undefined) labels.set(label, '')
      return line
    },
  }
}

function extractedText({ type, text }: JsonValue): string {
  if (type === 'null') return ''
  return type === 'object' ? text : (unescapeJson(text) ?? '')
}

function parsed<T>(expression: string, parse: (text: string) => T): T {
  try {
    return parse(expression)
  } catch (error) {
    throw new Error(`cannot parse expression [${expression}]: ${(error as Error).message}`)
  }
}

const LOGFMT_ERROR = 'LogfmtParserErr'

function logfmt({ strict, keepEmpty }: LogfmtStage): RunnableStage {
  return {
    uses: [],
    run(line, labels) {
      const { hints } = labels
      if (hints.isNothingRequired) return line
      const reader = new LogfmtReader(line)
      while (!reader.isAtEnd) {
        const pair = reader.next()
        if (pair === undefined) {
          if (strict) break
          continue
        }
        const value = pair.value.replaceAll('\ufffd', '')
        if (value === '' && !keepEmpty) continue
        if (!extract(sanitize(pair.key), value, labels)) return undefined
        if (hints.isAllExtracted) break
      }
      if (!strict || reader.error === undefined) return line
      labels.setParserError(LOGFMT_ERROR, reader.error)
      return hints.mayContinue(ERROR, labels) ? line : undefined
    },
  }
}

function logfmtPaths({ strict, expressions }: LogfmtStage): RunnableStage {
  for (const { expression } of expressions) parsed(expression, checkLogfmtKey)
  return {
    uses: [],
    run(line, labels) {
      const { hints } = labels
      if (hints.isNothingRequired) return line
      for (const { label } of expressions) if (!labels.isTaken(label)) labels.set(label, '')
      const reader = new LogfmtReader(line)
      while (!reader.isAtEnd) {
        const pair = reader.next()
        if (pair === undefined) {
          if (strict) break
          continue
        }
        const key = sanitize(pair.key)
        const wanted = expressions.find(({ expression }) => expression === key)?.label ?? key
        if (!expressions.some(({ label }) => label === wanted)) continue
        labels.set(labels.nameFor(wanted), pair.value.includes('\ufffd') ? '' : pair.value)
        if (hints.isAllExtracted) break
      }
      if (strict && reader.error !== undefined) labels.setParserError(LOGFMT_ERROR, reader.error)
      return line
    },
  }
}

function checkLogfmtKey(text: string): void {
  if (!/^\s*[a-zA-Z_][\w.-]*\s*$/.test(text)) throw new Error('unexpected KEY')
}

function pattern({ expression }: PatternStage): RunnableStage {
  const pattern = new CapturePattern(expression)
  return {
    uses: [],
    run(line, labels) {
      if (labels.hints.isNothingRequired) return line
      for (const [name, value] of pattern.match(line)) if (!extract(name, value, labels)) return undefined
      return line
    },
  }
}

function regexp({ expression }: PatternStage): RunnableStage {
  const compiled = RE2JS.compile(expression)
  const names = Object.entries(compiled.namedGroups()).sort(([, a], [, b]) => a - b)
  if (names.length === 0) throw new Error('at least one named capture must be supplied')
  return {
    uses: [],
    run(line, labels) {
      const matcher = compiled.matcher(line)
      if (!matcher.find()) return line
      for (const [name, index] of names)
        if (!extract(sanitize(name), matcher.group(index) ?? '', labels)) return undefined
      return line
    },
  }
}

/** The filter as a stage. */
export function labelFilter(filter: LabelFilter): RunnableStage {
  const passes = labelTest(filter)
  const uses = labelsOf(filter)
  const isOnOne = filter.kind !== 'and' && filter.kind !== 'or' && uses.length === 1
  return {
    uses,
    run: (line, labels) => (passes(labels) ? line : undefined),
    ...(isOnOne ? { early: { label: uses[0] as string, passes } } : {}),
  }
}

const PARSERS = { number: parseFloat64, duration: parseGoDuration, bytes: parseBytes } as const

function labelTest(filter: LabelFilter): (labels: LineLabels) => boolean {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const left = labelTest(filter.left)
      const right = labelTest(filter.right)
      if (filter.kind === 'or') return (labels) => left(labels) || right(labels)
      // Both are evaluated, as each may set an error.
      return (labels) => {
        const holds = left(labels)
        return right(labels) && holds
      }
    }
    case 'string':
      return (labels) => filter.matcher.matches(labels.value(filter.matcher.name))
    default: {
      const parse = PARSERS[filter.kind]
      const holds = comparison(filter.operator)
      return (labels) => {
        const text = labels.get(filter.label)
        if (text === undefined) return false
        let value: number
        try {
          value = parse(text)
        } catch (error) {
          labels.setError('LabelFilterErr', (error as Error).message, false)
          return true
        }
        return holds(value, filter.value)
      }
    }
  }
}

const TEMPLATE_ERROR = 'TemplateFormatErr'

function lineFormat(text: string): RunnableStage {
  let template: LineTemplate
  try {
    template = new LineTemplate(text, 'line')
  } catch (error) {
    if (error instanceof Unsupported) throw error
    throw new Error(`invalid line template: ${(error as Error).message}`)
  }
  const { onlyField } = template
  return {
    uses: template.fields,
    run(line, labels) {
      if (onlyField !== undefined) return labels.get(onlyField) ?? ''
      try {
        return template.fill({ labels: labels.all(), line })
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        labels.setError(TEMPLATE_ERROR, error.message)
        return line
      }
    },
  }
}

function labelFormat({ formats }: LabelFormatStage): RunnableStage {
  const names = formats.map(({ label }) => label)
  if (names.includes(ERROR)) throw new Error(`${ERROR} cannot be formatted`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`multiple label name '${twice}' not allowed in a single format operation`)
  const compiled = formats.map((format) => ({ ...format, template: labelTemplate(format) }))
  return {
    uses: compiled.flatMap(({ isRename, value, template }) => (isRename ? [value] : (template?.fields ?? []))),
    run(line, labels) {
      // All templates see the labels as they are before the first.
      let seen: ReadonlyMap<string, string> | undefined
      for (const { label, value, template } of compiled) {
        if (template === undefined) {
          const renamed = labels.get(value)
          if (renamed === undefined) continue
          labels.set(label, renamed)
          labels.delete(value)
          continue
        }
        try {
          seen ??= labels.all()
          labels.set(label, template.fill({ labels: seen, line }))
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error
          labels.setError(TEMPLATE_ERROR, error.message)
        }
      }
      return line
    },
  }
}

function labelTemplate({ label, isRename, value }: LabelFormatStage['formats'][number]): LineTemplate | undefined {
  if (isRename) return undefined
  try {
    return new LineTemplate(value, 'label')
  } catch (error) {
    if (error instanceof Unsupported) throw error
    throw new Error(`invalid template for label '${label}': ${(error as Error).message}`)
  }
}

function drop(choices: readonly LabelChoice[], line: string, labels: LineLabels): string {
  for (const choice of choices) {
    const name = typeof choice === 'string' ? choice : choice.name
    if (
      typeof choice !== 'string' &&
      !choice.matches(name === ERROR_DETAILS ? labels.errorDetails : labels.value(name))
    )
      continue
    if (name === ERROR) labels.error = ''
    else if (name === ERROR_DETAILS) labels.errorDetails = ''
    else if (typeof choice !== 'string' || labels.get(name) !== undefined) labels.delete(name)
  }
  return line
}

function keep(choices: readonly LabelChoice[], line: string, labels: LineLabels): string {
  for (const [name, value] of labels.all()) {
    if (name === ERROR || name === ERROR_DETAILS) continue
    const isKept = choices.some((choice) =>
      typeof choice === 'string' ? choice === name : choice.name === name && choice.matches(value),
    )
    if (!isKept) labels.delete(name)
  }
  return line
}

/** Escape sequences of terminals. */
const COLORS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u001b\u009b][[\]()#;?]*(?:(?:(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*)?\u0007)|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~]))/g
