// Original file: proto/course/v1/course.proto


/**
 * The course is gone.
 */
export interface DeleteCourseResponse {
}

/**
 * The course is gone.
 */
export interface ReceivedDeleteCourseResponse {
}
