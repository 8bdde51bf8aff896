// Original file: proto/course/v1/course.proto

import type { Timestamp as _google_protobuf_Timestamp, ReceivedTimestamp as Received_google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';

/**
 * A batch of a course that is being created.
 */
export interface NewBatch {
  /**
   * One line, 1 to 200 characters.
   */
  'name'?: (string);
  /**
   * When it begins.
   */
  'starts_at'?: (_google_protobuf_Timestamp | null);
  /**
   * When it ends: later than starts_at.
   */
  'ends_at'?: (_google_protobuf_Timestamp | null);
  /**
   * 1 to 100000.
   */
  'max_seats'?: (number);
  /**
   * In minor units of the currency, 0 to 1000000000: 4900 is 49.00.
   */
  'price'?: (number);
  /**
   * ISO 4217.
   */
  'currency'?: (string);
}

/**
 * A batch of a course that is being created.
 */
export interface ReceivedNewBatch {
  /**
   * One line, 1 to 200 characters.
   */
  'name': (string);
  /**
   * When it begins.
   */
  'starts_at': (Received_google_protobuf_Timestamp | null);
  /**
   * When it ends: later than starts_at.
   */
  'ends_at': (Received_google_protobuf_Timestamp | null);
  /**
   * 1 to 100000.
   */
  'max_seats': (number);
  /**
   * In minor units of the currency, 0 to 1000000000: 4900 is 49.00.
   */
  'price': (number);
  /**
   * ISO 4217.
   */
  'currency': (string);
}
