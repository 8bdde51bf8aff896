/**
 * Exercise 2.3: A job has an id, too
 *
 * Each night several jobs run at the same time: reminders, invoices, cleaning up. Their lines lie across each
 * other in the log, and nobody can tell which belong together. Requests have an id on every line; jobs are no
 * requests, so nothing gives them one.
 *
 * Run `work` so that every line which is logged in it has the `fields`: the name of the job and an id for this
 * run of it. What is logged outside must not have them.
 *
 * Where to look: `scopes` in phases/2-request-logging/request-scope.ts, and what `requestScope` there does
 * with it for each request.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { scopes } from '../../2-request-logging/request-scope.ts'

/**
 * Runs a job.
 *
 * @returns what `work` returns
 */
export async function runJob<T>(log: FastifyBaseLogger, job: string, work: () => Promise<T>): Promise<T> {
  const fields = { job, job_id: randomUUID() }
  // Exercise 2.3: your part begins
  log.info(fields, 'job started')
  return await work()
  // Exercise 2.3: your part ends
}
