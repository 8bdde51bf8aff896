import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { HttpError } from './problem.ts'

/**
 * Reads bodies of JSON strictly, as RFC 8259 has it: UTF-8, and nothing else. Fastify's own reader replaces bytes that
 * are no UTF-8, and refuses an empty body even where none is wanted.
 *
 * https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export const jsonBody = fastifyPlugin(
  async (app) => {
    app.removeAllContentTypeParsers()
    const parse = app.getDefaultJsonParser('error', 'error')
    app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
      const wrong = whatIsWrong(request, body)
      if (wrong !== undefined) done(wrong)
      else if (body.length === 0 && request.routeOptions.schema?.body === undefined) done(null, undefined)
      else parse(request, body.toString(), (error, value) => done(error ? explain(error, body) : halves(value), value))
    })
  },
  { name: 'json-body' },
)

function whatIsWrong({ headers }: FastifyRequest, body: Buffer): HttpError | undefined {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headers['content-type'] ?? '') ?? []
  if (!/^utf-?8$/i.test(charset))
    return new HttpError(415, 'JSON is UTF-8. Send it with no charset, or with charset=utf-8.')
  return isUtf8(body) ? undefined : new HttpError(400, 'The body is not valid UTF-8.')
}

/** The error of a value with half of a surrogate pair in one of its texts, as `"\\ud800"`. No UTF-8 could hold it. */
function halves(value: unknown): HttpError | null {
  if (isWellFormed(value)) return null
  return new HttpError(400, 'The body has half of a surrogate pair, which is no character.')
}

/** A loop and no recursion: 64 kB of `[` would overflow the stack. */
function isWellFormed(value: unknown): boolean {
  const values = [value]
  for (const one of values) {
    if (typeof one === 'string' && !one.isWellFormed()) return false
    if (typeof one !== 'object' || one === null) continue
    for (const entry of Object.entries(one)) values.push(...entry)
  }
  return true
}

/** Fastify says "not valid JSON" of a key that it only finds dangerous. */
function explain(error: Error, body: Buffer): Error {
  if ((error as { code?: string }).code !== 'FST_ERR_CTP_INVALID_JSON_BODY') return error
  try {
    JSON.parse(body.toString())
  } catch {
    return error
  }
  return new HttpError(400, 'The body must not have a key named __proto__ or constructor.prototype.')
}
