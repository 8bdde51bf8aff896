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
    const send = (id: string, version?: string) =>
      server.get('/slow?ms=20', { 'x-request-id': id, ...(version ? { 'x-app-version': version } : {}) })

    await send('one', '17.2.1')
    const lines = await linesOf('one')
    const without = lines.filter(({ app_version }) => app_version !== '17.2.1')
    claim('every line of the request has its version', without.length === 0, {
      expected: `app_version: "17.2.1" on all ${lines.length} lines of a request to /slow`,
      seen: `${without.length} lines without it: ${messagesOf(without)}`,
      look: 'request.scope.fields: what is in there comes on every line',
    })
    claim('and no line is there only for the version', lines.length === 4, {
      expected: 'four lines: the start of the request, its two steps, its end',
      seen: messagesOf(lines),
      look: 'the log line in your part, which is not needed any more',
    })

    await Promise.all([send('two', '1.0'), send('three', '2.0'), send('four')])
    const versions = async (id: string) => [...new Set((await linesOf(id)).map(({ app_version }) => app_version))]
    const mixed = [await versions('two'), await versions('three'), await versions('four')]
    claim('requests at the same time keep their versions apart', JSON.stringify(mixed) === '[["1.0"],["2.0"],[null]]', {
      expected: '"1.0" on the lines of one, "2.0" on those of another, and none where none was sent',
      seen: JSON.stringify(mixed),
      look: 'where the version is kept: it must be the request’s own scope',
    })
  },
})

function messagesOf(lines: readonly LogLine[]): string {
  return lines.map(({ message, step }) => `"${message}${step ? ` (${step})` : ''}"`).join(', ')
}
