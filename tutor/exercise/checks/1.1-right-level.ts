import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/1-logging/solutions/1.1-right-level.ts')
type Event = Parameters<Module['logPayment']>[1]

export default defineExercise<Module>({
  hints: [
    'Ask of each event: who wants to know? Nobody unless they search for a mistake; who keeps an eye on the business; who looks after the service; who is on call.',
    '"attempt failed" went wrong and the service coped. "given up" went wrong and the customer could not pay.',
    'debug for each attempt, info for "paid" and for "declined", and one of warn and error for each of the other two.',
  ],
  async check({ logPayment }, claim) {
    const server = await servePhase(1)
    const levelOf = async (event: Event) => {
      logPayment(server.app.log, event, 'booking-1')
      return (await server.log()).findLast(({ message }) => message === `payment: ${event}`)?.level ?? 'no line at all'
    }
    const claimLevel = async (title: string, event: Event, expected: string, look: string) => {
      const seen = await levelOf(event)
      claim(title, seen === expected, { expected: `"${event}" at ${expected}`, seen, look })
    }

    await claimLevel(
      'an attempt is only of interest to who searches for a mistake',
      'attempt started',
      'debug',
      'there may be several for each payment',
    )
    await claimLevel(
      'a payment stands in the diary of the business',
      'paid',
      'info',
      'it is what the service is there for',
    )
    await claimLevel(
      'a card that is declined is no trouble of ours',
      'declined',
      'info',
      'a warning that needs no care teaches people to ignore warnings',
    )
    await claimLevel(
      'an attempt that failed is a warning',
      'attempt failed',
      'warn',
      'one such line is nothing; a hundred an hour are worth a look, before payments fail',
    )
    await claimLevel(
      'a payment that is given up is an error',
      'given up',
      'error',
      'the customer could not pay: somebody has to act',
    )
  },
})
