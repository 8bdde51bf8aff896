/**
 * Exercise 2.3: A job has an id, too
 *
 * Several jobs run at the same time each night: reminders, invoices, clean-up. Their lines are interleaved in the log,
 * and you cannot tell which belong together. Requests have an id on every line. A job is not a request, so it has none.
 *
 * Run `work` so that every line that is logged in it has the `fields`: the name of the job and an id for this run of it.
 * Lines outside of it must not have them. The result of the work, or its error, still goes to the caller.
 *
 * Where to look: `scopes` in phases/2-request-logging/request-scope.ts, and how `requestScope` there uses
 * it for each request.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { scopes } from '../../2-request-logging/request-scope.ts'

/**
 * Runs a job.
 *
 * @returns what `work` returns
 * @throws what `work` throws
 */
export async function runJob<T>(log: FastifyBaseLogger, job: string, work: () => Promise<T>): Promise<T> {
  const fields = { job, job_id: randomUUID() }
  // Exercise 2.3: your part begins
  log.info(fields, 'job started')
  return await work()
  // Exercise 2.3: your part ends
}
