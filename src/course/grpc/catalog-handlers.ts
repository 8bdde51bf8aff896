import { Type } from 'typebox'
import { sharedUnary, unary } from '../../platform/grpc/unary.ts'
import type { CatalogServiceHandlers } from '../../proto/course/v1/CatalogService.ts'
import type { CatalogService } from '../course.ts'
import { CourseChanges, CourseParams, NewCourse, pageQuery } from '../course-schemas.ts'
import { fromCourseChanges, fromNewCourse, toCourseMessage } from './messages.ts'
import { checked } from './validation.ts'

const CourseQuery = Type.Object({ ...pageQuery, include_batches: Type.Boolean() })

/** The catalog over gRPC: `course.v1.CatalogService`. */
export function catalogHandlers(catalog: CatalogService): CatalogServiceHandlers {
  return {
    ListCourses: unary(async (request) => {
      const { items, next_page_token } = await catalog.listCourses(checked(CourseQuery, request))
      return { courses: items.map(toCourseMessage), next_page_token }
    }),
    CreateCourse: unary(async (request) =>
      toCourseMessage(await catalog.createCourse(checked(NewCourse, fromNewCourse(request)))),
    ),
    // Callers for the same course share one load, which must survive the first caller's cancellation.
    GetCourse: sharedUnary(async (request) => {
      const { course_id } = checked(CourseParams, request)
      return toCourseMessage(await catalog.getCourse(course_id))
    }),
    UpdateCourse: unary(async (request) => {
      const { course_id } = checked(CourseParams, request)
      return toCourseMessage(await catalog.updateCourse(course_id, checked(CourseChanges, fromCourseChanges(request))))
    }),
    DeleteCourse: unary(async (request) => {
      const { course_id } = checked(CourseParams, request)
      await catalog.deleteCourse(course_id)
      return {}
    }),
  }
}
