import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { HttpError } from './problem.ts'

/**
 * Parses JSON bodies strictly, in UTF-8 only, as RFC 8259 requires. Fastify's own parser replaces bytes that are not
 * UTF-8, and refuses an empty body even on routes without a body.
 *
 * https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export const jsonBody = fastifyPlugin(
  async (app) => {
    app.removeAllContentTypeParsers()
    const parse = app.getDefaultJsonParser('error', 'error')
    app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
      const wrong = encodingError(request, body)
      if (wrong !== undefined) done(wrong)
      else if (body.length === 0 && request.routeOptions.schema?.body === undefined) done(null, undefined)
      else
        parse(request, body.toString(), (error, value) =>
          done(error ? explain(error, body) : surrogateError(value), value),
        )
    })
  },
  { name: 'json-body' },
)

function encodingError({ headers }: FastifyRequest, body: Buffer): HttpError | undefined {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headers['content-type'] ?? '') ?? []
  if (!/^utf-?8$/i.test(charset))
    return new HttpError(415, 'JSON is UTF-8. Send it with no charset, or with charset=utf-8.')
  return isUtf8(body) ? undefined : new HttpError(400, 'The body is not valid UTF-8.')
}

/** The error for a string with a lone surrogate, such as `"\\ud800"`, which UTF-8 cannot encode. */
function surrogateError(value: unknown): HttpError | null {
  if (isWellFormed(value)) return null
  return new HttpError(400, 'The body has half of a surrogate pair, which is no character.')
}

/** Iterative, because 64 kB of `[` would overflow the stack of a recursion. */
function isWellFormed(value: unknown): boolean {
  const values = [value]
  for (const item of values) {
    if (typeof item === 'string' && !item.isWellFormed()) return false
    if (typeof item !== 'object' || item === null) continue
    for (const entry of Object.entries(item)) values.push(...entry)
  }
  return true
}

/** Fastify reports a dangerous key as "not valid JSON". */
function explain(error: Error, body: Buffer): Error {
  if ((error as { code?: string }).code !== 'FST_ERR_CTP_INVALID_JSON_BODY') return error
  try {
    JSON.parse(body.toString())
  } catch {
    return error
  }
  return new HttpError(400, 'The body must not have a key named __proto__ or constructor.prototype.')
}
