// Original file: proto/course/v1/course.proto

import type { Timestamp as _google_protobuf_Timestamp, ReceivedTimestamp as Received_google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';
import type { Batch as _course_v1_Batch, ReceivedBatch as Received_course_v1_Batch } from '../../course/v1/Batch.ts';

/**
 * A course with its batches.
 */
export interface Course {
  /**
   * A UUID.
   */
  'course_id'?: (string);
  /**
   * Names the course in URLs: lower-case words and digits, joined by hyphens. Unique.
   */
  'slug'?: (string);
  /**
   * One line, up to 200 characters.
   */
  'name'?: (string);
  /**
   * Up to 5000 characters.
   */
  'description'?: (string);
  /**
   * From when on the course can be booked. Unset for a draft.
   */
  'published_at'?: (_google_protobuf_Timestamp | null);
  /**
   * When it was created.
   */
  'created_at'?: (_google_protobuf_Timestamp | null);
  /**
   * When it was last changed.
   */
  'updated_at'?: (_google_protobuf_Timestamp | null);
  /**
   * By start, earliest first. Empty in a list that was not asked for them.
   */
  'batches'?: (_course_v1_Batch)[];
}

/**
 * A course with its batches.
 */
export interface ReceivedCourse {
  /**
   * A UUID.
   */
  'course_id': (string);
  /**
   * Names the course in URLs: lower-case words and digits, joined by hyphens. Unique.
   */
  'slug': (string);
  /**
   * One line, up to 200 characters.
   */
  'name': (string);
  /**
   * Up to 5000 characters.
   */
  'description': (string);
  /**
   * From when on the course can be booked. Unset for a draft.
   */
  'published_at': (Received_google_protobuf_Timestamp | null);
  /**
   * When it was created.
   */
  'created_at': (Received_google_protobuf_Timestamp | null);
  /**
   * When it was last changed.
   */
  'updated_at': (Received_google_protobuf_Timestamp | null);
  /**
   * By start, earliest first. Empty in a list that was not asked for them.
   */
  'batches': (Received_course_v1_Batch)[];
}
