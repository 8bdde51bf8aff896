import type { Page, PageRequest } from './page.ts'

/**
 * A course of the catalog. Fields are named as in the API, so that a course passes from the store through the cache to
 * the response without being copied. Times are RFC 3339 in UTC.
 */
export interface Course {
  readonly course_id: string
  /** Identifies the course in URLs. Unique among courses that are not deleted. */
  readonly slug: string
  readonly name: string
  readonly description: string
  /** When booking opens; null for a draft. */
  readonly published_at: string | null
  readonly created_at: string
  readonly updated_at: string
  /** By start, earliest first. Left out of lists unless requested. */
  readonly batches?: readonly Batch[]
}

/** One run of a course, with its seats. */
export interface Batch {
  readonly batch_id: string
  readonly name: string
  readonly starts_at: string
  readonly ends_at: string
  readonly max_seats: number
  readonly available_seats: number
  /** In minor units of `currency`: 4900 is 49.00. */
  readonly price: number
  /** ISO 4217. */
  readonly currency: string
}

export type NewBatch = Omit<Batch, 'batch_id' | 'available_seats'>

export interface NewCourse {
  readonly slug: string
  readonly name: string
  readonly description?: string
  /** Default: now. */
  readonly published_at?: string | null
  readonly batches?: readonly NewBatch[]
}

/** Fields that are left out stay unchanged. */
export type CourseChanges = Partial<Pick<Course, 'slug' | 'name' | 'description' | 'published_at'>>

export interface CourseListRequest extends PageRequest {
  readonly include_batches?: boolean
}

/** The operations on courses. Ids are UUIDs. Every method throws `DomainError` with the listed codes. */
export interface CatalogService {
  /** Newest first. @throws DomainError invalid: the page token */
  listCourses(request: CourseListRequest): Promise<Page<Course>>
  /** The course with its batches. @throws DomainError invalid; conflict: the slug is taken */
  createCourse(course: NewCourse): Promise<Course>
  /** The course with its batches. @throws DomainError not_found */
  getCourse(courseId: string): Promise<Course>
  /** Returns the changed course with its batches. @throws DomainError invalid; not_found; conflict: the slug is taken */
  updateCourse(courseId: string, changes: CourseChanges): Promise<Course>
  /** Deletes the course and frees its slug. @throws DomainError not_found; conflict: it has live bookings */
  deleteCourse(courseId: string): Promise<void>
}
