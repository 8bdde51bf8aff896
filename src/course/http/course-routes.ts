import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Problem, problemThat } from '../../platform/problem-schema.ts'
import type { CatalogService } from '../course.ts'
import { Course, CourseChanges, CourseParams, NewCourse, NextPageToken, pageQuery } from '../course-schemas.ts'

const tags = ['Courses']
const notFound = problemThat('There is no such course.')

/** The catalog over HTTP. */
export const courseRoutes: FastifyPluginAsyncTypebox<{ catalog: CatalogService }> = async (app, { catalog }) => {
  app.get(
    '/v1/courses',
    {
      schema: {
        operationId: 'listCourses',
        summary: 'List courses',
        description: 'Newest first. A walk from page to page meets every course once, whatever is added meanwhile.',
        tags,
        querystring: Type.Object({
          ...pageQuery,
          include: Type.Optional(Type.Enum(['batches'], { description: '`batches` adds the batches of each course.' })),
        }),
        response: {
          200: Type.Object(
            { courses: Type.Immutable(Type.Array(Course)), next_page_token: NextPageToken },
            { description: 'A page of courses.' },
          ),
          400: Problem,
        },
      },
    },
    async ({ query }) => {
      const { items, next_page_token } = await catalog.listCourses({
        page_size: query.page_size,
        page_token: query.page_token,
        include_batches: query.include === 'batches',
      })
      return { courses: items, next_page_token }
    },
  )

  app.post(
    '/v1/courses',
    {
      schema: {
        operationId: 'createCourse',
        summary: 'Create a course',
        description: 'Brings its batches along.',
        tags,
        body: NewCourse,
        response: {
          201: {
            ...Course,
            headers: { Location: Type.String({ description: 'The path of the course.' }) },
          },
          400: Problem,
          409: problemThat('The slug belongs to another course.'),
        },
      },
    },
    async (request, reply) => {
      const course = await catalog.createCourse(request.body)
      return reply.code(201).header('location', `/v1/courses/${course.course_id}`).send(course)
    },
  )

  app.get(
    '/v1/courses/:course_id',
    {
      schema: {
        operationId: 'getCourse',
        summary: 'Get a course',
        description: 'With its batches and the seats that are free. Answered from the cache where possible.',
        tags,
        params: CourseParams,
        response: { 200: Course, 400: Problem, 404: notFound },
      },
    },
    ({ params }) => catalog.getCourse(params.course_id),
  )

  app.patch(
    '/v1/courses/:course_id',
    {
      schema: {
        operationId: 'updateCourse',
        summary: 'Change a course',
        description: 'Changes the fields that are given and no others.',
        tags,
        params: CourseParams,
        body: CourseChanges,
        response: { 200: Course, 400: Problem, 404: notFound, 409: problemThat('The slug belongs to another course.') },
      },
    },
    ({ params, body }) => catalog.updateCourse(params.course_id, body),
  )

  app.delete(
    '/v1/courses/:course_id',
    {
      schema: {
        operationId: 'deleteCourse',
        summary: 'Delete a course',
        description: 'Its slug is free again at once. Its bookings, all of them ended, can still be read.',
        tags,
        params: CourseParams,
        response: {
          204: Type.Null({ description: 'The course is gone.' }),
          400: Problem,
          404: notFound,
          409: problemThat('The course has bookings that are created or reserved.'),
        },
      },
    },
    async ({ params }, reply) => {
      await catalog.deleteCourse(params.course_id)
      return reply.code(204).send(null)
    },
  )
}
