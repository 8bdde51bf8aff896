import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/1-logging/solutions/1.1-right-level.ts')
type Event = Parameters<Module['logPayment']>[1]

export default defineExercise<Module>({
  hints: [
    'Ask who needs each event: someone looking for a bug, someone watching the business, someone looking after the service, or whoever is on call.',
    '"attempt failed" went wrong and the service coped. "given up" went wrong and the customer could not pay.',
    'debug for each attempt, info for "paid" and for "declined", and one of warn and error for each of the other two.',
  ],
  async check({ logPayment }, claim) {
    const server = await servePhase(1)
    const levelOf = async (event: Event) => {
      logPayment(server.app.log, event, 'booking-1')
      return (await server.log()).findLast(({ message }) => message === `payment: ${event}`)?.level
    }
    /** `expected` describes the level without naming it, so that a learner has to choose. */
    const claimLevel = async (title: string, event: Event, level: string, expected: string, look: string) => {
      const seen = await levelOf(event)
      claim(title, seen === level, {
        expected: `"${event}" at ${expected}`,
        seen: seen === undefined ? 'no line at all' : `"${event}" at ${seen}`,
        look,
      })
    }

    await claimLevel(
      'an attempt does not show in production',
      'attempt started',
      'debug',
      'a level that is off in production',
      'who reads this line: a payment may take several attempts',
    )
    await claimLevel(
      'a payment is recorded for the business',
      'paid',
      'info',
      'the level for what the service did',
      'what the service is there for',
    )
    await claimLevel(
      'a declined card is not a fault of the service',
      'declined',
      'info',
      'a level that does not speak of a fault, and shows in production',
      'what people do with a warning that needs no care: they learn to ignore warnings',
    )
    await claimLevel(
      'a failed attempt shows that the service coped with a fault',
      'attempt failed',
      'warn',
      'a level that shows the fault and wakes no one up',
      'one such line means little, but a hundred an hour deserve a look before payments fail',
    )
    await claimLevel(
      'a payment that is given up makes a person act',
      'given up',
      'error',
      'the level on which someone acts',
      'what the customer sees: the payment has failed',
    )
  },
})
