import t from 'tap'
import { courseApp, send } from './course-app.ts'

interface Operation {
  summary?: string
  description?: string
  operationId?: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; example?: unknown; schema: { example?: unknown } }[]
  requestBody?: { content: Record<string, { schema: { examples?: object[] }; example?: object }> }
  responses: Record<string, { description: string; content?: Record<string, unknown> }>
}
type Paths = Record<string, Record<'get' | 'post' | 'patch' | 'delete', Operation>>

t.test('the documentation', async (t) => {
  const routes: (string | undefined)[] = []
  const app = await courseApp(t, {
    seed: true,
    before: (server) => server.addHook('onResponse', async (request) => void routes.push(request.routeOptions.url)),
  })
  const { paths } = (await send(app, 'GET', '/swagger/json')).json<{ paths: Paths }>()
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

  t.test('has every route', async (t) => {
    t.same(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort(), [
      'DELETE /v1/courses/{course_id}',
      'GET /v1/bookings',
      'GET /v1/bookings/{booking_id}',
      'GET /v1/courses',
      'GET /v1/courses/{course_id}',
      'PATCH /v1/courses/{course_id}',
      'POST /v1/bookings',
      'POST /v1/bookings/{booking_id}:complete',
      'POST /v1/bookings/{booking_id}:expire',
      'POST /v1/bookings/{booking_id}:reserve',
      'POST /v1/courses',
    ])
    for (const { path, operation } of operations) {
      const { summary, description, operationId, tags, responses } = operation
      t.ok(summary && description && operationId && tags?.length === 1, path)
      for (const [status, response] of Object.entries(responses)) {
        t.not(response.description, 'Default Response', `${path} ${status}`)
        if (status >= '400') t.same(Object.keys(response.content ?? {}), ['application/problem+json'])
      }
    }
  })

  // In the order of a reader who tries them: deletions last.
  const order = ['get', 'patch', 'post', 'delete']
  const byMethod = [...operations].sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method))
  for (const { path, method, operation } of byMethod) {
    t.test(`${operation.operationId}: its examples work`, async (t) => {
      let url = path
      for (const parameter of operation.parameters ?? []) {
        if (parameter.in !== 'path') continue
        t.ok(parameter.example, parameter.name)
        url = url.replace(`{${parameter.name}}`, String(parameter.example))
      }
      const body = operation.requestBody?.content['application/json']
      const example = body?.example ?? body?.schema.examples?.[0]
      if (body) t.ok(example, 'has an example of a body')
      const response = await send(app, method.toUpperCase() as 'GET', url, example)
      const expected = operation.operationId === 'deleteCourse' ? 409 : Number(Object.keys(operation.responses)[0])
      t.equal(response.statusCode, expected, response.body)
    })
  }

  t.test('telemetry uses the template of a route', async (t) => {
    routes.length = 0
    await send(app, 'POST', '/v1/bookings/01943ad7-aa80-7003-8000-000000000000:reserve')
    await send(app, 'POST', '/v1/bookings/a:b:reserve')
    await send(app, 'POST', '/v1/bookings/:reserve')
    t.same(routes, ['/v1/bookings/:booking_id:reserve', undefined, undefined])
  })
})
