/** A course as the course app returns it. */
export interface CourseAnswer {
  readonly id: string
  readonly body: string
}

/**
 * Fetches the first course that a course app lists, with its batches.
 *
 * @throws when it has none, or the status is not 200.
 */
export async function firstCourse(origin: string): Promise<CourseAnswer> {
  const list = JSON.parse(await fetchOk(`${origin}/v1/courses?page_size=1`)) as { courses: { course_id: string }[] }
  const id = list.courses[0]?.course_id
  if (id === undefined) throw new Error(`${origin}/v1/courses lists no course to measure with`)
  return { id, body: await fetchOk(`${origin}/v1/courses/${id}`) }
}

/** @throws when the status is not 200. */
export async function fetchOk(url: string): Promise<string> {
  const answer = await fetch(url)
  const body = await answer.text()
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}: ${body.slice(0, 300)}`)
  return body
}
