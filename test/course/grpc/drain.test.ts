import t from 'tap'
import { exampleIds } from '../../../src/course/seed-data.ts'
import { runApp, startApp } from '../../../testkit/app-process.ts'
import { type Answer, type GrpcClient, reflectedClient } from '../../../testkit/grpc-client.ts'
import { waitFor } from '../../../testkit/wait-for.ts'
import { BOOKING } from './grpc-app.ts'

t.test('a server that stops under load loses no call', async (t) => {
  // On disk, so that the bookings can be counted afterwards.
  const env = { PHASE: '0', DATABASE_URL: undefined }
  const app = await startApp(t, { env })
  const answers: Answer[] = []
  const client = await reflectedClient(t, app.grpc)
  const callers = Array.from({ length: 20 }, () => bookUntilRefused(client, answers))
  await waitFor('a hundred answers', () => answers.length > 100)

  const exit = await app.stop()
  await Promise.all(callers)
  t.match(exit, { code: 0, signal: null })
  const codes = new Set(answers.map(({ code }) => code))
  t.same([...codes].sort(), ['OK', 'UNAVAILABLE'], 'each call is answered or refused')

  const after = await startApp(t, { env: { ...env, DATA_DIR: `${app.folder}/data` } })
  const made = await countBookings(await reflectedClient(t, after.grpc))
  const answered = answers.filter(({ code }) => code === 'OK').length
  t.equal(made, answered, 'what was answered has been done, and what was refused has not')
})

t.test('a port that is in use ends the start with one line', async (t) => {
  const app = await startApp(t, { env: { PHASE: '0' } })
  const GRPC_PORT = app.grpc.split(':')[1]
  const { code, stderr } = await runApp(t, { env: { PHASE: '0', GRPC_PORT } })
  t.equal(code, 1)
  t.equal(stderr, `GRPC_PORT: ${GRPC_PORT} is in use. Stop what uses it, or set GRPC_PORT to another number.\n`)
})

async function bookUntilRefused(client: GrpcClient, answers: Answer[]): Promise<void> {
  for (;;) {
    const answer = await client.call(`${BOOKING}/CreateBooking`, { course_id: exampleIds.course, user_id: 'load' })
    answers.push(answer)
    if (answer.code !== 'OK') return
  }
}

async function countBookings(client: GrpcClient): Promise<number> {
  let count = 0
  let page_token = ''
  do {
    const { message } = await client.call(`${BOOKING}/ListBookings`, { user_id: 'load', page_size: 100, page_token })
    count += message.bookings.length
    page_token = message.next_page_token
  } while (page_token !== '')
  return count
}
