import { randomInt } from 'node:crypto'
import { requestScope } from '../../../phases/2-request-logging/request-scope.ts'
import { defineExercise } from '../exercise.ts'
import { type LogLine, servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/2-request-logging/solutions/2.1-field-on-every-line.ts')

export default defineExercise<Module>({
  hints: [
    'Each request has a scope, request.scope. Its fields are put on every line that is logged for the request.',
    'request.scope.fields is a plain object. It has request_id already; give it one more member.',
    'request.scope.fields.app_version = version',
  ],
  async check({ appVersion }, claim) {
    const server = await servePhase(2, { plugin: appVersion, after: requestScope })
    const linesOf = async (id: string) => (await server.log()).filter((line) => line.request_id === id)
    /** Sends concurrent requests. @returns the lines of each */
    const send = async (...requests: { path?: string; version?: string }[]) => {
      const ids = requests.map(() => crypto.randomUUID())
      const sent = requests.map(({ path = '/slow?ms=20', version }, i) =>
        server.get(path, { 'x-request-id': ids[i] as string, ...(version ? { 'x-app-version': version } : {}) }),
      )
      await Promise.all(sent)
      return await Promise.all(ids.map(linesOf))
    }

    const [plain = []] = await send({})
    const version = newVersion()
    const [lines = []] = await send({ version })
    const without = lines.filter(({ app_version }) => app_version !== version)
    claim('every line of the request has its version', lines.length >= plain.length && without.length === 0, {
      expected: `app_version: "${version}" on all ${plain.length} lines of a request to /slow, beside its request_id`,
      seen:
        lines.length < plain.length
          ? `${lines.length} lines with the request_id: ${messagesOf(lines)}`
          : `${without.length} lines without it: ${messagesOf(without)}`,
      look: 'request.scope.fields: what is in there comes on every line',
    })
    claim('and no line is there only for the version', messagesOf(lines) === messagesOf(plain), {
      expected: `the lines of a request without a version: ${messagesOf(plain)}`,
      seen: messagesOf(lines),
      look: 'the log line in your part, which is not needed any more',
    })

    const versions = Array.from({ length: 5 }, newVersion)
    const requests = [...versions.map((version) => ({ version })), {}, { path: '/error?status=404', version }]
    const seen = (await send(...requests)).map((lines) => [...new Set(lines.map(({ app_version }) => app_version))])
    const expected = [...versions, undefined, version].map((one) => [one])
    claim('requests at the same time keep their versions apart', asText(seen) === asText(expected), {
      expected: `the versions that seven requests were sent with: ${asText(expected)}`,
      seen: asText(seen),
      look: 'where the version is kept: it must be the request’s own scope, and stay out where none was sent',
    })
  },
})

function newVersion(): string {
  return `${randomInt(1, 9999)}.${randomInt(100)}.${randomInt(100)}`
}

function messagesOf(lines: readonly LogLine[]): string {
  return lines.map(({ message, step }) => `"${message}${step ? ` (${step})` : ''}"`).join(', ')
}

function asText(versions: readonly (readonly unknown[])[]): string {
  return versions.map((all) => all.map((version) => version ?? 'none').join(' and ')).join(', ')
}
