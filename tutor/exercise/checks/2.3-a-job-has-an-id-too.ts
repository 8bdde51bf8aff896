import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { announce, channels } from '../../../phases/announcements.ts'
import { defineExercise } from '../exercise.ts'
import { servePhase } from '../served-phase.ts'

type Module = typeof import('../../../phases/2-request-logging/solutions/2.3-a-job-has-an-id-too.ts')

/** How long a job waits for the others to start. */
const START_TIMEOUT_MS = 1000

export default defineExercise<Module>({
  hints: [
    'scopes is an AsyncLocalStorage. scopes.run(scope, work) calls work, and for all that work does, across every await, scopes.getStore() gives that scope.',
    'A scope is an object with fields: { fields }.',
    'return await scopes.run({ fields }, work), with the line "job started" inside, so that it has the fields as well.',
  ],
  async check({ runJob }, claim) {
    const server = await servePhase(2)
    const { log } = server.app
    const names = ['reminders', 'invoices', 'invoices']
    const gate = new EventEmitter()
    let started = 0
    /** Waits until all jobs have started. @returns false after the timeout */
    const allStarted = async () => {
      started++
      if (started < names.length) {
        const signal = AbortSignal.timeout(START_TIMEOUT_MS)
        return await once(gate, 'open', { signal }).catch(() => !signal.aborted)
      }
      return gate.emit('open')
    }
    const job = (name: string, result: string) =>
      runJob(log, name, async () => {
        const atOnce = (await allStarted()) !== false
        log.info(`${name}: half way`)
        await announce(channels.step, { name: 'send_mail' }, () => delay(5))
        log.info(`${name}: done`)
        return { atOnce, result }
      })

    const wanted = names.map(() => crypto.randomUUID())
    const jobs = names.map((name, i) => job(name, wanted[i] as string))
    log.info('outside, while the jobs run')
    const results = await Promise.all(jobs)
    log.info('outside, after the jobs')
    const given = results.map((one) => one?.result)
    claim('a job returns what its work returns', given.join() === wanted.join(), {
      expected: `the results of three jobs: ${wanted.join(', ')}`,
      seen: given.map(String).join(', '),
      look: 'what runJob returns',
    })
    claim(
      'several jobs run at the same time',
      results.every(({ atOnce }) => atOnce),
      {
        expected: 'three jobs in flight at once, as before',
        seen: 'a job that started only when another one had ended',
        look: 'what a job waits for: with a scope of its own it need not wait for other jobs',
      },
    )

    await runJob(log, 'clean-up', async () => {
      await runJob(log, 'archive', async () => log.info('archive: done'))
      log.info('clean-up: done')
    })
    const failure = new Error(`no mail server ${crypto.randomUUID()}`)
    const failed = await runJob(log, 'mail', async () => {
      await delay(1)
      log.info('mail: done')
      throw failure
    }).catch((thrown: unknown) => ({ thrown }))
    const { thrown } = (failed ?? {}) as { thrown?: unknown }
    claim('a job fails when its work fails', thrown === failure, {
      expected: `runJob to throw the error of the work: "${failure.message}"`,
      seen: thrown === undefined ? `no error: it returned ${JSON.stringify(failed)}` : `another one: ${thrown}`,
      look: 'who may handle the error: the caller of runJob, who has to learn of it',
    })
    const lines = await server.log()
    const inJobs = lines.filter(({ message }) => /half way|done|job started/.test(message))
    const without = inJobs.filter(({ job, job_id }) => job === undefined || job_id === undefined)
    claim('every line of a job says which job it is of', inJobs.length === 15 && without.length === 0, {
      expected: 'job and job_id on the 15 lines "job started", "half way" and "done" of six jobs',
      seen: `${inJobs.length} such lines, ${without.length} of them without: ${without.map(({ message }) => `"${message}"`).join(', ')}`,
      look: 'scopes.run, and that work is called inside of it',
    })
    const outside = lines.filter(({ message, job }) => message.startsWith('outside') && job !== undefined)
    claim('what is logged outside belongs to no job', outside.length === 0, {
      expected: 'no job on a line that is logged by the caller of runJob, while the jobs run or after them',
      seen: JSON.stringify(outside[0]),
      look: 'where the scope ends: it must not reach the caller of runJob',
    })
    const mixed = inJobs.filter(({ message, job }) => message !== 'job started' && !message.startsWith(String(job)))
    const runs = new Set(inJobs.map(({ job_id }) => job_id))
    claim('each run of a job has its own id, also when several run at once', mixed.length === 0 && runs.size === 6, {
      expected: 'six ids for six runs, and no line with the fields of another job',
      seen: `${runs.size} ids, ${mixed.length} lines under the wrong job`,
      look: 'that each run has its own scope, also a run inside another one',
    })
    const steps = lines.filter(({ step }) => step === 'send_mail')
    const strange = steps.find(({ job_id }) => !runs.has(job_id))
    claim('lines that others log for the job have its id, too', steps.length === 3 && strange === undefined, {
      expected: 'job_id on the three lines "step completed"',
      seen: JSON.stringify(strange) ?? `${steps.length} lines`,
      look: 'the whole of the work must run in the scope',
    })
  },
})
