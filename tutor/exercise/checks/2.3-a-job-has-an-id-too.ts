import { setTimeout as delay } from 'node:timers/promises'
import { announce, signals } from '../../../src/signals.ts'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/2-request-logging/solutions/2.3-a-job-has-an-id-too.ts')

export default defineExercise<Module>({
  hints: [
    'scopes is an AsyncLocalStorage. scopes.run(scope, work) calls work, and for all that work does, across every await, scopes.getStore() gives that scope.',
    'A scope is an object with fields: { fields }.',
    'return await scopes.run({ fields }, work), with the line "job started" inside, so that it has the fields as well.',
  ],
  async check({ runJob }, claim) {
    const server = await servePhase(2)
    const { log } = server.app
    const job = (name: string) =>
      runJob(log, name, async () => {
        await delay(5)
        log.info(`${name}: half way`)
        await announce(signals.step, { name: 'send_mail' }, () => delay(5))
        log.info(`${name}: done`)
        return name
      })

    const results = await Promise.all([job('reminders'), job('invoices'), job('invoices')])
    log.info('outside')
    const lines = await server.log()
    const inJobs = lines.filter(({ message }) => /half way|done|job started/.test(message))

    claim('a job gives back what its work gives back', results.join() === 'reminders,invoices,invoices', {
      expected: 'the results of three jobs: reminders, invoices, invoices',
      seen: results.join(', '),
      look: 'what runJob returns',
    })
    const without = inJobs.filter(({ job, job_id }) => job === undefined || job_id === undefined)
    claim('every line of a job says which job it is of', inJobs.length === 9 && without.length === 0, {
      expected: 'job and job_id on "job started", "half way" and "done" of three jobs',
      seen: `${inJobs.length} such lines, ${without.length} of them without: ${without.map(({ message }) => `"${message}"`).join(', ')}`,
      look: 'scopes.run, and that work is called inside of it',
    })
    const mixed = inJobs.filter(({ message, job }) => message !== 'job started' && !message.startsWith(String(job)))
    const runs = new Set(inJobs.map(({ job_id }) => job_id))
    claim('each run of a job has its own id, also when several run at once', mixed.length === 0 && runs.size === 3, {
      expected: 'three ids for three runs, and no line with the fields of another job',
      seen: `${runs.size} ids, ${mixed.length} lines under the wrong job`,
      look: 'that each run has a scope of its own',
    })
    const steps = lines.filter(({ step }) => step === 'send_mail')
    claim(
      'lines that others log for the job have its id, too',
      steps.every(({ job_id }) => runs.has(job_id)),
      {
        expected: 'job_id on the three lines "step completed"',
        seen: JSON.stringify(steps[0]),
        look: 'the whole of the work must run in the scope',
      },
    )
    const outside = lines.find(({ message }) => message === 'outside')
    claim('what is logged outside belongs to no job', outside !== undefined && outside.job === undefined, {
      expected: 'no job on a line that is logged after the jobs',
      seen: JSON.stringify(outside),
      look: 'scopes.run leaves the scope by itself; enterWith does not',
    })
  },
})
