import type { Cache } from '../platform/cache.ts'
import type { Course } from './course.ts'

const ENTITY = 'course'
/** Every write invalidates, so this bounds only how long a lost invalidation can matter. */
const TTL_SECONDS = 60

/** Courses with their batches, cache-aside. Whoever changes a course or its seats calls `invalidate` after the commit. */
export class CourseCache {
  readonly #cache: Cache
  readonly #loading = new Map<string, Promise<Course | undefined>>()

  constructor(cache: Cache) {
    this.#cache = cache
  }

  /** The course from the cache, or else from `load`, which runs once however many ask at the same time. */
  async get(courseId: string, load: () => Promise<Course | undefined>): Promise<Course | undefined> {
    return (await this.#cache.get<Course>(ENTITY, courseId)) ?? this.#loadOnce(courseId, load)
  }

  async invalidate(courseId: string): Promise<void> {
    // A load that is under way may have read what was there before: nobody may join or keep it.
    this.#loading.delete(courseId)
    await this.#cache.delete(ENTITY, courseId)
  }

  #loadOnce(courseId: string, load: () => Promise<Course | undefined>): Promise<Course | undefined> {
    const running = this.#loading.get(courseId)
    if (running !== undefined) return running
    const loading = load()
      .then(async (course) => {
        const isCurrent = this.#loading.get(courseId) === loading
        if (isCurrent && course !== undefined) await this.#cache.set(ENTITY, courseId, course, TTL_SECONDS)
        return course
      })
      .finally(() => {
        if (this.#loading.get(courseId) === loading) this.#loading.delete(courseId)
      })
    this.#loading.set(courseId, loading)
    return loading
  }
}
