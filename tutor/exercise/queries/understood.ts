import type { Claim } from '../exercise.ts'
import { isAboutQuery } from './query-errors.ts'

/** Who reads the query, and how to tell what is wrong with it. */
export interface Reader<Query> {
  /** `Prometheus` */
  readonly tool: string
  /** `PromQL` */
  readonly language: string
  readonly parse: (text: string) => Query
  /** What to look at; undefined for the line that the message names. */
  readonly lookAt: (text: string, message: string) => string | undefined
}

/** Parses the text of the learner's file, comments included, so that positions are those in the file. */
export function understood<Query>(text: string, claim: Claim, reader: Reader<Query>): Query {
  const { tool, language, parse, lookAt } = reader
  const title = `${tool} understands the query`
  const expected = `a query in ${language}`
  try {
    const query = parse(text)
    claim(title, true, { expected, seen: text, look: '' })
    return query
  } catch (error) {
    if (!isAboutQuery(error)) throw error
    const { message } = error
    claim(title, false, { expected, seen: message, look: lookAt(text, message) ?? placeIn(text, message) })
    throw error
  }
}

function placeIn(text: string, message: string): string {
  if (text.replaceAll(/^\s*#.*$/gm, '').trim() === '')
    return 'the end of the file, below the comment: your query goes there'
  const [, number] = /(?:^|line )(\d+)(?::|, col)/.exec(message) ?? []
  const line = text.split('\n')[Number(number) - 1]
  return line?.trim() ? `line ${number} of the file: ${line.trim()}` : 'the end of the query'
}
