import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/2-request-logging/solutions/2.2-requests-nobody-waited-for.ts')

export default defineExercise<Module>({
  hints: [
    'The course has a plugin that tells when a request is over, however it ends: request-end.',
    'app.onRequestEnd calls your function with one object: { request, reply, status, latency }.',
    'app.onRequestEnd(({ request, status, latency }) => …) in place of the onResponse hook, with warnIfSlow in it.',
  ],
  async check({ slowRequests }, claim) {
    const server = await servePhase(2, { plugin: slowRequests })
    const reported = async () =>
      (await server.log()).filter(({ message, route }) => message === 'slow request' && route === '/slow')

    await server.get('/slow?ms=70', { 'x-request-id': 'answered' })
    const [answered] = await reported()
    claim('a slow request that is answered is reported', answered?.request_id === 'answered', {
      expected: 'a line "slow request" with status 200, under the id of its request',
      seen: answered ? JSON.stringify(answered) : 'no such line',
      look: 'warnIfSlow, which has to be called for every request',
    })

    await server.hangUp('/slow?ms=9000', 70)
    const lines = await reported()
    claim(
      'a slow request that its caller broke off is reported, too',
      lines.some(({ status }) => status === 499),
      {
        expected: 'a line "slow request" with status 499, which says that nobody waited for the answer',
        seen: `such lines with status ${lines.map(({ status }) => status).join(' and ')}`,
        look: 'when your function is called: there was no answer, so "after the answer" never comes',
      },
    )
    claim('each is reported once', lines.length === 2, {
      expected: 'two lines after two slow requests',
      seen: `${lines.length} lines: ${lines.map(({ status }) => status).join(', ')}`,
      look: 'whether something reports requests twice',
    })
  },
})
