// Original file: proto/course/v1/course.proto

import type { Customer as _course_v1_Customer, ReceivedCustomer as Received_course_v1_Customer } from '../../course/v1/Customer.ts';

/**
 * A new booking.
 */
export interface CreateBookingRequest {
  /**
   * The course's UUID.
   */
  'course_id'?: (string);
  /**
   * The batch's UUID. Left out: the earliest batch that has a free seat.
   */
  'batch_id'?: (string);
  /**
   * Whoever books, 1 to 128 characters: any name that the caller knows them by.
   */
  'user_id'?: (string);
  /**
   * Who will sit on the seat.
   */
  'customer'?: (_course_v1_Customer | null);
  '_batch_id'?: "batch_id";
}

/**
 * A new booking.
 */
export interface ReceivedCreateBookingRequest {
  /**
   * The course's UUID.
   */
  'course_id': (string);
  /**
   * The batch's UUID. Left out: the earliest batch that has a free seat.
   */
  'batch_id'?: (string);
  /**
   * Whoever books, 1 to 128 characters: any name that the caller knows them by.
   */
  'user_id': (string);
  /**
   * Who will sit on the seat.
   */
  'customer': (Received_course_v1_Customer | null);
}
