import fastifyPlugin from 'fastify-plugin'
import { typed } from './validator.ts'

/** Validates requests against the schemas of their routes. Fastify's default would coerce `true` in a body to a string. */
export const validation = fastifyPlugin(
  async (app) => {
    app.setValidatorCompiler(({ schema, httpPart }) => {
      const validate = typed.compile(schema)
      if (httpPart === 'body') return validate
      const wanted = Object.entries((schema as ObjectSchema).properties ?? {})
      const ofText = (values: Record<string, unknown>) => {
        for (const [name, { type }] of wanted) {
          const text = values[name]
          if (typeof text === 'string') values[name] = fromText(text, type)
        }
        const isValid = validate(values)
        ofText.errors = validate.errors
        return isValid
      }
      ofText.errors = validate.errors
      return ofText
    })
  },
  { name: 'validation' },
)

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>
}

/** Paths, queries and headers are text. Only decimal digits become a number: `0x10` and `1e3` stay text. */
function fromText(text: string, type: unknown): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text
}
