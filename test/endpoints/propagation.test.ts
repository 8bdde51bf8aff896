import t from 'tap'
import { addHopService } from '../../src/endpoints/hop-service.ts'
import { propagation } from '../../src/endpoints/propagation.ts'
import { loadPhase } from '../../src/load-phase.ts'
import { buildPartner } from '../../src/partner/server.ts'
import { GrpcClient } from '../../src/platform/grpc/client.ts'
import { GrpcServer } from '../../src/platform/grpc/server.ts'
import { httpClient } from '../../testkit/http.ts'
import { bareConfig, localServer } from '../platform/local-server.ts'

t.test('GET /propagation', async (t) => {
  const partner = buildPartner(bareConfig({ OTEL_SERVICE_NAME: 'partner' }), await loadPhase(0))
  t.teardown(() => partner.close())
  const address = await partner.listen({ host: '127.0.0.1', port: 0 })
  const { getJson } = httpClient(t)
  const course = new GrpcServer({ HOST: '127.0.0.1', GRPC_PORT: 0 }, async () => {}, partner.log)
  addHopService(course, 'course')
  const courseAddress = await course.listen()
  t.teardown(() => course.close())
  const propagationTo = async (partnerUrl: string, timeoutMs = 10_000, grpcAddress = courseAddress) => {
    const client = new GrpcClient(grpcAddress)
    t.teardown(() => client.close())
    const options = { partnerUrl: async () => partnerUrl, courseClient: () => client, timeoutMs }
    return `${(await localServer(t, (app) => app.register(propagation, options))).url}/propagation`
  }

  t.test('without tracing no context is propagated, not even the caller’s', async (t) => {
    const headers = {
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      baggage: 'user=ada',
    }
    const { status, body } = await getJson(await propagationTo(address), headers)
    t.equal(status, 200)
    t.strictSame(
      { ...body, request_id: typeof body.request_id },
      {
        message: 'context propagated',
        trace_id: null,
        hops: [
          { service: 'partner', protocol: 'http', traceparent: null, baggage: null },
          { service: 'course', protocol: 'grpc', traceparent: null, baggage: null },
        ],
        request_id: 'string',
      },
    )
  })

  t.test('an unreachable partner is a 502', async (t) => {
    const { status, body, text } = await getJson(await propagationTo('http://127.0.0.1:1'))
    t.match({ status, body }, { status: 502, body: { detail: 'The partner service cannot be reached.' } })
    t.notMatch(text, /ECONNREFUSED|fetch failed|127\.0\.0\.1/)
  })

  t.test('an unreachable course service is a 502', async (t) => {
    const { status, body, text } = await getJson(await propagationTo(address, 10_000, '127.0.0.1:1'))
    t.match({ status, body }, { status: 502, body: { detail: 'The course service cannot be reached.' } })
    t.notMatch(text, /ECONNREFUSED|UNAVAILABLE|127\.0\.0\.1/)
  })

  t.test('a partner that answers with an error is a 502', async (t) => {
    const failing = await localServer(t, (app) => app.get('/hop', (_request, reply) => reply.code(500).send({ no: 1 })))
    t.match(await getJson(await propagationTo(failing.url)), { status: 502, body: { status: 502 } })
  })

  t.test('a hanging partner is a 502', async (t) => {
    const hanging = await localServer(t, (app) => app.get('/hop', (_request, reply) => void reply.hijack()))
    t.teardown(() => hanging.app.server.closeAllConnections())
    t.match(await getJson(await propagationTo(hanging.url, 100)), { status: 502, body: { status: 502 } })
  })
})
