import { traceFields } from '../../../phases/5-unified/trace-fields.ts'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/5-unified/solutions/5.2-tenant-from-baggage.ts')

export default defineExercise<Module>({
  hints: [
    'propagation.getBaggage(context) gives the baggage of a context, or undefined if there is none.',
    'The context is request.scope.context, or ROOT_CONTEXT where that is undefined. An entry is found with baggage.getEntry("tenant"), and its text is in .value.',
    'Return the value only if it matches /^[a-z0-9-]{1,32}$/, and otherwise undefined.',
  ],
  async check({ tenantField }, claim) {
    const server = await servePhase(5, { plugin: tenantField, after: traceFields })
    const tenantsOf = async (id: string, headers: Record<string, string>) => {
      await server.get('/slow?ms=10', { 'x-request-id': id, ...headers })
      const lines = (await server.log()).filter(({ request_id }) => request_id === id)
      return [...new Set(lines.map(({ tenant }) => tenant))]
    }
    const claimTenants = async (
      title: string,
      id: string,
      headers: Record<string, string>,
      expected: unknown,
      look: string,
    ) => {
      const seen = await tenantsOf(id, headers)
      claim(title, seen.length === 1 && seen[0] === expected, {
        expected: `${expected === undefined ? 'no tenant' : `tenant: "${expected}"`} on every line of a request with ${JSON.stringify(headers)}`,
        seen: JSON.stringify(seen.map((tenant) => tenant ?? 'none')),
        look,
      })
    }

    await claimTenants(
      'every line of the request has the tenant',
      'acme',
      { baggage: 'plan=pro,tenant=acme' },
      'acme',
      'the context of the request, and the baggage that is in it',
    )
    await claimTenants(
      'without baggage there is no tenant',
      'none',
      {},
      undefined,
      'what your part returns when there is no entry',
    )
    for (const bad of ['acme%20%22corp', 'ACME', 'a'.repeat(33)]) {
      await claimTenants(
        `"${decodeURIComponent(bad)}" is not taken for a tenant`,
        `bad-${bad.length}`,
        { baggage: `tenant=${bad}` },
        undefined,
        'small letters, digits and dashes, at most 32 of them',
      )
    }
    await claimTenants(
      'only baggage counts',
      'header',
      { 'x-tenant': 'evil', baggage: 'tenant=initech' },
      'initech',
      'a header of our own would end at the first service that does not pass it on',
    )
    const { status } = await server.get('/metrics')
    claim('requests that are not traced are served as before', status === 200, {
      expected: '/metrics, which has no context, to answer with 200',
      seen: `status ${status}`,
      look: 'request.scope.context, which may be undefined',
    })
  },
})
