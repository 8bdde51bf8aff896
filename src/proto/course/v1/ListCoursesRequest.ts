// Original file: proto/course/v1/course.proto


/**
 * Which page of the courses.
 */
export interface ListCoursesRequest {
  /**
   * How many at most, 1 to 100. Left out: 20.
   */
  'page_size'?: (number);
  /**
   * next_page_token of the page before. Left out: the first page.
   */
  'page_token'?: (string);
  /**
   * Whether each course comes with its batches.
   */
  'include_batches'?: (boolean);
  '_page_size'?: "page_size";
}

/**
 * Which page of the courses.
 */
export interface ReceivedListCoursesRequest {
  /**
   * How many at most, 1 to 100. Left out: 20.
   */
  'page_size'?: (number);
  /**
   * next_page_token of the page before. Left out: the first page.
   */
  'page_token': (string);
  /**
   * Whether each course comes with its batches.
   */
  'include_batches': (boolean);
}
