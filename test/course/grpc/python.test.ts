import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { exampleIds } from '../../../src/course/seed-data.ts'
import { needsPython } from '../../../testkit/installed.ts'
import { bothFaces } from './grpc-app.ts'

const script = fileURLToPath(new URL('../../../../test/course/grpc/call.py', import.meta.url))

interface Got {
  readonly code: string
  readonly response: string | readonly string[]
  readonly details: string
  readonly raw: string
  readonly metadata: Record<string, string>
}

t.test('an independent implementation of gRPC understands the server', needsPython('grpc'), async (t) => {
  const { address } = await bothFaces(t, { seed: true })
  // Debian's own Python, even if another one precedes it in PATH.
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [script, address, exampleIds.course, 'python'])
  const got = JSON.parse(stdout) as Record<string, Got>
  const codes = Object.fromEntries(Object.entries(got).map(([name, { code }]) => [name, code]))
  t.same(codes, {
    course: 'OK',
    wrong: 'INVALID_ARGUMENT',
    nothing: 'NOT_FOUND',
    garbage: 'INVALID_ARGUMENT',
    large: 'RESOURCE_EXHAUSTED',
    unknown: 'UNIMPLEMENTED',
    metadata: 'RESOURCE_EXHAUSTED',
    header: 'UNAVAILABLE',
    many: 'RESOURCE_EXHAUSTED',
    after: 'OK',
    late: 'DEADLINE_EXCEEDED',
    created: 'OK',
    again: 'OK',
    health: 'OK',
    described: 'OK',
  })
  t.match(textIn(got.course), /observability-from-scratch/)
  t.match(got.wrong?.details, /not valid/)
  t.match(got.wrong?.raw, /google\.rpc\.BadRequest[\s\S]*course_id/)
  for (const name of ['large', 'unknown']) t.match(got[name]?.raw, /google\.rpc\.ErrorInfo/, name)
  t.match(textIn(got.created), /python/)
  t.equal(got.again?.response, got.created?.response)
  t.match(got.again?.metadata, { 'idempotency-replayed': 'true' })
  t.equal(got.health?.response, '0801', 'SERVING')
  const packages = [/grpc\.reflection\.v1\b/, /grpc\.reflection\.v1alpha\b/]
  t.match(got.described?.response, packages, 'and reflection describes itself under both of its names')
})

function textIn(got: Got | undefined): string {
  return Buffer.from(String(got?.response), 'hex').toString()
}
