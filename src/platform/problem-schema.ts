import { type Static, Type } from 'typebox'

const ProblemDetails = Type.Object(
  {
    type: Type.String({
      description: 'A URI for the kind of problem; `about:blank` says no more than the status does.',
    }),
    title: Type.String({ description: 'The problem in a few words, the same for every occurrence.' }),
    status: Type.Integer({ description: 'The HTTP status, repeated.' }),
    detail: Type.String({ description: 'What went wrong this time.' }),
    instance: Type.String({ description: 'The path that was asked for.' }),
    request_id: Type.String({ description: 'Finds this request in the log.' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description: 'For a request that is not valid: each part that is at fault.',
      }),
    ),
  },
  { title: 'Problem', description: 'RFC 9457 problem details.' },
)

/** The body of every error answer. https://www.rfc-editor.org/rfc/rfc9457 */
export type Problem = Static<typeof ProblemDetails>

/** For a route's `response`: `404: Problem`. Includes the media type. */
export const Problem = problemThat('The request failed; the body says why.')

/** Like {@link Problem}, with its own description: `409: problemThat('The slug is taken.')`. */
export function problemThat(description: string) {
  return { description, content: { 'application/problem+json': { schema: ProblemDetails } } }
}
