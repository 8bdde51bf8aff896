import { and, asc, desc, eq, getTableColumns, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../platform/database.ts'
import { DatabaseError } from '../platform/database-error.ts'
import { DomainError } from '../platform/domain-error.ts'
import type { Batch, Course, CourseChanges } from './course.ts'
import type { PageKey } from './page.ts'
import { batches, bookings, courses } from './schema.ts'

const { deleted_at: _, ...courseColumns } = getTableColumns(courses)
const { course_id: __, unavailable_seats: ___, ...batchColumns } = getTableColumns(batches)

const isLive = isNull(courses.deleted_at)
const byStart = [asc(batches.starts_at), asc(batches.batch_id)]

/** Courses and their batches in PostgreSQL. A deleted course stays in the table for its bookings and is hidden elsewhere. */
export class CatalogStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Up to `limit` courses, newest first, without their batches. */
  list(limit: number, after: PageKey | undefined): Promise<Course[]> {
    return this.#database.run((queries) =>
      queries
        .select(courseColumns)
        .from(courses)
        .where(and(isLive, after && isBefore(after)))
        .orderBy(desc(courses.created_at), desc(courses.course_id))
        .limit(limit),
    )
  }

  /** The batches of many courses, by one statement whose text does not depend on their number. */
  async batchesOf(courseIds: readonly string[]): Promise<Map<string, Batch[]>> {
    const rows = await this.#database.run((queries) =>
      queries
        .select({ course_id: batches.course_id, batch: batchColumns })
        .from(batches)
        .where(sql`${batches.course_id} = any(string_to_array(${courseIds.join()}, ',')::uuid[])`)
        .orderBy(...byStart),
    )
    const found = new Map<string, Batch[]>(courseIds.map((id) => [id, []]))
    for (const { course_id, batch } of rows) found.get(course_id)?.push(batch)
    return found
  }

  /** The course with its batches. */
  async find(courseId: string): Promise<Course | undefined> {
    const rows = await this.#database.run((queries) =>
      queries
        .select({ course: courseColumns, batch: batchColumns })
        .from(courses)
        .leftJoin(batches, eq(batches.course_id, courses.course_id))
        .where(and(eq(courses.course_id, courseId), isLive))
        .orderBy(...byStart),
    )
    const course = rows[0]?.course
    return course && { ...course, batches: rows.flatMap(({ batch }) => batch ?? []) }
  }

  /** @throws DomainError conflict: the slug is taken */
  async insert({ batches: newBatches = [], ...course }: Course): Promise<void> {
    await slugMustBeFree(course.slug, () =>
      this.#database.transaction(async (tx) => {
        await tx.insert(courses).values(course)
        if (newBatches.length === 0) return
        await tx.insert(batches).values(newBatches.map((batch) => ({ ...batch, course_id: course.course_id })))
      }),
    )
  }

  /** Returns whether the course exists. @throws DomainError conflict: the slug is taken */
  async update(courseId: string, changes: CourseChanges, now: string): Promise<boolean> {
    const updated = await slugMustBeFree(changes.slug, () =>
      this.#database.run((queries) =>
        queries
          .update(courses)
          .set({ ...changes, updated_at: now })
          .where(and(eq(courses.course_id, courseId), isLive))
          .returning({ course_id: courses.course_id }),
      ),
    )
    return updated.length === 1
  }

  /** Returns whether the course existed. @throws DomainError conflict: it has live bookings */
  delete(courseId: string, now: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const isCourse = and(eq(courses.course_id, courseId), isLive)
      // The lock waits for bookings in progress, and keeps new ones out until the commit.
      const [course] = await tx.select({ slug: courses.slug }).from(courses).where(isCourse).for('update')
      if (course === undefined) return false
      const [live] = await tx
        .select({ booking_id: bookings.booking_id })
        .from(bookings)
        .where(and(eq(bookings.course_id, courseId), inArray(bookings.status, ['created', 'reserved'])))
        .limit(1)
      if (live)
        throw new DomainError(
          'conflict',
          'The course has bookings that are created or reserved. Expire or complete them first.',
        )
      await tx.update(courses).set({ deleted_at: now, updated_at: now }).where(isCourse)
      return true
    })
  }
}

function isBefore({ created_at, id }: PageKey): SQL {
  return sql`(${courses.created_at}, ${courses.course_id}) < (${created_at}::timestamptz, ${id}::uuid)`
}

async function slugMustBeFree<R>(slug: string | undefined, work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DatabaseError && error.constraint === 'courses_slug')) throw error
    throw new DomainError('conflict', `The slug ${JSON.stringify(slug)} belongs to another course.`)
  }
}
