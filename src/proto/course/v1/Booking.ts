// Original file: proto/course/v1/course.proto

import type { Customer as _course_v1_Customer, ReceivedCustomer as Received_course_v1_Customer } from '../../course/v1/Customer.ts';
import type { BookingStatus as _course_v1_BookingStatus, ReceivedBookingStatus as Received_course_v1_BookingStatus } from '../../course/v1/BookingStatus.ts';
import type { Timestamp as _google_protobuf_Timestamp, ReceivedTimestamp as Received_google_protobuf_Timestamp } from '../../google/protobuf/Timestamp.ts';

/**
 * One seat for one user.
 */
export interface Booking {
  /**
   * A UUID.
   */
  'booking_id'?: (string);
  /**
   * The course's UUID.
   */
  'course_id'?: (string);
  /**
   * The batch's UUID.
   */
  'batch_id'?: (string);
  /**
   * Whoever books: any name that the caller knows them by.
   */
  'user_id'?: (string);
  /**
   * Unset where none was given.
   */
  'customer'?: (_course_v1_Customer | null);
  /**
   * The batch's price when the booking was made, in minor units of the currency: 4900 is 49.00.
   */
  'price'?: (number);
  /**
   * ISO 4217.
   */
  'currency'?: (string);
  /**
   * Where it stands.
   */
  'status'?: (_course_v1_BookingStatus);
  /**
   * When it was created.
   */
  'created_at'?: (_google_protobuf_Timestamp | null);
  /**
   * When the seat was taken. Unset before.
   */
  'reserved_at'?: (_google_protobuf_Timestamp | null);
  /**
   * Until when the seat is held for payment. Unset before it is taken.
   */
  'expires_at'?: (_google_protobuf_Timestamp | null);
  /**
   * When the booking was completed. Unset before.
   */
  'paid_at'?: (_google_protobuf_Timestamp | null);
  /**
   * When it was last changed.
   */
  'updated_at'?: (_google_protobuf_Timestamp | null);
}

/**
 * One seat for one user.
 */
export interface ReceivedBooking {
  /**
   * A UUID.
   */
  'booking_id': (string);
  /**
   * The course's UUID.
   */
  'course_id': (string);
  /**
   * The batch's UUID.
   */
  'batch_id': (string);
  /**
   * Whoever books: any name that the caller knows them by.
   */
  'user_id': (string);
  /**
   * Unset where none was given.
   */
  'customer': (Received_course_v1_Customer | null);
  /**
   * The batch's price when the booking was made, in minor units of the currency: 4900 is 49.00.
   */
  'price': (number);
  /**
   * ISO 4217.
   */
  'currency': (string);
  /**
   * Where it stands.
   */
  'status': (Received_course_v1_BookingStatus);
  /**
   * When it was created.
   */
  'created_at': (Received_google_protobuf_Timestamp | null);
  /**
   * When the seat was taken. Unset before.
   */
  'reserved_at': (Received_google_protobuf_Timestamp | null);
  /**
   * Until when the seat is held for payment. Unset before it is taken.
   */
  'expires_at': (Received_google_protobuf_Timestamp | null);
  /**
   * When the booking was completed. Unset before.
   */
  'paid_at': (Received_google_protobuf_Timestamp | null);
  /**
   * When it was last changed.
   */
  'updated_at': (Received_google_protobuf_Timestamp | null);
}
