import type { Cache } from '../platform/cache.ts'
import type { Course } from './course.ts'

const ENTITY = 'course'
/** Every write invalidates, so the TTL only bounds the effect of a lost invalidation. */
const TTL_SECONDS = 60

type Load = () => Promise<Course | undefined>

interface Loading {
  readonly lease: string | undefined
  readonly course: Promise<Course | undefined>
}

/**
 * Courses with their batches, cache-aside. Call `invalidate` after each commit that changes a course or its seats. From
 * then on no process reads the old value, unless the cache was unavailable.
 */
export class CourseCache {
  readonly #cache: Cache
  readonly #loading = new Map<string, Loading>()

  constructor(cache: Cache) {
    this.#cache = cache
  }

  /**
   * The course from the cache, or from `load`, which concurrent callers in this process share. Each process loads for
   * itself: one statement per process is cheaper than waiting for each other.
   */
  async get(courseId: string, load: Load): Promise<Course | undefined> {
    const { value, lease } = await this.#cache.get<Course>(ENTITY, courseId)
    return value ?? this.#loadOnce(courseId, lease, load)
  }

  invalidate(courseId: string): Promise<void> {
    // Without a cache there are no leases, so drop the load in flight: its result may be stale.
    this.#loading.delete(courseId)
    return this.#cache.delete(ENTITY, courseId)
  }

  #loadOnce(courseId: string, lease: string | undefined, load: Load): Promise<Course | undefined> {
    const running = this.#loading.get(courseId)
    // The same lease means that nothing has been invalidated since that load began.
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
