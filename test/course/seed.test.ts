import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { count, eq, like } from 'drizzle-orm'
import t from 'tap'
import type { Course } from '../../src/course/course.ts'
import { progressBar } from '../../src/course/progress-bar.ts'
import { batches, courses } from '../../src/course/schema.ts'
import { seedCourses, seedIfEmpty } from '../../src/course/seed.ts'
import { exampleIds } from '../../src/course/seed-data.ts'
import { clusterIn } from '../../src/platform/data-dir.ts'
import { courseApp, newCourse, send } from './course-app.ts'

t.test('seeding', async (t) => {
  const app = await courseApp(t)
  const numberOf = async (table: typeof courses | typeof batches) =>
    (await app.database.run((queries) => queries.select({ n: count() }).from(table)))[0]?.n

  t.test('does not change data that users created or changed', async (t) => {
    const mine = await newCourse(app, { slug: 'prometheus-in-practice', name: 'Mine' })
    await seedIfEmpty(app.database)
    t.equal(await numberOf(courses), 1, 'a database with a course is not empty')

    t.same(await seedCourses(app.database), { courses: 11, batches: 18, bookings: 4 })
    t.equal((await send(app, 'GET', `/v1/courses/${mine.course_id}`)).json<Course>().name, 'Mine')

    await send(app, 'PATCH', `/v1/courses/${exampleIds.course}`, { name: 'Changed' })
    const others = (await send(app, 'GET', '/v1/courses?page_size=100')).json<{ courses: Course[] }>().courses
    const deleted = others.find(({ slug }) => slug === 'kubernetes-for-the-on-call')
    t.equal((await send(app, 'DELETE', `/v1/courses/${deleted?.course_id}`)).statusCode, 204)
    t.same(await seedCourses(app.database), { courses: 0, batches: 0, bookings: 0 })
    t.equal((await send(app, 'GET', `/v1/courses/${exampleIds.course}`)).json<Course>().name, 'Changed')
    t.equal((await send(app, 'GET', `/v1/courses/${deleted?.course_id}`)).statusCode, 404)
  })

  t.test('contains a course that is sold out', async (t) => {
    const all = (await send(app, 'GET', '/v1/courses?page_size=100&include=batches')).json<{ courses: Course[] }>()
      .courses
    const soldOut = all.find(({ slug }) => slug === 'incident-response-game-day')
    t.match(soldOut?.batches, [{ available_seats: 0, max_seats: 16 }])
    const response = await send(app, 'POST', '/v1/bookings', { course_id: soldOut?.course_id, user_id: 'ada' })
    t.match(response.json(), { status: 409, title: 'Sold Out' })
  })

  t.test('inserts in batches, and the same seed gives the same courses', async (t) => {
    const before = Number(await numberOf(courses))
    const steps: number[] = []
    const added = await seedCourses(app.database, { count: 700, seed: 7, onProgress: (done) => steps.push(done) })
    t.equal(added.courses, 700 - 12)
    t.equal(await numberOf(courses), before + 688)
    t.same(steps, [100, 200, 300, 400, 500, 600, 700])
    t.same((await seedCourses(app.database, { count: 700, seed: 7 })).courses, 0)
    t.same((await seedCourses(app.database, { count: 20, seed: 8 })).courses, 8, 'another seed, other courses')
  })

  t.test('has deterministic ids, slugs and prices', async (t) => {
    const rows = await app.database.run((queries) =>
      queries
        .select({ course_id: courses.course_id, slug: courses.slug, batch_id: batches.batch_id, price: batches.price })
        .from(courses)
        .innerJoin(batches, eq(batches.course_id, courses.course_id))
        .where(like(courses.slug, '%-7-%'))
        .orderBy(courses.course_id, batches.batch_id),
    )
    t.same(rows[0], {
      course_id: '01943d6a-d880-7a43-8ca5-e552b7c2b69c',
      slug: 'caching-bootcamp-7-13',
      batch_id: '01943d6a-d880-733b-af21-eafd05d35441',
      price: 80_000,
    })
    const all = createHash('sha256').update(JSON.stringify(rows)).digest('hex')
    t.equal(all, '4032dc9744d0d59a6c71ca7f799b5ef4547cf7e137d5ec5c3138b82052d29281')
  })
})

t.test('its progress bar fits any terminal', async (t) => {
  t.equal(progressBar(500, 1000, 'courses', 44), `[${'#'.repeat(10)}${'-'.repeat(10)}]  500 of 1000 courses`)
  t.equal(progressBar(0, 30, 'courses'), `[${'-'.repeat(40)}]  0 of 30 courses`)
  t.equal(progressBar(30, 30, 'courses'), `[${'#'.repeat(40)}] 30 of 30 courses`)
  const widths = Array.from({ length: 120 }, (_, i) => i + 1)
  const unfit = widths.filter((columns) => {
    const lengths = [0, 1, 999, 1000].map((done) => progressBar(done, 1000, 'courses', columns).length)
    return new Set(lengths).size > 1 || (lengths[0] ?? 0) > columns
  })
  t.same(unfit, [], 'and every step writes over the one before')
})

t.test('npm run seed', async (t) => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'course-app-'))
  t.teardown(() => rm(DATA_DIR, { recursive: true, force: true }))
  const script = fileURLToPath(new URL('../../src/course/seed-main.js', import.meta.url))
  const run = async (args: string[], env = {}) => {
    const { NODE_V8_COVERAGE: _, ...inherited } = process.env
    const options = { env: { ...inherited, DATABASE_URL: '', DATA_DIR, ...env } }
    const command = [...process.execArgv, script, ...args]
    const ended = await promisify(execFile)(process.execPath, command, options).catch((error) => error)
    return { code: ended.code ?? 0, stdout: ended.stdout, stderr: ended.stderr }
  }

  t.match(await run(['--courses', '30']), {
    code: 0,
    stdout: /^Added 30 courses with \d+ batches and 4 bookings in/,
    stderr: '',
  })
  t.match(await run(['--courses', '40']), { code: 0, stdout: /^Added 10 courses .* 30 were there before/ })

  const { release } = await clusterIn(DATA_DIR)
  t.teardown(release)
  const inUse = `DATA_DIR: is in use by process ${process.pid}. Stop it, or set DATA_DIR to another folder.\n`
  const [locked, inMemory, notANumber, unknown] = await Promise.all([
    run([]),
    run([], { DATABASE_URL: 'memory:' }),
    run(['--courses', 'many']),
    run(['--nonsense']),
  ])
  t.same(locked, { code: 1, stdout: '', stderr: inUse })
  t.match(inMemory, { code: 1, stderr: /^DATABASE_URL: [^\n]*\n$/ })
  t.match(notANumber, { code: 1, stderr: /^--courses: "many" [^\n]*\n$/ })
  t.match(unknown, { code: 1, stderr: /^Arguments: [^\n]*--nonsense[^\n]*\n$/ })
})
