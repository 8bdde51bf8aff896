import type { Cache } from '../platform/cache.ts'
import type { Course } from './course.ts'

const ENTITY = 'course'
/** Every write invalidates, so this bounds only how long a lost invalidation can matter. */
const TTL_SECONDS = 60

type Load = () => Promise<Course | undefined>

interface Loading {
  readonly lease: string | undefined
  readonly course: Promise<Course | undefined>
}

/**
 * Courses with their batches, cache-aside. Whoever changes a course or its seats calls `invalidate` after the commit.
 * From then on nobody, in whichever process, gets the course as it was before, unless the cache could not be reached.
 */
export class CourseCache {
  readonly #cache: Cache
  readonly #loading = new Map<string, Loading>()

  constructor(cache: Cache) {
    this.#cache = cache
  }

  /**
   * The course from the cache, or else from `load`, which runs once however many ask at the same time in this
   * process. Other processes load for themselves: a statement each is cheaper than to wait for one another.
   */
  async get(courseId: string, load: Load): Promise<Course | undefined> {
    const { value, lease } = await this.#cache.get<Course>(ENTITY, courseId)
    return value ?? this.#loadOnce(courseId, lease, load)
  }

  invalidate(courseId: string): Promise<void> {
    // Without a cache there are no leases to tell that a load which is under way has become too old to join.
    this.#loading.delete(courseId)
    return this.#cache.delete(ENTITY, courseId)
  }

  #loadOnce(courseId: string, lease: string | undefined, load: Load): Promise<Course | undefined> {
    const running = this.#loading.get(courseId)
    // Under the same lease nothing has been invalidated since that load began, so what it gives is not too old.
    if (running?.lease === lease && running !== undefined) return running.course
    const loading = { lease, course: this.#load(courseId, lease, load) }
    this.#loading.set(courseId, loading)
    const done = () => {
      if (this.#loading.get(courseId) === loading) this.#loading.delete(courseId)
    }
    loading.course.then(done, done)
    return loading.course
  }

  async #load(courseId: string, lease: string | undefined, load: Load): Promise<Course | undefined> {
    const course = await load()
    if (course !== undefined && lease !== undefined) await this.#cache.set(ENTITY, courseId, lease, course, TTL_SECONDS)
    return course
  }
}
