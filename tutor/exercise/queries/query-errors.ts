import { LogParseError } from '../../../query/logql/errors.ts'
import { ParseError } from '../../../query/promql/position.ts'
import { ExecutionError, InvalidQuery, QueryTimeout } from '../../../query/promql/value.ts'
import { Unsupported } from '../../../query/unsupported.ts'

const TYPES = [ParseError, LogParseError, Unsupported, InvalidQuery, ExecutionError, QueryTimeout]

/** Whether an error is about the query, so that its message is for the learner. */
export function isAboutQuery(error: unknown): error is Error {
  return TYPES.some((type) => error instanceof type)
}
