import { DomainError } from '../platform/domain-error.ts'
import type { CatalogStore } from './catalog-store.ts'
import type { CatalogService, Course, CourseChanges, CourseListRequest, NewBatch, NewCourse } from './course.ts'
import type { CourseCache } from './course-cache.ts'
import { toInstant } from './instant.ts'
import { type Page, pageKey, pageOf } from './page.ts'
import { uuidv7 } from './uuidv7.ts'

const LIST = ['courses']

/** The catalog in this process's own database. */
export class InProcessCatalog implements CatalogService {
  readonly #store: CatalogStore
  readonly #cache: CourseCache
  readonly #now: () => Date

  constructor(store: CatalogStore, cache: CourseCache, now = () => new Date()) {
    this.#store = store
    this.#cache = cache
    this.#now = now
  }

  async listCourses({ page_size, page_token, include_batches }: CourseListRequest): Promise<Page<Course>> {
    const rows = await this.#store.list(page_size + 1, pageKey(LIST, page_token))
    const page = pageOf(LIST, page_size, rows, ({ created_at, course_id }) => ({ created_at, id: course_id }))
    if (!include_batches || page.items.length === 0) return page
    const batches = await this.#store.batchesOf(page.items.map(({ course_id }) => course_id))
    return { ...page, items: page.items.map((course) => ({ ...course, batches: batches.get(course.course_id) ?? [] })) }
  }

  async createCourse({ slug, name, description = '', published_at, batches = [] }: NewCourse): Promise<Course> {
    const now = this.#now().toISOString()
    const course: Course = {
      course_id: uuidv7(),
      slug,
      name,
      description,
      published_at: published_at === undefined ? now : published_at && toInstant(published_at, '/published_at'),
      created_at: now,
      updated_at: now,
      batches: batches.map(toBatch).sort(byStart),
    }
    await this.#store.insert(course)
    return course
  }

  async getCourse(courseId: string): Promise<Course> {
    const id = courseId.toLowerCase()
    return mustExist(await this.#cache.get(id, () => this.#store.find(id)))
  }

  async updateCourse(courseId: string, changes: CourseChanges): Promise<Course> {
    const id = courseId.toLowerCase()
    const { published_at } = changes
    const clean = published_at ? { ...changes, published_at: toInstant(published_at, '/published_at') } : changes
    if (!(await this.#store.update(id, clean, this.#now().toISOString()))) throw noSuchCourse()
    await this.#cache.invalidate(id)
    return mustExist(await this.#store.find(id))
  }

  async deleteCourse(courseId: string): Promise<void> {
    const id = courseId.toLowerCase()
    if (!(await this.#store.delete(id, this.#now().toISOString()))) throw noSuchCourse()
    await this.#cache.invalidate(id)
  }
}

function toBatch({ name, starts_at, ends_at, max_seats, price, currency }: NewBatch, index: number) {
  const path = `/batches/${index}`
  const start = toInstant(starts_at, `${path}/starts_at`)
  const end = toInstant(ends_at, `${path}/ends_at`)
  if (end <= start) {
    throw new DomainError('invalid', 'A batch ends before it starts.', [
      { path: `${path}/ends_at`, message: 'must be later than starts_at' },
    ])
  }
  return {
    batch_id: uuidv7(),
    name,
    starts_at: start,
    ends_at: end,
    max_seats,
    available_seats: max_seats,
    price,
    currency,
  }
}

function byStart(a: { starts_at: string; batch_id: string }, b: { starts_at: string; batch_id: string }): number {
  return a.starts_at.localeCompare(b.starts_at) || a.batch_id.localeCompare(b.batch_id)
}

function mustExist(course: Course | undefined): Course {
  if (course === undefined) throw noSuchCourse()
  return course
}

function noSuchCourse(): DomainError {
  return new DomainError('not_found', 'There is no such course.')
}
