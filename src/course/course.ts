import type { Page, PageRequest } from './page.ts'

/**
 * The catalog in the domain's words. Its data is spelled as the API spells it, so that a course goes
 * from the store through the cache to the wire without being copied. Times are RFC 3339 in UTC.
 */
export interface Course {
  readonly course_id: string
  /** Names the course in URLs. Unique among the courses that are not deleted. */
  readonly slug: string
  readonly name: string
  readonly description: string
  /** From when on the course can be booked; null while it is a draft. */
  readonly published_at: string | null
  readonly created_at: string
  readonly updated_at: string
  /** By start, earliest first. Left out where nobody asked for it. */
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
  /** Left out: now. */
  readonly published_at?: string | null
  readonly batches?: readonly NewBatch[]
}

/** What is left out stays as it is. */
export type CourseChanges = Partial<Pick<Course, 'slug' | 'name' | 'description' | 'published_at'>>

export interface CourseListRequest extends PageRequest {
  readonly include_batches?: boolean
}

/** What can be done with courses. Ids are UUIDs. Every method throws `DomainError` with the codes that it names. */
export interface CatalogService {
  /** Newest first. @throws DomainError invalid: the page token */
  listCourses(request: CourseListRequest): Promise<Page<Course>>
  /** The course with its batches. @throws DomainError invalid; conflict: the slug is taken */
  createCourse(course: NewCourse): Promise<Course>
  /** The course with its batches. @throws DomainError not_found */
  getCourse(courseId: string): Promise<Course>
  /** The course as it is then, with its batches. @throws DomainError invalid; not_found; conflict: the slug is taken */
  updateCourse(courseId: string, changes: CourseChanges): Promise<Course>
  /** The course is gone and its slug is free. @throws DomainError not_found; conflict: it has live bookings */
  deleteCourse(courseId: string): Promise<void>
}
