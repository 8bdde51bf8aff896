// Original file: proto/course/v1/course.proto


/**
 * Which course.
 */
export interface GetCourseRequest {
  /**
   * A UUID.
   */
  'course_id'?: (string);
}

/**
 * Which course.
 */
export interface ReceivedGetCourseRequest {
  /**
   * A UUID.
   */
  'course_id': (string);
}
