// Original file: proto/course/v1/course.proto

import type { Booking as _course_v1_Booking, ReceivedBooking as Received_course_v1_Booking } from '../../course/v1/Booking.ts';

/**
 * A page of bookings.
 */
export interface ListBookingsResponse {
  /**
   * Newest first.
   */
  'bookings'?: (_course_v1_Booking)[];
  /**
   * Gets the next page. Empty at the end of the list.
   */
  'next_page_token'?: (string);
}

/**
 * A page of bookings.
 */
export interface ReceivedListBookingsResponse {
  /**
   * Newest first.
   */
  'bookings': (Received_course_v1_Booking)[];
  /**
   * Gets the next page. Empty at the end of the list.
   */
  'next_page_token': (string);
}
