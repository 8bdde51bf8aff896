// Original file: proto/course/v1/course.proto

import type { Timestamp as _google_protobuf_Timestamp, ReceivedTimestamp as Received_google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';

/**
 * One run of a course, with its seats.
 */
export interface Batch {
  /**
   * A UUID.
   */
  'batch_id'?: (string);
  /**
   * One line, up to 200 characters.
   */
  'name'?: (string);
  /**
   * When it begins.
   */
  'starts_at'?: (_google_protobuf_Timestamp | null);
  /**
   * When it ends.
   */
  'ends_at'?: (_google_protobuf_Timestamp | null);
  /**
   * How many seats it has.
   */
  'max_seats'?: (number);
  /**
   * Seats that can be reserved right now.
   */
  'available_seats'?: (number);
  /**
   * In minor units of the currency: 4900 is 49.00.
   */
  'price'?: (number);
  /**
   * ISO 4217.
   */
  'currency'?: (string);
}

/**
 * One run of a course, with its seats.
 */
export interface ReceivedBatch {
  /**
   * A UUID.
   */
  'batch_id': (string);
  /**
   * One line, up to 200 characters.
   */
  'name': (string);
  /**
   * When it begins.
   */
  'starts_at': (Received_google_protobuf_Timestamp | null);
  /**
   * When it ends.
   */
  'ends_at': (Received_google_protobuf_Timestamp | null);
  /**
   * How many seats it has.
   */
  'max_seats': (number);
  /**
   * Seats that can be reserved right now.
   */
  'available_seats': (number);
  /**
   * In minor units of the currency: 4900 is 49.00.
   */
  'price': (number);
  /**
   * ISO 4217.
   */
  'currency': (string);
}
