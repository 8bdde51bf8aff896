// Original file: proto/course/v1/course.proto

import type { Timestamp as _google_protobuf_Timestamp, ReceivedTimestamp as Received_google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { NewBatch as _course_v1_NewBatch, ReceivedNewBatch as Received_course_v1_NewBatch } from '../../course/v1/NewBatch.ts';

/**
 * A new course.
 */
export interface CreateCourseRequest {
  /**
   * Names the course in URLs: 3 to 100 lower-case letters and digits, words joined by hyphens. Unique.
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
   * True: it cannot be booked until it is published.
   */
  'draft'?: (boolean);
  /**
   * The runs of the course, up to 100. They are given here, once; a course without any cannot be booked.
   */
  'batches'?: (_course_v1_NewBatch)[];
  /**
   * When the course is published. Left out: now.
   */
  'publication'?: "published_at"|"draft";
}

/**
 * A new course.
 */
export interface ReceivedCreateCourseRequest {
  /**
   * Names the course in URLs: 3 to 100 lower-case letters and digits, words joined by hyphens. Unique.
   */
  'slug': (string);
  /**
   * One line, 1 to 200 characters.
   */
  'name': (string);
  /**
   * Up to 5000 characters.
   */
  'description': (string);
  /**
   * From then on it can be booked.
   */
  'published_at'?: (Received_google_protobuf_Timestamp | null);
  /**
   * True: it cannot be booked until it is published.
   */
  'draft'?: (boolean);
  /**
   * The runs of the course, up to 100. They are given here, once; a course without any cannot be booked.
   */
  'batches': (Received_course_v1_NewBatch)[];
}
