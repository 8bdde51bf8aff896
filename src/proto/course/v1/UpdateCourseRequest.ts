// Original file: proto/course/v1/course.proto

import type { Timestamp as _google_protobuf_Timestamp, ReceivedTimestamp as Received_google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';

/**
 * Changes of a course. What is left out stays as it is.
 */
export interface UpdateCourseRequest {
  /**
   * A UUID.
   */
  'course_id'?: (string);
  /**
   * As in CreateCourseRequest.
   */
  'slug'?: (string);
  /**
   * One line, 1 to 200 characters.
   */
  'name'?: (string);
  /**
   * Up to 5000 characters.
   */
  'description'?: (string);
  /**
   * From then on it can be booked.
   */
  'published_at'?: (_google_protobuf_Timestamp | null);
  /**
   * True: it becomes a draft again.
   */
  'draft'?: (boolean);
  '_slug'?: "slug";
  '_name'?: "name";
  '_description'?: "description";
  /**
   * When the course is published.
   */
  'publication'?: "published_at"|"draft";
}

/**
 * Changes of a course. What is left out stays as it is.
 */
export interface ReceivedUpdateCourseRequest {
  /**
   * A UUID.
   */
  'course_id': (string);
  /**
   * As in CreateCourseRequest.
   */
  'slug'?: (string);
  /**
   * One line, 1 to 200 characters.
   */
  'name'?: (string);
  /**
   * Up to 5000 characters.
   */
  'description'?: (string);
  /**
   * From then on it can be booked.
   */
  'published_at'?: (Received_google_protobuf_Timestamp | null);
  /**
   * True: it becomes a draft again.
   */
  'draft'?: (boolean);
}
