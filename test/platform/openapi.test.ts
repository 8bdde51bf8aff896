import { METHODS } from 'node:http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { httpClient } from '../../testkit/http.ts'
import { bareConfig } from './local-server.ts'

interface Schema {
  readonly examples?: readonly unknown[]
  readonly default?: unknown
}
interface Media {
  readonly schema: Schema
  readonly example?: unknown
}
interface Described {
  readonly description?: string
  readonly content?: Readonly<Record<string, Media>>
}
interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly example?: unknown
  readonly schema: Schema
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Described
  readonly responses: Readonly<Record<string, Described>>
}
interface Document {
  readonly openapi: string
  readonly info: Readonly<Record<string, unknown>>
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Reads before changes, changes before deletions. */
const ORDER = ['get', 'post', 'patch', 'delete']
/** It fails by design, so there is no success to document. */
const NEVER_SUCCEEDS = 'error'

t.test('the document', async (t) => {
  const app = buildApp(bareConfig({ DATABASE_URL: 'memory:', GRPC_PORT: 0 }), await loadPhase(0))
  t.teardown(() => app.close())
  await app.ready()
  await app.grpc.listen() // called by /propagation
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const { send, getJson } = httpClient(t)
  const { status, body: document, headers } = await getJson<Document>(`${origin}/swagger/json`)
  t.equal(status, 200)
  t.match(headers['content-type'], /^application\/json/)
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
    .sort((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method))
  const ajv = formats.default(new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }))
  const faultsOf = (schema: Schema, value: unknown) => (ajv.validate(schema, value) ? [] : ajv.errors)

  t.test('is OpenAPI 3.1 with a description', async (t) => {
    t.match(document.openapi, /^3\.1\.\d+$/)
    t.match(document.info, { title: /./, version: /^\d+\.\d+\.\d+$/, description: /./ })
    const ids = operations.map(({ operation }) => operation.operationId)
    t.equal(new Set(ids).size, ids.length, 'no operationId is there twice')
    const tags = new Set(operations.flatMap(({ operation }) => operation.tags))
    t.strictSame([...tags].sort(), document.tags.map(({ name }) => name).sort(), 'every tag is explained, and used')
    const tutorial = ['/hello', '/slow', '/error', '/external', '/propagation', '/livez', '/readyz']
    for (const path of [...tutorial, '/v1/courses', '/v1/bookings/{booking_id}:reserve'])
      t.ok(document.paths[path], path)
    t.notOk(document.paths['/'] ?? document.paths['/swagger'], 'pages are not operations')
  })

  t.test('describes every operation in full', async (t) => {
    for (const { path, method, operation } of operations) {
      const { operationId, summary, description, tags, parameters = [], requestBody, responses } = operation
      const what = `${method} ${path}`
      t.match(
        { operationId, summary, description },
        { operationId: /^[a-z][A-Za-z]*$/, summary: /./, description: /./ },
      )
      t.equal(tags.length, 1, what)

      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`)
      t.strictSame(inPath, path.match(/\{[^}]+\}/g) ?? [], `${what}: the parameters of its path`)
      for (const { name, required, schema, in: where } of parameters) {
        t.equal(required, where === 'path', `${what}: ${name} has a default or may be left out`)
        t.ok(ajv.validateSchema(schema), `${what}: ${name}`)
      }
      for (const media of Object.values(requestBody?.content ?? {})) t.ok(media.example, `${what}: example of a body`)

      const codes = Object.keys(responses)
      const successes = codes.filter((code) => code.startsWith('2'))
      t.equal(successes.length, operationId === NEVER_SUCCEEDS ? 0 : 1, `${what}: one success`)
      for (const code of codes) {
        const { description, content = {} } = responses[code] as Described
        t.match(description, /^(?!Default Response).+/, `${what}: ${code} is described`)
        const types = Object.keys(content)
        if (code.startsWith('2')) t.strictSame(types, code === '204' ? [] : ['application/json'], what)
        else if (what !== 'get /readyz' || code !== '503') t.strictSame(types, ['application/problem+json'], what)
        for (const { schema, example } of Object.values(content)) {
          t.ok(ajv.validateSchema(schema), `${what}: schema of ${code}`)
          if (example !== undefined) t.strictSame(faultsOf(schema, example), [], `${what}: example of ${code}`)
          if (code.startsWith('2'))
            t.match(JSON.stringify({ schema, example }), /"examples?":/, `${what}: has an example`)
        }
      }
    }
  })

  t.test('its examples work', async (t) => {
    for (const { path, method, operation } of operations) {
      const { operationId, parameters = [], requestBody, responses } = operation
      const url = new URL(origin + path.replace(/\{(\w+)\}/g, (_, name) => String(exampleOf(parameters, name))))
      for (const parameter of parameters) {
        const example = exampleOf(parameters, parameter.name)
        if (parameter.in === 'query' && example !== undefined) url.searchParams.set(parameter.name, String(example))
      }
      const body = requestBody?.content?.['application/json']?.example
      const answer = await send(url.href, { method: method.toUpperCase(), ...(body ? { json: body } : {}) })

      const what = `${operationId} ${answer.status} ${answer.text}`
      const documented = responses[answer.status] ?? responses[`${String(answer.status)[0]}XX`]
      t.ok(documented, `${what}: the status is documented`)
      // The example course has bookings, so it cannot be deleted before they end.
      const expected = operationId === NEVER_SUCCEEDS ? /^500$/ : operationId === 'deleteCourse' ? /^409$/ : /^2\d\d$/
      t.match(String(answer.status), expected, what)
      const media = documented?.content?.[String(answer.headers['content-type']).split(';')[0] as string]
      t.ok(media, `${what}: the content type is documented`)
      t.strictSame(faultsOf(media?.schema ?? {}, JSON.parse(answer.text)), [], `${what}: the body is as documented`)
    }
  })

  t.test('every path rejects other methods', async (t) => {
    const methodsOf = (path: string) => Object.keys(document.paths[path] ?? {}).map((method) => method.toUpperCase())
    for (const path of Object.keys(document.paths)) {
      const has = methodsOf(path).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
      const refused = METHODS.filter((method) => ![...has, 'HEAD', 'CONNECT'].includes(method))
      t.ok(refused.length > 25, `${path}: they have been found`)
      for (const method of refused) {
        const answer = await send(origin + path.replace(/\{\w+\}/, 'x'), { method })
        t.same([answer.status, answer.headers.allow], [405, has.join(', ')], `${method} ${path}`)
      }
    }
  })

  t.test('deleting works for a course without live bookings', async (t) => {
    const json = { slug: 'to-be-deleted', name: 'To be deleted' }
    const created = await send(`${origin}/v1/courses`, { method: 'POST', json })
    t.equal(created.status, 201)
    const gone = await send(origin + String(created.headers.location), { method: 'DELETE' })
    t.match({ ...gone }, { status: 204, text: '' })
  })
})

function exampleOf(parameters: readonly Parameter[], name: string): unknown {
  const parameter = parameters.find((one) => one.name === name)
  return parameter?.example ?? parameter?.schema.examples?.[0] ?? parameter?.schema.default
}
