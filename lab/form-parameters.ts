import type { FastifyInstance, FastifyRequest } from 'fastify'

const LARGEST_FORM = 1_000_000

/** Lets routes take parameters as a form in the body, as queries are sent that may be long. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LARGEST_FORM },
    (_request, body, done) => done(null, body),
  )
}

/** Those of the form and of the URL. */
export function parametersOf({ url, body }: FastifyRequest): URLSearchParams {
  const form = new URLSearchParams(typeof body === 'string' ? body : '')
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  return new URLSearchParams([...form, ...new URLSearchParams(query)])
}
