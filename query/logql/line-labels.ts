import type { Labels } from '../series/labels.ts'

export const ERROR = '__error__'
export const ERROR_DETAILS = '__error_details__'
/** On a line whose error is wanted in the result of a metric query. */
export const PRESERVED_ERROR = '__preserve_error__'
const DUPLICATE = '_extracted'

/** A condition on one label only, which a parser can check at once. */
export interface EarlyFilter {
  readonly label: string
  readonly passes: (labels: LineLabels) => boolean
}

/**
 * What a parser need not extract, because a metric query does not use it. This is more than speed: a line that is not
 * parsed to its end has no error either, and Loki answers so.
 */
export interface ParserHints {
  readonly isNothingRequired: boolean
  readonly isAllExtracted: boolean
  /** Whether a line with an error has a place in the result. */
  readonly preservesErrors: boolean
  shouldExtract(name: string): boolean
  shouldExtractPrefix(prefix: string): boolean
  isExtracted(name: string): boolean
  recordExtracted(name: string): void
  /** Whether the line still passes, now that this label is known. */
  mayContinue(name: string, labels: LineLabels): boolean
}

/**
 * The labels of one line on its way through the stages: those of its stream, its structured metadata, and what was
 * parsed from it, which goes before the others.
 */
export class LineLabels {
  error = ''
  errorDetails = ''
  readonly #metadata = new Map<string, string>()
  readonly #parsed = new Map<string, string>()
  readonly #deleted = new Set<string>()

  constructor(
    readonly stream: Labels,
    metadata: Labels,
    readonly hints: ParserHints,
  ) {
    for (const [name, value] of metadata.entries())
      this.#metadata.set(stream.get(name) === '' ? name : name + DUPLICATE, value)
  }

  get hasError(): boolean {
    return this.error !== ''
  }

  /** Of a parser, whose error a metric query may ask for by its label. */
  setParserError(error: string, details: string): void {
    this.setError(error, details)
    if (this.hints.preservesErrors) this.set(PRESERVED_ERROR, 'true')
  }

  /** Keeps an earlier error, which says more. */
  setError(error: string, details: string, overwrite = true): void {
    if (!overwrite && this.hasError) return
    this.error = error
    this.errorDetails = details
  }

  /** @returns undefined when there is no such label */
  get(name: string): string | undefined {
    const value = this.#metadata.get(name) ?? this.#parsed.get(name)
    if (value !== undefined) return value
    if (this.#deleted.has(name)) return undefined
    return this.stream.get(name) || undefined
  }

  /** As filters see it: the error is a label, its details are none, and a label that is missing is empty. */
  value(name: string): string {
    if (name === ERROR) return this.error
    return this.get(name) ?? ''
  }

  /** Whether the stream or the metadata has it, even if it was dropped. */
  isTaken(name: string): boolean {
    return this.stream.get(name) !== '' || this.#metadata.has(name)
  }

  /** The name under which a member of the line becomes a label. */
  nameFor(name: string): string {
    return this.isTaken(name) ? name + DUPLICATE : name
  }

  set(name: string, value: string): void {
    this.#metadata.delete(name)
    this.#parsed.set(name, value)
    this.hints.recordExtracted(name)
  }

  delete(name: string): void {
    this.#metadata.delete(name)
    this.#parsed.delete(name)
    this.#deleted.add(name)
  }

  /** All, with the errors. */
  all(): Map<string, string> {
    const all = new Map<string, string>()
    for (const [name, value] of this.stream.entries()) if (!this.#deleted.has(name)) all.set(name, value)
    for (const [name, value] of this.#metadata) all.set(name, value)
    for (const [name, value] of this.#parsed) all.set(name, value)
    if (this.error !== '') all.set(ERROR, this.error)
    if (this.errorDetails !== '') all.set(ERROR_DETAILS, this.errorDetails)
    return all
  }
}
