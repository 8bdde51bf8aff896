// Original file: proto/course/v1/course.proto


/**
 * Which course.
 */
export interface DeleteCourseRequest {
  /**
   * A UUID.
   */
  'course_id'?: (string);
}

/**
 * Which course.
 */
export interface ReceivedDeleteCourseRequest {
  /**
   * A UUID.
   */
  'course_id': (string);
}
