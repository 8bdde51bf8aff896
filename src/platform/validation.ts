import { Ajv, type ErrorObject, type Options } from 'ajv'
import formats from 'ajv-formats'
import fastifyPlugin from 'fastify-plugin'

const options: Options = { allErrors: true, useDefaults: true, strict: false }

/** For what has types of its own, JSON and messages of gRPC: a value must be what the schema says, as it is. */
export const typed = formats.default(new Ajv(options))

/** For paths, queries and headers, where all is text: `20` is a number. strictNumbers would let `Infinity` be one. */
const untyped = formats.default(new Ajv({ ...options, coerceTypes: true, strictNumbers: false }))

const explained = new Map<string, string>()

/** Says in words what a pattern asks for: `must be one line of text`. Ajv would show the caller the pattern. */
export function explainPattern(pattern: string, words: string): void {
  explained.set(pattern, words)
}

/** What is wrong with a value, for its sender. */
export function messageOf({ message = 'is not valid', params }: Pick<ErrorObject, 'message' | 'params'>): string {
  return explained.get(String(params?.pattern)) ?? message
}

/** Checks requests against the schemas of their routes. Fastify's own way would turn `true` in a body into a text. */
export const validation = fastifyPlugin(
  async (app) => {
    app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? typed : untyped).compile(schema))
  },
  { name: 'validation' },
)
