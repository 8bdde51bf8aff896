// Original file: proto/course/v1/course.proto

import type { Course as _course_v1_Course, ReceivedCourse as Received_course_v1_Course } from '../../course/v1/Course.ts';

/**
 * A page of courses.
 */
export interface ListCoursesResponse {
  /**
   * Newest first.
   */
  'courses'?: (_course_v1_Course)[];
  /**
   * Gets the next page. Empty at the end of the list.
   */
  'next_page_token'?: (string);
}

/**
 * A page of courses.
 */
export interface ReceivedListCoursesResponse {
  /**
   * Newest first.
   */
  'courses': (Received_course_v1_Course)[];
  /**
   * Gets the next page. Empty at the end of the list.
   */
  'next_page_token': (string);
}
