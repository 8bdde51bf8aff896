import { traceFields } from '../../../phases/5-unified/trace-fields.ts'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/5-unified/solutions/5.2-tenant-from-baggage.ts')

/** A request's headers and the tenant in its baggage. */
interface Case {
  readonly headers: Readonly<Record<string, string>>
  readonly tenant?: string
}

export default defineExercise<Module>({
  hints: [
    'propagation.getBaggage(context) gives the baggage of a context, or undefined if there is none.',
    'The context is request.scope.context, or ROOT_CONTEXT where that is undefined. An entry is found with baggage.getEntry("tenant"), and its text is in .value.',
    'Return the value only if it matches /^[a-z0-9-]{1,32}$/, and otherwise undefined.',
  ],
  async check({ tenantField }, claim) {
    const server = await servePhase(5, { plugin: tenantField, after: traceFields })
    /** Sends the requests concurrently. */
    const claimTenants = async (title: string, look: string, cases: readonly Case[]) => {
      const seen = await Promise.all(
        cases.map(async ({ headers, tenant }) => {
          const id = crypto.randomUUID()
          await server.get('/slow?ms=10', { ...headers, 'x-request-id': id })
          const lines = (await server.log()).filter(({ request_id }) => request_id === id)
          return { headers, tenant, found: [...new Set(lines.map((line) => line.tenant))] }
        }),
      )
      const wrong = seen.find(({ tenant, found }) => found.length !== 1 || found[0] !== tenant)
      claim(title, wrong === undefined, {
        expected: `${wrong?.tenant === undefined ? 'no tenant' : `tenant: "${wrong.tenant}"`} on every line of a request with ${JSON.stringify(wrong?.headers)}`,
        seen: wrong?.found.map((tenant) => (tenant === undefined ? 'none' : `"${tenant}"`)).join(' and ') ?? '',
        look,
      })
    }
    const [tenant = '', other = '', third = ''] = [newTenant(), newTenant(), newTenant()]

    await claimTenants(
      'every line of the request has the tenant',
      'the context of the request, and the baggage that is in it',
      [tenant, other, third].map((tenant) => ({ headers: { baggage: `plan=pro,tenant=${tenant}` }, tenant })),
    )
    await claimTenants('without baggage there is no tenant', 'what your part returns when there is no entry', [
      { headers: {} },
      { headers: { baggage: 'plan=pro' } },
      { headers: { baggage: 'tenant=' } },
    ])
    await claimTenants(
      'only baggage counts',
      'a header of your own: it would end at the first service that does not pass it on',
      [
        { headers: { 'x-tenant': 'evil' } },
        { headers: { 'x-tenant': 'evil', baggage: `tenant=${other}` }, tenant: other },
      ],
    )
    const parsed = 'who parses the header: entries, spaces, properties and percent-encoding are the propagator’s work'
    await claimTenants('a tenant is found however the header spells it', parsed, [
      { headers: { baggage: `tenant=${percentEncoded(tenant)}` }, tenant },
      { headers: { baggage: `plan = pro , tenant = ${other} ; since=2024` }, tenant: other },
      { headers: { baggage: `tenant=${third};tenant=evil,plan=pro` }, tenant: third },
    ])
    await claimTenants('an entry with another name is no tenant', parsed, [
      { headers: { baggage: 'subtenant=evil' } },
      { headers: { baggage: 'plan=pro;tenant=evil' } },
      { headers: { baggage: 'note=tenant%3Devil' } },
      { headers: { baggage: 'Tenant=evil' } },
    ])
    await claimTenants(
      'what does not look like a tenant is ignored',
      'small letters, digits and dashes, at most 32 of them, from the first to the last',
      ['acme%20%22corp', 'ACME', 'a'.repeat(33), 'acme%0A', '%C3%A4cme', 'acme%2Ecorp', 'acme_corp'].map((bad) => ({
        headers: { baggage: `tenant=${bad}` },
      })),
    )
    await claimTenants(
      'a tenant does not depend on sampling',
      'the context of the request: baggage is in it whether the trace is sampled or not',
      [{ headers: { traceparent: newTraceparent('00'), baggage: `tenant=${tenant}` }, tenant }],
    )
    const { status } = await server.get('/metrics', { baggage: `tenant=${tenant}` })
    claim('requests that are not traced are served as before', status === 200, {
      expected: '/metrics, which has no context, to answer with 200',
      seen: `status ${status}`,
      look: 'request.scope.context, which may be undefined',
    })
  },
})

function newTenant(): string {
  return `t-${crypto.randomUUID().slice(0, 13)}`
}

function percentEncoded(text: string): string {
  return [...text].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
}

function newTraceparent(flags: string): string {
  return `00-${crypto.randomUUID().replaceAll('-', '')}-00f067aa0ba902b7-${flags}`
}
