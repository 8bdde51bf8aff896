import type { GrpcClient } from '../../platform/grpc/client.ts'
import { serviceDefinition } from '../../platform/grpc/definitions.ts'
import type { CatalogServiceDefinition } from '../../proto/course/v1/CatalogService.ts'
import type { CatalogService, Course, CourseChanges, CourseListRequest, NewCourse } from '../course.ts'
import type { Page } from '../page.ts'
import { READ, WRITE } from './remote-calls.ts'
import { fromCourseMessage, toCreateRequest, toUpdateRequest, withoutBatches } from './remote-messages.ts'

/** The catalog in another process. In addition to the errors of `CatalogService`, every method throws `unavailable` and `timeout`. */
export class RemoteCatalog implements CatalogService {
  readonly #client: GrpcClient
  readonly #methods = serviceDefinition<CatalogServiceDefinition>('course.v1.CatalogService')

  constructor(client: GrpcClient) {
    this.#client = client
  }

  async listCourses(request: CourseListRequest): Promise<Page<Course>> {
    const { courses, next_page_token } = await this.#client.call(this.#methods.ListCourses, request, READ)
    return { items: courses.map(request.include_batches ? fromCourseMessage : withoutBatches), next_page_token }
  }

  async createCourse(course: NewCourse): Promise<Course> {
    return fromCourseMessage(await this.#client.call(this.#methods.CreateCourse, toCreateRequest(course), WRITE))
  }

  async getCourse(course_id: string): Promise<Course> {
    return fromCourseMessage(await this.#client.call(this.#methods.GetCourse, { course_id }, READ))
  }

  async updateCourse(course_id: string, changes: CourseChanges): Promise<Course> {
    const request = toUpdateRequest(course_id, changes)
    return fromCourseMessage(await this.#client.call(this.#methods.UpdateCourse, request, WRITE))
  }

  async deleteCourse(course_id: string): Promise<void> {
    await this.#client.call(this.#methods.DeleteCourse, { course_id }, WRITE)
  }
}
